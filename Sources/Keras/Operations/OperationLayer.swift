import ModelFiles

/// An operation as a node of a functional model: `keras.ops.exp` applied to a symbolic tensor. Keras's files know it
/// by its class name (`Exp`) and config; values that are no tensors may stand among the arguments of its calls.
final class OperationLayer: Layer, @unchecked Sendable {
  let operationClass: String
  let operationConfig: Config
  private let body: @Sendable (CallArguments) throws -> [Tensor]

  init(
    _ className: String, name: String? = nil, config: Config,
    body: @escaping @Sendable (CallArguments) throws -> [Tensor]
  ) {
    operationClass = className
    operationConfig = config
    self.body = body
    super.init(name: name ?? NameCounter.shared.unique(className))
  }

  /// Whether Keras 3 has no operation like this one: a function of TensorFlow that a file of Keras 2 holds.
  var isForeign: Bool { operationClass.hasPrefix("tf.") }

  override var config: Config { operationConfig }
  override var baseConfig: Config { ["name": .string(name)] }
  override var autocast: Bool { false }

  override func bind(_ arguments: CallArguments) throws -> BoundArguments {
    BoundArguments(inputs: arguments.tensors)
  }

  override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    do {
      return try body(context.arguments)
    } catch {
      return [Tensor(failure: KerasError(wrapping: error, subject: name))]
    }
  }
}
