/// A recurrent layer or its gradient, one sample and one unit at a time.
struct RecurrentEvaluation {
  private let recurrent: Recurrent
  private let evaluation: Evaluation
  private let time: Int
  private let samples: Int
  private let units: Int
  private var gateCount: Int { recurrent.cell.gateCount }
  private var gates: Int { gateCount * units }

  init(_ recurrent: Recurrent, _ evaluation: Evaluation) {
    self.recurrent = recurrent
    self.evaluation = evaluation
    // The first result of the forward pass is the sequence, of the gradient the projection's.
    let shape = evaluation.types[0].shape
    time = shape[0]
    samples = shape[1]
    if case .recurrent = evaluation.op { units = shape[2] } else { units = shape[2] / recurrent.cell.gateCount }
  }

  /// What both directions read besides the projection: the operands from the first initial state to the mask.
  private struct Parameters {
    var initial: [[Double]]
    var kernel: [Double]
    var bias: [Double]?
    var mask: [Int64]?
    var count: Int
  }

  private func parameters(from first: Int) -> Parameters {
    let inputs = evaluation.inputs
    var position = first + recurrent.cell.stateCount
    var parameters = Parameters(
      initial: inputs[first..<position].map(\.floats), kernel: inputs[position].floats, count: 0)
    position += 1
    if recurrent.hasRecurrentBias {
      parameters.bias = inputs[position].floats
      position += 1
    }
    if recurrent.hasMask {
      parameters.mask = inputs[position].integers
      position += 1
    }
    parameters.count = position - first
    return parameters
  }

  /// The time step that is the `step`-th to be processed.
  private func timeStep(_ step: Int) -> Int { recurrent.reversed ? time - 1 - step : step }

  // MARK: Forward

  func forward() -> [DenseTensor] {
    let projection = evaluation.inputs[0].floats
    let parameters = parameters(from: 1)
    var state = parameters.initial
    var sequence = [Double](repeating: 0, count: time * samples * units)
    var gateValues = [Double](repeating: 0, count: time * samples * gates)
    var saved = sequence
    for step in 0..<time {
      for sample in 0..<samples {
        let row = timeStep(step) * samples + sample
        let stored = step * samples + sample
        let active = parameters.mask.map { $0[row] != 0 } ?? true
        let own = (sample * units)..<((sample + 1) * units)
        let x = Array(projection[(row * gates)..<((row + 1) * gates)])
        let cell = self.step(x, state.map { Array($0[own]) }, parameters)
        if active { for (index, new) in cell.state.enumerated() { state[index].replaceSubrange(own, with: new) } }
        let places = (stored * units)..<((stored + 1) * units)
        gateValues.replaceSubrange((stored * gates)..<((stored + 1) * gates), with: cell.gates)
        if active || !recurrent.zeroOutputForMask { sequence.replaceSubrange(places, with: state[0][own]) }
        if recurrent.hasSavedState {
          saved.replaceSubrange(places, with: recurrent.cell == .lstm ? Array(state[1][own]) : cell.candidate)
        }
      }
    }
    let values = [sequence] + state + [gateValues] + (recurrent.hasSavedState ? [saved] : [])
    return zip(evaluation.types, values).map { DenseTensor($0, $1) }
  }

  /// One step of one sample by Keras's equations.
  private func step(_ x: [Double], _ state: [[Double]], _ parameters: Parameters) -> (
    state: [[Double]], gates: [Double], candidate: [Double]
  ) {
    let h = state[0]
    let outer = recurrent.activation
    let inner = recurrent.recurrentActivation
    var products = product(h, parameters.kernel, 0..<gates)
    if let bias = parameters.bias { for gate in 0..<gates { products[gate] += bias[gate] } }
    func gate(_ index: Int, _ activation: Recurrent.Activation) -> [Double] {
      (0..<units).map { activation.apply(x[index * units + $0] + products[index * units + $0]) }
    }
    switch recurrent.cell {
    case .simple:
      let y = gate(0, outer)
      return ([y], y, [])
    case .lstm:
      let (i, f, g, o) = (gate(0, inner), gate(1, inner), gate(2, outer), gate(3, inner))
      let c = (0..<units).map { f[$0] * state[1][$0] + i[$0] * g[$0] }
      return ([(0..<units).map { o[$0] * outer.apply(c[$0]) }, c], i + f + g + o, [])
    case .gru(let resetAfter):
      let (z, r) = (gate(0, inner), gate(1, inner))
      let part = (2 * units)..<(3 * units)
      let candidate =
        resetAfter ? Array(products[part]) : product((0..<units).map { r[$0] * h[$0] }, parameters.kernel, part)
      let n = (0..<units).map { u in
        outer.apply(x[2 * units + u] + (resetAfter ? r[u] * candidate[u] : candidate[u]))
      }
      return ([(0..<units).map { z[$0] * h[$0] + (1 - z[$0]) * n[$0] }], z + r + n, candidate)
    }
  }

  /// A row times these columns of the recurrent kernel.
  private func product(_ row: [Double], _ kernel: [Double], _ columns: Range<Int>) -> [Double] {
    columns.map { column in row.indices.reduce(0) { $0 + row[$1] * kernel[$1 * gates + column] } }
  }

  /// A row over these columns times the transposed kernel.
  private func transposedProduct(_ row: [Double], _ kernel: [Double], _ columns: Range<Int>) -> [Double] {
    (0..<units).map { u in zip(row, columns).reduce(0) { $0 + $1.0 * kernel[u * gates + $1.1] } }
  }

  // MARK: Gradient

  func gradient() -> [DenseTensor] {
    let parameters = parameters(from: 0)
    let rest = evaluation.inputs.dropFirst(parameters.count).map(\.floats)
    let (sequence, gateValues) = (rest[0], rest[1])
    let saved = recurrent.hasSavedState ? rest[2] : []
    let dSequence = rest[recurrent.hasSavedState ? 3 : 2]
    var dState = Array(rest.suffix(recurrent.cell.stateCount))
    var dProjection = [Double](repeating: 0, count: time * samples * gates)
    var dProduct = dProjection

    for step in (0..<time).reversed() {
      for sample in 0..<samples {
        let row = timeStep(step) * samples + sample
        let own = (sample * units)..<((sample + 1) * units)
        let places = { (step: Int) in ((step * samples + sample) * units)..<((step * samples + sample + 1) * units) }
        for (u, place) in zip(own, places(step)) { dState[0][u] += dSequence[place] }
        guard parameters.mask.map({ $0[row] != 0 }) ?? true else { continue }
        let stored = step * samples + sample
        let previous = { (values: [Double], initial: [Double]) in
          Array(step == 0 ? initial[own] : values[places(step - 1)])
        }
        let cell = stepGradient(
          gates: Array(gateValues[(stored * gates)..<((stored + 1) * gates)]),
          saved: saved.isEmpty ? [] : Array(saved[places(step)]),
          previous: [previous(sequence, parameters.initial[0])]
            + (recurrent.cell == .lstm ? [previous(saved, parameters.initial[1])] : []),
          dState: dState.map { Array($0[own]) }, parameters)
        for (index, new) in cell.dState.enumerated() { dState[index].replaceSubrange(own, with: new) }
        dProjection.replaceSubrange((row * gates)..<((row + 1) * gates), with: cell.dProjection)
        dProduct.replaceSubrange((row * gates)..<((row + 1) * gates), with: cell.dProduct)
      }
    }
    let values = [dProjection] + dState + (recurrent.hasRecurrentBias ? [dProduct] : [])
    return zip(evaluation.types, values).map { DenseTensor($0, $1) }
  }

  private func stepGradient(
    gates values: [Double], saved: [Double], previous: [[Double]], dState: [[Double]], _ parameters: Parameters
  ) -> (dState: [[Double]], dProjection: [Double], dProduct: [Double]) {
    let (outer, inner, dh) = (recurrent.activation, recurrent.recurrentActivation, dState[0])
    let every = 0..<units
    func gate(_ index: Int) -> [Double] { Array(values[(index * units)..<((index + 1) * units)]) }
    switch recurrent.cell {
    case .simple:
      let y = gate(0)
      let d = every.map { dh[$0] * outer.slope(y[$0]) }
      return ([transposedProduct(d, parameters.kernel, 0..<gates)], d, d)
    case .lstm:
      let (i, f, g, o) = (gate(0), gate(1), gate(2), gate(3))
      let y = saved.map(outer.apply)
      let dc = every.map { dState[1][$0] + dh[$0] * o[$0] * outer.slope(y[$0]) }
      let di = every.map { dc[$0] * g[$0] * inner.slope(i[$0]) }
      let df = every.map { dc[$0] * previous[1][$0] * inner.slope(f[$0]) }
      let dg = every.map { dc[$0] * i[$0] * outer.slope(g[$0]) }
      let d = di + df + dg + every.map { dh[$0] * y[$0] * inner.slope(o[$0]) }
      return ([transposedProduct(d, parameters.kernel, 0..<gates), every.map { dc[$0] * f[$0] }], d, d)
    case .gru(let resetAfter):
      let (z, r, n, h) = (gate(0), gate(1), gate(2), previous[0])
      let dz = every.map { dh[$0] * (h[$0] - n[$0]) * inner.slope(z[$0]) }
      let dn = every.map { dh[$0] * (1 - z[$0]) * outer.slope(n[$0]) }
      let part = (2 * units)..<(3 * units)
      // Of r ∘ h, which only the form that resets before its product has.
      let dReset = resetAfter ? [] : transposedProduct(dn, parameters.kernel, part)
      let dr = every.map { (resetAfter ? dn[$0] * saved[$0] : dReset[$0] * h[$0]) * inner.slope(r[$0]) }
      let dCandidate = every.map { resetAfter ? dn[$0] * r[$0] : dn[$0] }
      let product = dz + dr + dCandidate
      let back = transposedProduct(product, parameters.kernel, resetAfter ? 0..<gates : 0..<(2 * units))
      let dPrevious = every.map { dh[$0] * z[$0] + back[$0] + (resetAfter ? 0 : dReset[$0] * r[$0]) }
      return ([dPrevious], dz + dr + dn, product)
    }
  }
}

extension Recurrent.Activation {
  fileprivate func apply(_ x: Double) -> Double {
    switch self {
    case .linear: x
    case .tanh: UnaryOp.tanh.apply(x)
    case .sigmoid: UnaryOp.sigmoid.apply(x)
    case .relu: Swift.max(x, 0)
    case .hardSigmoid: Swift.min(Swift.max(x + 3, 0), 6) / 6
    }
  }

  /// The derivative, from the function's value.
  fileprivate func slope(_ y: Double) -> Double {
    switch self {
    case .linear: 1
    case .tanh: 1 - y * y
    case .sigmoid: y * (1 - y)
    case .relu: y > 0 ? 1 : 0
    case .hardSigmoid: y > 0 && y < 1 ? 1.0 / 6 : 0
    }
  }
}
