import ModelFiles

/// In training, a window of images, at a place that all images of a batch share; in inference, and for images that are
/// too small, the largest window of the target's aspect ratio in the middle, resized. Layer of Keras 2.
///
/// Input `[batch, height, width, channels]`, or one image without a batch; output the same with the window's extents.
/// The layer of that name in Keras 3 leaves images whole in inference, although it says otherwise: files of Keras 3 with
/// it are refused, and those written here have `Resizing` in its place, which gives the same in inference.
/// Source: `RandomCrop` of Keras 2.
public final class RandomCrop: Layer, ConfigConstructible, @unchecked Sendable {
  public let height: Int
  public let width: Int
  public let seed: Int?
  private var generator: SeedGenerator?

  public init(height: Int, width: Int, seed: Int? = nil, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.height = height
    self.width = width
    self.seed = seed
    super.init(name: name, dtype: dtype)
    requireSize("height", height)
    requireSize("width", width)
    generator = addSeedGenerator(seed: seed)
    built = true
  }

  public convenience init(from reader: ConfigReader) throws {
    guard reader.config["data_format"] == nil else {
      throw KerasError(
        .unknownName, reader.subject,
        "leaves images whole in inference in Keras 3, whatever its shape says; put CenterCrop or Resizing in its place")
    }
    self.init(
      height: try reader.int("height"), width: try reader.int("width"), seed: try reader.optionalInt("seed"),
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "a window of images, in training at random (of Keras 2)", example: "RandomCrop(height: 14, width: 14)",
      arguments: ["height": 14, "width": 14], inputs: [[nil, 28, 28, 3]])
  }

  public override var config: Config {
    ["height": JSONValue(height), "width": JSONValue(width), "seed": JSONValue(seed)]
  }

  override var standIn: Layer? {
    Resizing(height: height, width: width, cropToAspectRatio: true, name: name, dtype: dtypePolicy)
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard input.rank == 3 || input.rank == 4 else {
      return rejected(name, "takes one image or a batch of them, found shape \(input.shape)")
    }
    let images = input.asType(dtypePolicy.computeDType)
    let rows = images.rank - 3
    let free = [images.shape[rows] - height, images.shape[rows + 1] - width]
    guard context.training, let generator, free.allSatisfy({ $0 >= 0 }) else {
      return images.croppedToAspectRatio(height: height, width: width, .channelsLast)
        .resize(height: height, width: width)
    }
    let places = context.randomUniform([2], generator)
    return zip(free, [height, width]).enumerated().reduce(images) { image, part in
      let (axis, (free, extent)) = part
      let place = (places.slice(axis: 0, axis..<(axis + 1)) * Double(free + 1)).floor().clip(0, Double(free))
      let window = Tensor((0..<extent).map(Double.init), shape: [extent], dtype: .int32)
      return image.take(place.asType(.int32) + window, axis: rows + axis)
    }
  }
}
