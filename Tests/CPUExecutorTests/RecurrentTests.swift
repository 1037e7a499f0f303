import CPUExecutor
import Graph
import Testing

@Suite struct RecurrentTests {
  static let cells: [Recurrent.Cell] = [.simple, .lstm, .gru(resetAfter: true), .gru(resetAfter: false)]

  private func check(_ recurrent: Recurrent, time: Int = 5, samples: Int = 3, units: Int = 7) throws {
    let cell = recurrent.cell
    let gates = cell.gateCount * units
    let state = TensorType(.float32, [samples, units])
    var types = [TensorType(.float32, [time, samples, gates])] + (0..<cell.stateCount).map { _ in state }
    types.append(TensorType(.float32, [units, gates]))
    if recurrent.hasRecurrentBias { types.append(TensorType(.float32, [gates])) }
    if recurrent.hasMask { types.append(TensorType(.bool, [time, samples])) }
    try expectConforms(types, .balanced, range: -0.7...0.7, comment: "\(recurrent)") { p in
      let builder = p[0].builder
      let bias = recurrent.hasRecurrentBias ? p[2 + cell.stateCount] : nil
      let mask = recurrent.hasMask ? p.last : nil
      let (sequence, states) = p[0].recurrent(
        recurrent, initial: Array(p[1...cell.stateCount]), recurrentKernel: p[1 + cell.stateCount],
        recurrentBias: bias, mask: mask)
      let loss = sequence.square().sum() + states.reduce(sequence.sum()) { $0 + $1.square().sum() }
      let sources = p.filter { $0.dtype == .float32 }
      return [sequence] + states + builder.gradients(of: loss, withRespectTo: sources)
    }
  }

  @Test(arguments: cells) func cellsAndGradients(_ cell: Recurrent.Cell) throws {
    try check(Recurrent(cell))
    try check(Recurrent(cell, reversed: true))
    try check(Recurrent(cell, hasMask: true))
    try check(Recurrent(cell, reversed: true, hasMask: true), time: 2)
    try check(Recurrent(cell), time: 1, samples: 1, units: 1)
    try check(Recurrent(cell), time: 3, samples: 40, units: 32)
  }

  @Test func maskedOutputsAreZero() throws {
    try check(Recurrent(.lstm, hasMask: true, zeroOutputForMask: true))
    try check(Recurrent(.simple, hasMask: true, zeroOutputForMask: true))
  }

  @Test(arguments: Recurrent.Activation.allCases) func activations(_ activation: Recurrent.Activation) throws {
    try check(Recurrent(.lstm, activation: activation, recurrentActivation: .hardSigmoid))
    try check(Recurrent(.gru(resetAfter: true), recurrentActivation: activation))
  }
}
