import Graph

/// The recording of one step: the graph so far, the variables it reads and the values it gives them.
final class Trace: @unchecked Sendable {
  let builder = GraphBuilder()
  /// Whether the call that is being recorded is part of training; `nil` while nobody has said, which means that it is
  /// not.
  private(set) var mode: Bool?
  /// Variables in the order of their parameters, after the step's inputs.
  private(set) var variables: [Variable] = []
  private var initial: [ObjectIdentifier: Expression] = [:]
  private var current: [ObjectIdentifier: Expression] = [:]
  /// The inputs, by position, that layers took the masks off.
  var unmaskedInputs: [Int] = []
  /// Extra loss terms that layers added.
  var losses: [Tensor] = []
  /// What each run asks of the step's inputs.
  var indexChecks: [IndexCheck] = []
  /// The recording around this one, where this is the body of a loop.
  let parent: Trace?
  /// Values of the recordings around that the body reads, with their parameters here.
  private var captured: [(outer: Expression, inner: Expression)] = []
  private var capturePositions: [Value: Int] = [:]

  /// The recording that layers' calls go to whose arguments are all constants.
  @TaskLocal static var current: Trace?

  init(training: Bool?, parent: Trace? = nil) {
    mode = training
    self.parent = parent
  }

  /// Records a layer's call in this mode, the calls inside it among them.
  func recording<Result>(training: Bool?, _ body: () throws -> Result) rethrows -> Result {
    let outer = mode
    mode = training
    defer { mode = outer }
    return try Trace.$current.withValue(self, operation: body)
  }

  /// A new input. All inputs are declared before the first variable is read.
  func input(_ type: TensorType) -> Tensor { Tensor(.traced(self, builder.parameter(type))) }

  /// The variable's value at this point of the step.
  func read(_ variable: Variable) -> Tensor { Tensor(.traced(self, expression(variable))) }

  func expression(_ variable: Variable) -> Expression {
    let id = ObjectIdentifier(variable)
    if let expression = current[id] { return expression }
    let expression =
      parent.map { capture($0.expression(variable)) }
      ?? builder.parameter(TensorType(variable.dtype, variable.shape))
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
    case .traced(let trace, _) where isInside(trace):
      if let parent { return capture(parent.lift(tensor)) }
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

  /// The variables that have been given new values so far.
  var assigned: [Variable] {
    variables.filter { variable in
      let id = ObjectIdentifier(variable)
      return current[id]?.value != initial[id]?.value
    }
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

  // MARK: Bodies of loops

  /// The innermost of the recordings that the tensors belong to.
  static func innermost(_ tensors: [Tensor]) -> Trace? {
    var result: Trace?
    for tensor in tensors {
      guard case .traced(let trace, _) = tensor.content else { continue }
      if result.map({ trace.isInside($0) }) ?? true { result = trace }
    }
    return result
  }

  private func isInside(_ other: Trace) -> Bool {
    var enclosing = parent
    while let trace = enclosing {
      if trace === other { return true }
      enclosing = trace.parent
    }
    return false
  }

  /// The parameter that stands for a value of the recording around.
  private func capture(_ outer: Expression) -> Expression {
    if let value = outer.value, let known = capturePositions[value] { return captured[known].inner }
    let inner = builder.parameter(outer.type)
    if let value = outer.value { capturePositions[value] = captured.count }
    captured.append((outer, inner))
    return inner
  }

  /// The graph of a loop's body, its parameters the declared inputs and then `captured`. Its outputs are `outputs`
  /// and then the new values of the variables that the body assigned.
  ///
  /// - Returns: also, for each assigned variable, its position among `captured`.
  func finishBody(_ outputs: [Tensor]) throws -> (
    graph: Graph, captured: [Expression], assigned: [(variable: Variable, position: Int)]
  ) {
    var results = outputs.map(lift)
    var assigned: [(variable: Variable, position: Int)] = []
    for variable in variables {
      let id = ObjectIdentifier(variable)
      guard let value = current[id], let start = initial[id], value.value != start.value,
        let position = captured.firstIndex(where: { $0.inner.value == start.value })
      else { continue }
      results.append(value)
      assigned.append((variable, position))
    }
    if let firstError { throw firstError }
    return (try builder.finish(results), captured.map(\.outer), assigned)
  }
}
