import Graph
import ModelFiles

/// The place of a model's input.
public final class InputLayer: Layer, ConfigConstructible, @unchecked Sendable {
  public let batchShape: [Int?]
  public let inputDType: DType
  let optional: Bool

  /// - Parameters:
  ///   - batchShape: the shape with the batch first; `nil` extents are open.
  ///   - dtype: the element type that data is converted to.
  public init(batchShape: [Int?], dtype: DType = .float32, name: String? = nil, optional: Bool = false) {
    self.batchShape = batchShape
    inputDType = dtype
    self.optional = optional
    super.init(name: name, dtype: DTypePolicy(dtype))
    if batchShape.contains(where: { ($0 ?? 0) < 0 }) {
      reject("shape", "extents must not be negative, found \(describe(batchShape))")
    }
    built = true
  }

  public convenience init(from reader: ConfigReader) throws {
    guard let shape = try reader.optionalShape("batch_shape") ?? reader.optionalShape("batch_input_shape") else {
      throw reader.error("batch_shape", "is missing")
    }
    self.init(
      batchShape: shape, dtype: try reader.dtypePolicy().computeDType, name: reader.name,
      optional: try reader.bool("optional", default: false))
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "the place of a model’s input", example: "Input(28, 28, 1)",
      arguments: ["batch_shape": [nil, 28, 28, 1]], required: [], inputs: [])
  }

  public override var config: Config {
    [
      "batch_shape": JSONValue(batchShape), "dtype": .string(inputDType.rawValue), "sparse": false, "ragged": false,
      "optional": .bool(optional),
    ]
  }
  public override var baseConfig: Config { ["name": .string(name)] }

  /// What `output` gave, as long as somebody uses it. It keeps the layer.
  private weak var symbol: SymbolicTensor?

  /// The layer's output in functional models, the same each time.
  public var output: Tensor {
    if let deferredError { return Tensor(failure: deferredError) }
    if let symbol { return Tensor(.symbolic(symbol)) }
    let made = SymbolicTensor(shape: batchShape, dtype: inputDType)
    symbol = made
    _ = FunctionNode(layer: self, arguments: CallArguments([]), outputs: [made])
    return Tensor(.symbolic(made))
  }
}

/// A model's input: a tensor to call layers on, or the first entry of a `Sequential`.
///
/// ```swift
/// let image = Input(28, 28, 1)
/// let scores = Dense(10)(Flatten()(image))
/// ```
///
/// - Parameters:
///   - shape: the extents of one sample; `nil` is open.
///   - batchSize: the number of samples, open by default.
// swift-format-ignore: AlwaysUseLowerCamelCase
public func Input(
  shape: [Int?], batchSize: Int? = nil, dtype: DType = .float32, name: String? = nil
) -> Tensor {
  InputLayer(batchShape: [batchSize] + shape, dtype: dtype, name: name).output
}

/// A model's input of this shape, batch not counted.
// swift-format-ignore: AlwaysUseLowerCamelCase
public func Input(_ extents: Int?..., dtype: DType = .float32, name: String? = nil) -> Tensor {
  Input(shape: extents, dtype: dtype, name: name)
}
