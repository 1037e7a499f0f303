import ModelFiles

/// Images of another size: `[batch, height, width, channels]`, or one image without a batch.
/// Source: `keras.layers.Resizing`.
public final class Resizing: Layer, ConfigConstructible, @unchecked Sendable {
  public let height: Int
  public let width: Int
  public let interpolation: Interpolation
  /// Whether to cut the middle of the image's own aspect ratio first instead of distorting it.
  public let cropToAspectRatio: Bool
  /// Whether to add borders of `fillValue` first instead of distorting.
  public let padToAspectRatio: Bool
  public let fillValue: Double
  public let antialias: Bool
  public let dataFormat: DataFormat

  public init(
    height: Int, width: Int, interpolation: Interpolation = .bilinear, cropToAspectRatio: Bool = false,
    padToAspectRatio: Bool = false, fillValue: Double = 0, antialias: Bool = false,
    dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.height = height
    self.width = width
    self.interpolation = interpolation
    self.cropToAspectRatio = cropToAspectRatio
    self.padToAspectRatio = padToAspectRatio
    self.fillValue = fillValue
    self.antialias = antialias
    self.dataFormat = dataFormat
    super.init(name: name, dtype: dtype)
    requireSize("height", height)
    requireSize("width", width)
    if cropToAspectRatio, padToAspectRatio {
      reject("pad_to_aspect_ratio", "and crop_to_aspect_ratio cannot both be true")
    }
  }

  /// The same with the first two arguments by position, as in Python.
  public convenience init(
    _ height: Int, _ width: Int, interpolation: Interpolation = .bilinear, cropToAspectRatio: Bool = false,
    padToAspectRatio: Bool = false, fillValue: Double = 0, antialias: Bool = false,
    dataFormat: DataFormat = .channelsLast, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(
      height: height, width: width, interpolation: interpolation, cropToAspectRatio: cropToAspectRatio,
      padToAspectRatio: padToAspectRatio, fillValue: fillValue, antialias: antialias, dataFormat: dataFormat,
      name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    if let mode = try reader.optionalString("fill_mode"), mode != "constant" {
      throw reader.error("fill_mode", "must be \"constant\", found \"\(mode)\"")
    }
    self.init(
      height: try reader.int("height"), width: try reader.int("width"),
      interpolation: try reader.choice("interpolation", default: .bilinear),
      cropToAspectRatio: try reader.bool("crop_to_aspect_ratio", default: false),
      padToAspectRatio: try reader.bool("pad_to_aspect_ratio", default: false),
      fillValue: try reader.double("fill_value", default: 0), antialias: try reader.bool("antialias", default: false),
      dataFormat: try reader.choice("data_format", default: .channelsLast), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "images of another size", example: "Resizing(height: 14, width: 14)",
      arguments: ["height": 14, "width": 14], inputs: [[nil, 28, 28, 3]])
  }

  public override var config: Config {
    [
      "height": JSONValue(height), "width": JSONValue(width), "interpolation": .string(interpolation.rawValue),
      "crop_to_aspect_ratio": .bool(cropToAspectRatio), "pad_to_aspect_ratio": .bool(padToAspectRatio),
      "fill_mode": "constant", "fill_value": .number(fillValue), "antialias": .bool(antialias),
      "data_format": .string(dataFormat.rawValue),
    ]
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard input.rank == 3 || input.rank == 4 else {
      return rejected(name, "takes one image or a batch of them, found shape \(input.shape)")
    }
    var image = input
    if cropToAspectRatio {
      image = image.croppedToAspectRatio(height: height, width: width, dataFormat)
    } else if padToAspectRatio {
      image = image.paddedToAspectRatio(height: height, width: width, fillValue, dataFormat)
    }
    return image.resize(
      height: height, width: width, interpolation: interpolation, antialias: antialias, dataFormat: dataFormat)
  }
}

extension Tensor {
  /// The middle of images with the aspect ratio of a target.
  func croppedToAspectRatio(height: Int, width: Int, _ dataFormat: DataFormat) -> Tensor {
    let rows = dataFormat == .channelsLast ? rank - 3 : rank - 2
    let (h, w) = (Double(shape[rows]), Double(shape[rows + 1]))
    let cropHeight = Swift.max(Swift.min(h, (w * Double(height) / Double(width)).rounded(.down)), 1)
    let cropWidth = Swift.max(Swift.min(w, (h * Double(width) / Double(height)).rounded(.down)), 1)
    return cropped(rows, Int((h - cropHeight) / 2), Int(cropHeight))
      .cropped(rows + 1, Int((w - cropWidth) / 2), Int(cropWidth))
  }

  func cropped(_ axis: Int, _ start: Int, _ extent: Int) -> Tensor { slice(axis: axis, start..<(start + extent)) }

  /// Images with borders that give them the aspect ratio of a target.
  fileprivate func paddedToAspectRatio(height: Int, width: Int, _ value: Double, _ dataFormat: DataFormat) -> Tensor {
    let rows = dataFormat == .channelsLast ? rank - 3 : rank - 2
    let (h, w) = (Double(shape[rows]), Double(shape[rows + 1]))
    let high = Int((Swift.max(h, (w * Double(height) / Double(width)).rounded(.down)) - h) / 2)
    let wide = Int((Swift.max(w, (h * Double(width) / Double(height)).rounded(.down)) - w) / 2)
    var borders = [(Int, Int)](repeating: (0, 0), count: rank)
    if high > 0 { borders[rows] = (high, high) } else { borders[rows + 1] = (wide, wide) }
    return pad(borders, value: value)
  }
}
