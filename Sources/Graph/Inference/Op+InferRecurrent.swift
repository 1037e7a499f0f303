extension Op {
  func inferRecurrent(_ check: OperandCheck) throws(GraphError) -> [TensorType] {
    switch self {
    case .recurrent(let recurrent):
      guard let projection = check.inputs.first, projection.shape.rank == 3 else {
        throw check.error("the projection must have the axes time, sample, gate")
      }
      let types = RecurrentTypes(recurrent, projection)
      try types.check(check, types.forwardInputs)
      return types.forwardResults
    default:
      guard case .recurrentGradient(let recurrent) = self else { throw check.error("is not recurrent") }
      let saved = recurrent.cell.stateCount + 1 + (recurrent.hasRecurrentBias ? 1 : 0) + (recurrent.hasMask ? 1 : 0)
      guard check.inputs.indices.contains(saved + 1), check.inputs[saved + 1].shape.rank == 3 else {
        throw check.error("the gates must have the axes time, sample, gate")
      }
      let types = RecurrentTypes(recurrent, check.inputs[saved + 1])
      try types.check(check, types.gradientInputs)
      return types.gradientResults
    }
  }
}

extension Recurrent {
  /// Whether the recurrent product has a bias of its own.
  public var hasRecurrentBias: Bool { cell == .gru(resetAfter: true) }
  /// Whether the forward pass stores, besides the gates, one more tensor (`cells` or `candidate`) for its gradient.
  public var hasSavedState: Bool { cell != .simple }
}

/// The types of everything that goes in and out of a recurrent layer.
private struct RecurrentTypes {
  let recurrent: Recurrent
  let projection: TensorType
  var dtype: DType { projection.dtype }
  var units: Int { projection.shape[2] / recurrent.cell.gateCount }
  var sequence: TensorType { TensorType(dtype, [projection.shape[0], projection.shape[1], units]) }
  var state: TensorType { TensorType(dtype, [projection.shape[1], units]) }
  var states: [(String, TensorType)] {
    (0..<recurrent.cell.stateCount).map { ($0 == 0 ? "the initial h" : "the initial c", state) }
  }

  init(_ recurrent: Recurrent, _ projection: TensorType) {
    self.recurrent = recurrent
    self.projection = projection
  }

  /// What both directions take besides the projection.
  private var shared: [(String, TensorType)] {
    let gates = units &* recurrent.cell.gateCount
    var roles = states + [("the recurrent kernel", TensorType(dtype, [units, gates]))]
    if recurrent.hasRecurrentBias { roles.append(("the recurrent bias", TensorType(dtype, [gates]))) }
    if recurrent.hasMask { roles.append(("the mask", TensorType(.bool, [sequence.shape[0], sequence.shape[1]]))) }
    return roles
  }

  private var saved: [(String, TensorType)] {
    [("the gates", projection)] + (recurrent.hasSavedState ? [("the saved state", sequence)] : [])
  }

  var forwardInputs: [(String, TensorType)] { [("the projection", projection)] + shared }
  var forwardResults: [TensorType] { [sequence] + states.map(\.1) + saved.map(\.1) }
  var gradientInputs: [(String, TensorType)] {
    shared + [("the sequence", sequence)] + saved + [("the sequence's gradient", sequence)] + states
  }
  var gradientResults: [TensorType] {
    [projection] + states.map(\.1) + (recurrent.hasRecurrentBias ? [projection] : [])
  }

  func check(_ check: OperandCheck, _ roles: [(String, TensorType)]) throws(GraphError) {
    guard dtype.isFloatingPoint, projection.shape[2] % recurrent.cell.gateCount == 0 else {
      throw check.error("\(projection) does not hold \(recurrent.cell.gateCount) gates")
    }
    try check.count(roles.count)
    for (position, (role, type)) in roles.enumerated() { try check.type(position, is: type, role) }
  }
}
