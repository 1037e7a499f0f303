import Graph
import ModelFiles

/// An operation about to be applied: its Keras name and arguments, for files and for the cache of eager calls.
struct Operation: Sendable {
  let className: String
  /// The constructor's arguments, under Keras's names.
  var config: Config = [:]
  /// The call's arguments in order, the tensors among them.
  let arguments: [Argument]
  /// The call's arguments that Keras gives by name.
  var keyword: [String: Argument] = [:]

  private var callArguments: CallArguments { CallArguments(arguments, keyword: keyword) }

  private func with(_ filled: CallArguments) -> Operation {
    Operation(className: className, config: config, arguments: filled.positional, keyword: filled.keyword)
  }

  /// Computes, records or declares the operation, whichever the tensors ask for.
  func apply(_ body: @escaping @Sendable ([Expression]) -> [Expression]) -> [Tensor] {
    let tensors = callArguments.tensors
    if let failure = tensors.lazy.compactMap(\.failure).first { return [Tensor(failure: failure)] }
    if tensors.contains(where: { if case .symbolic = $0.content { true } else { false } }) {
      return declare { $0.apply(body) }
    }
    if let trace = Trace.innermost(tensors) { return record(tensors, trace, body) }
    do {
      return try compute(tensors, body)
    } catch {
      return [Tensor(failure: KerasError(wrapping: error, subject: className))]
    }
  }

  /// An operation that is written in others: one node of a functional model, several of a graph.
  func compose(_ body: @escaping @Sendable ([Tensor]) -> [Tensor]) -> [Tensor] {
    let tensors = callArguments.tensors
    if let failure = tensors.lazy.compactMap(\.failure).first { return [Tensor(failure: failure)] }
    for tensor in tensors {
      if case .symbolic = tensor.content { return declare { body($0.callArguments.tensors) } }
    }
    return body(tensors)
  }

  /// A node that applies the operation to the arguments it is given.
  private func declare(_ body: @escaping @Sendable (Operation) -> [Tensor]) -> [Tensor] {
    let operation = self
    return OperationLayer(className, config: config) { body(operation.with($0)) }.apply(callArguments)
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
    let key = "\(className) \(JSONValue.object(config)) \(callArguments.signature) \(buffers.map(\.type))"
    let function = try Operation.compiled.function(key) {
      try CompiledFunction.trace(buffers.map(\.type), training: false) { trace, inputs in
        let results = record(inputs, trace, body)
        if let failure = results.first?.failure { throw failure }
        return results
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

  /// Applies an operation with one result that is written in other operations.
  func composed(
    _ className: String, _ config: Config = [:], with others: [Argument] = [],
    _ body: @escaping @Sendable ([Tensor]) -> Tensor
  ) -> Tensor {
    Operation(className: className, config: config, arguments: [.tensor(self)] + others).compose { [body($0)] }[0]
  }
}

/// A tensor that says what is wrong with an operation's arguments.
func rejected(_ operation: String, _ message: String) -> Tensor {
  Tensor(failure: KerasError(.invalidArgument, operation, message))
}

extension JSONValue {
  /// Axes as a file has them: a number where there is one, as Keras cannot read every list.
  init(axes: [Int]?) {
    guard let axes, axes.count == 1 else {
      self.init(axes)
      return
    }
    self.init(axes[0])
  }
}
