import ModelFiles

/// What the catalogue of layers says of a class beyond what the class itself tells.
///
/// ```swift
/// public override class var reference: LayerReference? {
///   LayerReference(
///     .core, "activation(x · kernel + bias)", example: "Dense(64, activation: .relu)",
///     arguments: ["units": 64], inputs: [[nil, 8]])
/// }
/// ```
public struct LayerReference: Sendable {
  /// The parts of the catalogue, in its order.
  public enum Group: String, Sendable, CaseIterable {
    case core = "Core"
    case convolutional = "Convolutional"
    case pooling = "Pooling"
    case locallyConnected = "Locally connected"
    case recurrent = "Recurrent"
    case embedding = "Embedding"
    case merge = "Merge"
    case normalization = "Normalization"
    case noise = "Noise"
    case attention = "Attention"
    case further = "Further layers"
  }

  public let group: Group
  /// What the layer computes, on one line.
  public let formula: String
  /// Swift code that makes one.
  public let example: String
  /// The arguments without a default, under Keras's names, with values that make sense.
  let arguments: Config
  /// Those that a config must have. Where another argument may stand for one, the layer itself tells what it misses.
  let required: [String]
  /// Shapes of inputs for a layer made of these arguments.
  let inputs: [[Int?]]

  public init(
    _ group: Group, _ formula: String, example: String, arguments: Config = [:], required: [String]? = nil,
    inputs: [[Int?]]
  ) {
    self.group = group
    self.formula = formula
    self.example = example
    self.arguments = arguments
    self.required = required ?? arguments.keys
    self.inputs = inputs
  }
}
