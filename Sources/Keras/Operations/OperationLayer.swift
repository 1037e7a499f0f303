import Graph
import ModelFiles

/// An operation as a node of a functional model: `keras.ops.exp` applied to a symbolic tensor. Keras's files know it
/// by its class name (`Exp`) and config.
final class OperationLayer: Layer, @unchecked Sendable {
  let operationClass: String
  let operationConfig: Config
  private let body: @Sendable ([Tensor]) -> [Tensor]

  init(_ className: String, name: String? = nil, config: Config, body: @escaping @Sendable ([Tensor]) -> [Tensor]) {
    operationClass = className
    operationConfig = config
    self.body = body
    super.init(name: name ?? NameCounter.shared.unique(className))
  }

  override var config: Config { operationConfig }
  override var autocast: Bool { false }

  override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] { body(inputs) }
}

/// An operation about to be applied: its Keras name and arguments, for files and for the cache of eager calls.
struct Operation: Sendable {
  let className: String
  /// The constructor's arguments, under Keras's names.
  var config: Config = [:]
  /// The call's arguments in order, the tensors among them.
  let arguments: [Argument]

  /// Computes, records or declares the operation, whichever the tensors ask for.
  func apply(_ body: @escaping @Sendable ([Expression]) -> [Expression]) -> [Tensor] {
    let tensors = arguments.flatMap(\.tensors)
    if let failure = tensors.lazy.compactMap(\.failure).first { return [Tensor(failure: failure)] }
    var trace: Trace?
    for tensor in tensors {
      switch tensor.content {
      case .symbolic: return declare(body)
      case .traced(let found, _): trace = trace ?? found
      case .concrete, .failed: break
      }
    }
    if let trace { return record(tensors, trace, body) }
    do {
      return try compute(tensors, body)
    } catch {
      return [Tensor(failure: KerasError(wrapping: error, subject: className))]
    }
  }

  private func declare(_ body: @escaping @Sendable ([Expression]) -> [Expression]) -> [Tensor] {
    let operation = self
    let layer = OperationLayer(className, config: config) { inputs in
      var values = inputs.makeIterator()
      let filled = operation.arguments.map { $0.map { values.next() ?? $0 } }
      return Operation(className: operation.className, config: operation.config, arguments: filled).apply(body)
    }
    return layer.apply(CallArguments(arguments))
  }

  private func record(_ tensors: [Tensor], _ trace: Trace, _ body: ([Expression]) -> [Expression]) -> [Tensor] {
    let results = body(tensors.map(trace.lift))
    if let error = trace.firstError { return [Tensor(failure: error)] }
    if let error = trace.builder.firstError {
      return [Tensor(failure: KerasError(wrapping: error, subject: className))]
    }
    return results.map { Tensor(.traced(trace, $0)) }
  }

  private func compute(_ tensors: [Tensor], _ body: ([Expression]) -> [Expression]) throws -> [Tensor] {
    let buffers = try tensors.map { try $0.buffer() }
    let key = "\(className) \(JSONValue.object(config)) \(CallArguments(arguments).signature) \(buffers.map(\.type))"
    let function = try Operation.compiled.function(key) {
      try CompiledFunction.trace(buffers.map(\.type), training: false) { trace, inputs in
        record(inputs, trace, body)
      }
    }
    return try function.run(buffers).map { Tensor($0) }
  }

  private static let compiled = FunctionCache<String>()
}

extension Tensor {
  /// Applies an operation with one result to this tensor and others.
  func operation(
    _ className: String, _ config: Config = [:], with others: [Argument] = [],
    _ body: @escaping @Sendable ([Expression]) -> Expression
  ) -> Tensor {
    Operation(className: className, config: config, arguments: [.tensor(self)] + others).apply { [body($0)] }[0]
  }

  /// Applies a function of one tensor.
  func unary(_ className: String, _ config: Config = [:], _ body: @escaping @Sendable (Expression) -> Expression)
    -> Tensor
  {
    operation(className, config) { body($0[0]) }
  }
}
