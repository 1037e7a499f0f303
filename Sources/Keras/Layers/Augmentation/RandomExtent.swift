import ModelFiles

/// What `RandomHeight` and `RandomWidth` of Keras 2 share: in training images of a batch are stretched to a random extent;
/// in inference nothing changes.
///
/// Shapes are fixed before a step runs here, so that training with such a layer is refused. Keras 3 does not have them:
/// files written here have `Identity` in their place.
public class RandomExtent: Layer, ConfigConstructible, @unchecked Sendable {
  /// Limits of the change, as a part of the extent.
  public let factor: AmountRange
  /// How Keras finds the pixels of the stretched image.
  public let interpolation: String
  public let seed: Int?

  public required init(
    _ factor: AmountRange, interpolation: String = "bilinear", seed: Int? = nil, name: String? = nil,
    dtype: DTypePolicy = .float32
  ) {
    self.factor = factor
    self.interpolation = interpolation
    self.seed = seed
    super.init(name: name, dtype: dtype)
    built = true
  }

  public required convenience init(from reader: ConfigReader) throws {
    self.init(
      try reader.amount("factor"), interpolation: try reader.string("interpolation", default: "bilinear"),
      seed: try reader.optionalInt("seed"), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override var config: Config {
    ["factor": factor.serialized, "interpolation": .string(interpolation), "seed": JSONValue(seed)]
  }

  override var standIn: Layer? { Identity(name: name, dtype: dtypePolicy) }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    context.training
      ? rejected(name, "gives images of random extents in training, which is not possible here; leave it out")
      : input.asType(dtypePolicy.computeDType)
  }
}

/// Images as they are; in training of random height in Keras 2, here refused. Source: `RandomHeight` of Keras 2.
public final class RandomHeight: RandomExtent, @unchecked Sendable {
  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x; of random height in training (of Keras 2)", example: "RandomHeight(0.2)",
      arguments: ["factor": 0.2], inputs: [[nil, 32, 32, 3]])
  }
}

/// Images as they are; in training of random width in Keras 2, here refused. Source: `RandomWidth` of Keras 2.
public final class RandomWidth: RandomExtent, @unchecked Sendable {
  public override class var reference: LayerReference? {
    LayerReference(
      .further, "x; of random width in training (of Keras 2)", example: "RandomWidth(0.2)",
      arguments: ["factor": 0.2], inputs: [[nil, 32, 32, 3]])
  }
}
