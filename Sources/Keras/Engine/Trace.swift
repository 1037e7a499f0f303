import Graph

/// The recording of one step: the graph so far, the variables it reads and the values it gives them.
final class Trace: @unchecked Sendable {
  let builder = GraphBuilder()
  /// Whether layers are to behave as in training, unless a call says otherwise.
  let training: Bool
  /// Variables in the order of their parameters, after the step's inputs.
  private(set) var variables: [Variable] = []
  private var initial: [ObjectIdentifier: Expression] = [:]
  private var current: [ObjectIdentifier: Expression] = [:]
  /// Extra loss terms that layers added.
  var losses: [Tensor] = []

  init(training: Bool) { self.training = training }

  /// A new input. All inputs are declared before the first variable is read.
  func input(_ type: TensorType) -> Tensor { Tensor(.traced(self, builder.parameter(type))) }

  /// The variable's value at this point of the step.
  func read(_ variable: Variable) -> Tensor { Tensor(.traced(self, expression(variable))) }

  func expression(_ variable: Variable) -> Expression {
    let id = ObjectIdentifier(variable)
    if let expression = current[id] { return expression }
    let expression = builder.parameter(TensorType(variable.dtype, variable.shape))
    variables.append(variable)
    initial[id] = expression
    current[id] = expression
    return expression
  }

  /// The variable's value at the start of the step.
  func initialExpression(_ variable: Variable) -> Expression {
    let now = expression(variable)
    return initial[ObjectIdentifier(variable)] ?? now
  }

  /// Gives the variable a new value from here on; the compiled step writes it back.
  func assign(_ variable: Variable, _ value: Tensor) {
    _ = expression(variable)
    current[ObjectIdentifier(variable)] = lift(value.asType(variable.dtype)).broadcast(to: variable.shape)
  }

  /// The expression of a tensor inside this trace.
  func lift(_ tensor: Tensor) -> Expression {
    switch tensor.content {
    case .traced(let trace, let expression) where trace === self: return expression
    case .concrete(let buffer):
      guard let literal = Literal(buffer.type, bytes: Array(buffer.bytes)) else { break }
      return builder.constant(literal)
    case .failed(let error):
      fail(error)
    case .traced, .symbolic:
      fail(KerasError(.invalidModel, "trace", "a tensor of another model or step was used inside this one"))
    }
    return builder.full(0, TensorType(tensor.dtype, tensor.shape))
  }

  private(set) var firstError: KerasError?

  func fail(_ error: KerasError) {
    if firstError == nil { firstError = error }
    builder.fail(GraphError("trace", error.message, scope: error.subject))
  }

  /// The graph of these outputs followed by the variables' new values.
  func finish(_ outputs: [Tensor]) throws -> (graph: Graph, updated: [Variable]) {
    let expressions = outputs.map(lift)
    if let firstError { throw firstError }
    let inputCount = builder.parameters.count - variables.count
    var updates: [Int: Int] = [:]
    var values = expressions
    var updated: [Variable] = []
    for (position, variable) in variables.enumerated() {
      let id = ObjectIdentifier(variable)
      guard let value = current[id], value.value != initial[id]?.value else { continue }
      updates[values.count] = inputCount + position
      values.append(value)
      updated.append(variable)
    }
    return (try builder.finish(values, updates: updates), updated)
  }
}
