/// A recurrent layer, and its gradient, as a scan of Keras's equations.
struct RecurrentDecomposition {
  private let recurrent: Recurrent
  private var states: Int { recurrent.cell.stateCount }

  init(_ recurrent: Recurrent) { self.recurrent = recurrent }

  /// A tensor in the order of time, in the order of processing; or back.
  private func ordered(_ x: Expression) -> Expression { recurrent.reversed ? x.reverse(axes: [0]) : x }

  /// The `index`-th of `count` equal parts of the last axis.
  private func part(_ index: Int, of x: Expression, count: Int = 1) -> Expression {
    let units = x.shape[-1] / recurrent.cell.gateCount
    return x.slice(axis: -1, (index * units)..<((index + count) * units))
  }

  // MARK: Forward

  func forward(_ inputs: [Expression]) -> [Expression] {
    let builder = inputs[0].builder
    let initial = Array(inputs[1...states])
    let mask = recurrent.hasMask ? [ordered(inputs[inputs.count - 1])] : []
    let weights = Array(inputs[(states + 1)..<(inputs.count - mask.count)])
    let result = builder.scan(
      carries: initial, sequences: [ordered(inputs[0])] + mask, constants: weights, length: inputs[0].shape[0]
    ) { carries, slices, constants in
      var (state, gates, saved) = step(slices[0], carries, constants)
      var output = state[0]
      if recurrent.hasMask {
        let active = slices[1].expandDimension(-1)
        state = zip(state, carries).map { active.select($0, $1) }
        output = recurrent.zeroOutputForMask ? active.select(state[0], state[0].constant(0)) : state[0]
      }
      if recurrent.cell == .lstm { saved = [state[1]] }
      return (state, [output, gates] + saved)
    }
    return [result.outputs[0]] + result.carries + result.outputs.dropFirst()
  }

  private func step(_ x: Expression, _ state: [Expression], _ weights: [Expression]) -> (
    state: [Expression], gates: Expression, saved: [Expression]
  ) {
    let (h, kernel, builder) = (state[0], weights[0], x.builder)
    let (outer, inner) = (recurrent.activation, recurrent.recurrentActivation)
    switch recurrent.cell {
    case .simple:
      let y = outer.apply(x + h.matmul(kernel))
      return ([y], y, [])
    case .lstm:
      let sum = x + h.matmul(kernel)
      let (i, f, o) = (inner.apply(part(0, of: sum)), inner.apply(part(1, of: sum)), inner.apply(part(3, of: sum)))
      let g = outer.apply(part(2, of: sum))
      let c = f * state[1] + i * g
      return ([o * outer.apply(c), c], builder.concatenate([i, f, g, o], axis: -1), [])
    case .gru(let resetAfter):
      let product =
        resetAfter ? h.matmul(kernel) + weights[1] : h.matmul(part(0, of: kernel, count: 2))
      let units = h.shape[-1]
      func gate(_ index: Int) -> Expression {
        inner.apply(part(index, of: x) + product.slice(axis: -1, (index * units)..<((index + 1) * units)))
      }
      let (z, r) = (gate(0), gate(1))
      let candidate = resetAfter ? part(2, of: product) : (r * h).matmul(part(2, of: kernel))
      let n = outer.apply(part(2, of: x) + (resetAfter ? r * candidate : candidate))
      return ([z * h + (1 - z) * n], builder.concatenate([z, r, n], axis: -1), [candidate])
    }
  }

  // MARK: Gradient

  func gradient(_ inputs: [Expression]) -> [Expression] {
    let initial = Array(inputs.prefix(states))
    let kernel = inputs[states]
    let mask = recurrent.hasMask ? [ordered(inputs[states + 1 + (recurrent.hasRecurrentBias ? 1 : 0)])] : []
    let stored = inputs.dropFirst(states + 1 + (recurrent.hasRecurrentBias ? 1 : 0) + mask.count)
    let (sequence, gates) = (stored[stored.startIndex], stored[stored.startIndex + 1])
    let saved = recurrent.hasSavedState ? [stored[stored.startIndex + 2]] : []
    let dSequence = stored[stored.startIndex + 2 + saved.count]
    var previous = [sequence.delayed(first: initial[0])]
    if recurrent.cell == .lstm { previous.append(saved[0].delayed(first: initial[1])) }

    let result = kernel.builder.scan(
      carries: Array(inputs.suffix(states)), sequences: [dSequence, gates] + previous + saved + mask,
      constants: [kernel], length: sequence.shape[0], reversed: true
    ) { carries, slices, constants in
      let dh = carries[0] + slices[0]
      let dState = [dh] + carries.dropFirst()
      var (back, dProjection, dProduct) = stepGradient(
        slices[1], previous: Array(slices[2..<(2 + states)]), saved: saved.isEmpty ? nil : slices[2 + states], dState,
        constants[0])
      if recurrent.hasMask {
        let active = slices[slices.count - 1].expandDimension(-1)
        back = zip(back, dState).map { active.select($0, $1) }
        dProjection = active.select(dProjection, dProjection.constant(0))
        dProduct = active.select(dProduct, dProduct.constant(0))
      }
      return (back, [dProjection] + (recurrent.hasRecurrentBias ? [dProduct] : []))
    }
    let dProducts = result.outputs.dropFirst().map(ordered)
    return [ordered(result.outputs[0])] + result.carries + dProducts
  }

  private func stepGradient(
    _ gates: Expression, previous: [Expression], saved: Expression?, _ dState: [Expression], _ kernel: Expression
  ) -> (dState: [Expression], dProjection: Expression, dProduct: Expression) {
    let (outer, inner, dh, builder) = (recurrent.activation, recurrent.recurrentActivation, dState[0], gates.builder)
    switch recurrent.cell {
    case .simple:
      let d = dh * outer.slope(gates)
      return ([d.timesTransposed(kernel)], d, d)
    case .lstm:
      let (i, f, g, o) = (part(0, of: gates), part(1, of: gates), part(2, of: gates), part(3, of: gates))
      let y = outer.apply(saved ?? g)
      let dc = dState[1] + dh * o * outer.slope(y)
      let d = builder.concatenate(
        [
          dc * g * inner.slope(i), dc * previous[1] * inner.slope(f), dc * i * outer.slope(g),
          dh * y * inner.slope(o),
        ], axis: -1)
      return ([d.timesTransposed(kernel), dc * f], d, d)
    case .gru(let resetAfter):
      let (z, r, n, h) = (part(0, of: gates), part(1, of: gates), part(2, of: gates), previous[0])
      let dz = dh * (h - n) * inner.slope(z)
      let dn = dh * (1 - z) * outer.slope(n)
      if resetAfter {
        let dr = dn * (saved ?? n) * inner.slope(r)
        let dProduct = builder.concatenate([dz, dr, dn * r], axis: -1)
        let dProjection = builder.concatenate([dz, dr, dn], axis: -1)
        return ([dh * z + dProduct.timesTransposed(kernel)], dProjection, dProduct)
      }
      let dReset = dn.timesTransposed(part(2, of: kernel))
      let dr = dReset * h * inner.slope(r)
      let back = builder.concatenate([dz, dr], axis: -1).timesTransposed(part(0, of: kernel, count: 2))
      let d = builder.concatenate([dz, dr, dn], axis: -1)
      return ([dh * z + dReset * r + back], d, d)
    }
  }
}

extension Recurrent.Activation {
  fileprivate func apply(_ x: Expression) -> Expression {
    switch self {
    case .linear: x
    case .tanh: x.tanh()
    case .sigmoid: x.sigmoid()
    case .relu: x.relu()
    case .hardSigmoid: (x + 3).maximum(0).minimum(6) / 6
    }
  }

  /// The derivative, from the function's value.
  fileprivate func slope(_ y: Expression) -> Expression {
    switch self {
    case .linear: y.constant(1).broadcast(to: y.shape)
    case .tanh: 1 - y.square()
    case .sigmoid: y * (1 - y)
    case .relu: y.greater(y.constant(0)).converted(to: y.dtype)
    case .hardSigmoid:
      y.greater(y.constant(0)).binary(.and, y.less(y.constant(1))).converted(to: y.dtype) / 6
    }
  }
}
