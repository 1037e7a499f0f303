import ModelFiles

/// The middle of images; images that are too small are cut to the target's aspect ratio and resized.
/// Source: `keras.layers.CenterCrop`.
public final class CenterCrop: Layer, ConfigConstructible, @unchecked Sendable {
  public let height: Int
  public let width: Int
  public let dataFormat: DataFormat

  public init(
    height: Int, width: Int, dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.height = height
    self.width = width
    self.dataFormat = dataFormat
    super.init(name: name, dtype: dtype)
    requireSize("height", height)
    requireSize("width", width)
  }

  /// The same with the first two arguments by position, as in Python.
  public convenience init(
    _ height: Int, _ width: Int, dataFormat: DataFormat = .channelsLast, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.init(height: height, width: width, dataFormat: dataFormat, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      height: try reader.int("height"), width: try reader.int("width"),
      dataFormat: try reader.choice("data_format", default: .channelsLast), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "the middle of images", example: "CenterCrop(height: 14, width: 14)",
      arguments: ["height": 14, "width": 14], inputs: [[nil, 28, 28, 3]])
  }

  public override var config: Config {
    ["height": JSONValue(height), "width": JSONValue(width), "data_format": .string(dataFormat.rawValue)]
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard input.rank == 3 || input.rank == 4 else {
      return rejected(name, "takes one image or a batch of them, found shape \(input.shape)")
    }
    let image = input.asType(dtypePolicy.computeDType)
    let rows = dataFormat == .channelsLast ? image.rank - 3 : image.rank - 2
    let (high, wide) = (image.shape[rows] - height, image.shape[rows + 1] - width)
    if high >= 0, wide >= 0 { return image.cropped(rows, high / 2, height).cropped(rows + 1, wide / 2, width) }
    return image.croppedToAspectRatio(height: height, width: width, dataFormat)
      .resize(height: height, width: width, dataFormat: dataFormat)
  }
}
