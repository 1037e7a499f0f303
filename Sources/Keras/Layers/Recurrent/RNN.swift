import ModelFiles

/// A recurrent layer of any cell, one of one's own among them (see `RecurrentCell`).
///
/// Input `[batch, time, …]`; output the last step's, or with `returnSequences` all, `[batch, time, …]`; with
/// `returnState` also the last states. Source: `keras.layers.RNN`.
///
/// ```swift
/// RNN(LSTMCell(64), returnSequences: true)
/// RNN([GRUCell(64), GRUCell(32)])
/// ```
public final class RNN: RecurrentLayer, ConfigConstructible, @unchecked Sendable {
  /// - Parameters:
  ///   - returnSequences: whether to give the outputs of all steps rather than the last.
  ///   - returnState: whether a call gives the last states after the output.
  ///   - goBackwards: whether to go from the last step to the first; the outputs are in the order of processing.
  ///   - stateful: whether a call starts with the states that the last one ended with (`resetStates`).
  ///   - unroll: whether steps are written out one by one rather than as a loop.
  ///   - zeroOutputForMask: whether the output of a masked step is 0 rather than the output before it.
  public init(
    _ cell: RecurrentCell, returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
    stateful: Bool = false, unroll: Bool = false, zeroOutputForMask: Bool = false,
    activityRegularizer: (any Regularizer)? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    super.init(
      cell,
      SequenceOptions(
        returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards, stateful: stateful,
        unroll: unroll, zeroOutputForMask: zeroOutputForMask),
      name: name, dtype: dtype, activityRegularizer: activityRegularizer)
  }

  /// A layer of cells on top of each other.
  public convenience init(
    _ cells: [RecurrentCell], returnSequences: Bool = false, returnState: Bool = false, goBackwards: Bool = false,
    stateful: Bool = false, unroll: Bool = false, zeroOutputForMask: Bool = false,
    activityRegularizer: (any Regularizer)? = nil, name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.init(
      StackedRNNCells(cells, dtype: dtype), returnSequences: returnSequences, returnState: returnState,
      goBackwards: goBackwards, stateful: stateful, unroll: unroll, zeroOutputForMask: zeroOutputForMask,
      activityRegularizer: activityRegularizer, name: name, dtype: dtype)
  }

  public init(from reader: ConfigReader) throws {
    guard let member = reader.value("cell") else { throw reader.error("cell", "is missing") }
    let cell: RecurrentCell
    if let cells = member.array {
      cell = StackedRNNCells(try cells.map { try reader.cell($0, of: "cell") })
    } else {
      cell = try reader.cell(member, of: "cell")
    }
    super.init(
      cell, try SequenceOptions(reader), name: reader.name, dtype: try reader.dtypePolicy(),
      activityRegularizer: try reader.regularizer("activity_regularizer"))
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .recurrent, "h′ = cell(xₜ, h) for each time step t", example: "RNN(LSTMCell(64), returnSequences: true)",
      arguments: ["cell": ["class_name": "LSTMCell", "config": ["units": 64]]], inputs: [[nil, 10, 8]])
  }
}
