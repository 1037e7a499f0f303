import Graph
import ModelFiles

/// In training, sets whole samples to 0 with probability `dropPathRate` and scales the others by
/// 1 / (1 − dropPathRate); otherwise the identity. ConvNeXt uses it.
/// Source: Huang et al. 2016, `keras.applications.convnext.StochasticDepth`.
public final class StochasticDepth: Layer, ConfigConstructible, @unchecked Sendable {
  public override class var pythonModule: String { "keras.src.applications.convnext" }
  public let dropPathRate: Double
  /// Not among the layer's own: Keras draws from its global generator, and its files know no state of this one.
  private let generator: SeedGenerator

  /// - Parameter dropPathRate: from 0 to 1.
  public init(dropPathRate: Double, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.dropPathRate = dropPathRate
    generator = SeedGenerator(seed: nil, owner: name ?? "stochastic_depth")
    super.init(name: name, dtype: dtype)
    if !(0...1).contains(dropPathRate) { reject("drop_path_rate", "must be between 0 and 1, found \(dropPathRate)") }
    built = true
  }

  /// The same with the first argument by position, as in Python.
  public convenience init(_ dropPathRate: Double, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.init(dropPathRate: dropPathRate, name: name, dtype: dtype)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(
      dropPathRate: try reader.double("drop_path_rate", default: 0), name: reader.name,
      dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "in training x · mask / (1 − dropPathRate), one random 0 or 1 a sample; in inference x",
      example: "StochasticDepth(dropPathRate: 0.1)", arguments: ["drop_path_rate": 0.1], inputs: [[nil, 8]])
  }

  public override var config: Config { ["drop_path_rate": .number(dropPathRate)] }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard context.training, input.rank > 0 else { return input }
    let samples = [input.shape[0]] + [Int?](repeating: 1, count: input.rank - 1)
    return context.dropout(input, rate: dropPathRate, noiseShape: samples, generator)
  }
}
