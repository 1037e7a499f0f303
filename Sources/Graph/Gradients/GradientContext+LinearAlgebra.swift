extension GradientContext {
  func dot(_ dimensions: DotDimensions) -> [Expression?] {
    let (a, b) = (inputs[0], inputs[1])
    let (leftFree, rightFree) = (dimensions.leftFree(rank: a.rank), dimensions.rightFree(rank: b.rank))
    let batches = dimensions.leftBatch.count
    let batch = Array(0..<batches)
    let rows = Array(batches..<(batches + leftFree.count))
    let columns = Array((batches + leftFree.count)..<(batches + leftFree.count + rightFree.count))

    func left() -> Expression {
      let product = g.dot(
        b,
        DotDimensions(
          leftBatch: batch, rightBatch: dimensions.rightBatch, leftContracting: columns, rightContracting: rightFree))
      // Its last axes are b's contracted ones in b's order.
      let pairs = zip(dimensions.rightContracting, dimensions.leftContracting).sorted { $0.0 < $1.0 }
      return product.transpose(inverse(dimensions.leftBatch + leftFree + pairs.map(\.1)))
    }
    func right() -> Expression {
      let product = a.dot(
        g,
        DotDimensions(
          leftBatch: dimensions.leftBatch, rightBatch: batch, leftContracting: leftFree, rightContracting: rows))
      let pairs = zip(dimensions.leftContracting, dimensions.rightContracting).sorted { $0.0 < $1.0 }
      return product.transpose(inverse(dimensions.rightBatch + pairs.map(\.1) + rightFree))
    }
    return each(left(), right())
  }

  func triangularSolve(_ attributes: TriangularSolve) -> [Expression?] {
    let a = inputs[0]
    var flipped = attributes
    flipped.transposed.toggle()
    let right = a.triangularSolve(g, flipped)
    func matrix() -> Expression {
      let product = attributes.transposed ? y.timesTransposed(right) : right.timesTransposed(y)
      return (-product).triangle(lower: attributes.lower, strict: attributes.unitDiagonal)
    }
    return each(matrix(), right)
  }

  func cholesky() -> Expression {
    // A̅ = ½ L⁻ᵀ (P + Pᵀ) L⁻¹ with P = Φ(Lᵀ L̅): the lower triangle, its diagonal halved.
    let l = y
    let p = l.transposedTimes(g).triangle(lower: true)
    let middle = (p + p.matrixTransposed - p * p.identityMask) * 0.5
    let solve = TriangularSolve(lower: true, transposed: true)
    return l.triangularSolve(l.triangularSolve(middle, solve).matrixTransposed, solve)
  }

  func factorize(_ factorization: Factorization) -> [Expression?] {
    let (m, n) = (x.shape[-2], x.shape[-1])
    switch factorization {
    case .qr(let complete):
      guard m >= n, !complete || m == n else {
        return fail("has a gradient only where the matrix is as tall as it is wide, and reduced")
      }
      return each(qr())
    case .svd(let complete):
      guard !complete || m == n else { return fail("has a gradient only where it is reduced") }
      return each(svd())
    case .eigh: return each(eigh())
    case .lu:
      guard m == n else { return fail("has a gradient only for square matrices") }
      return each(lu())
    }
  }

  private func qr() -> Expression {
    // A̅ = (Q̅ + Q sym(M)) R⁻ᵀ with M = R R̅ᵀ − Q̅ᵀ Q, its lower triangle mirrored.
    let (q, r) = (outputs[0], outputs[1])
    let (dq, dr) = (cotangent(0), cotangent(1))
    let m = r.timesTransposed(dr) - dq.transposedTimes(q)
    let lower = m.triangle(lower: true)
    let symmetric = lower + m.triangle(lower: true, strict: true).matrixTransposed
    let right = dq + q.times(symmetric)
    return r.triangularSolve(right.matrixTransposed, TriangularSolve(lower: false)).matrixTransposed
  }

  private func eigh() -> Expression {
    // A̅ = V (diag(w̅) + F ∘ Vᵀ V̅) Vᵀ with Fᵢⱼ = 1 / (wⱼ − wᵢ), made symmetric.
    let (w, v) = (outputs[0], outputs[1])
    var middle = v.transposedTimes(cotangent(1)) * w.inverseDifferences
    if let dw = cotangents[0] { middle = middle + dw.diagonal }
    let full = v.times(middle).timesTransposed(v)
    return (full + full.matrixTransposed) * 0.5
  }

  private func svd() -> Expression {
    // Townsend, "Differentiating the singular value decomposition", 2016.
    let (u, s, vt) = (outputs[0], outputs[1], outputs[2])
    let f = s.square().inverseDifferences
    var middle = zeros(TensorType(x.dtype, Shape(s.shape.dimensions + [s.shape[-1]])))
    var result: Expression?
    if let ds = cotangents[1] { middle = middle + ds.diagonal }
    if let du = cotangents[0] {
      let inner = u.transposedTimes(du)
      middle = middle + f * (inner - inner.matrixTransposed) * s.expandDimension(-2)
      let outside = (du - u.times(inner)) / s.expandDimension(-2)
      result = outside.times(vt)
    }
    if let dvt = cotangents[2] {
      let inner = vt.timesTransposed(dvt)
      middle = middle + s.expandDimension(-1) * f * (inner - inner.matrixTransposed)
      let outside = (dvt - inner.matrixTransposed.times(vt)) / s.expandDimension(-1)
      let part = u.times(outside)
      result = result.map { $0 + part } ?? part
    }
    let inside = u.times(middle).times(vt)
    return result.map { $0 + inside } ?? inside
  }

  private func lu() -> Expression {
    // P A = L U: the gradient of P A is L⁻ᵀ (strict lower of Lᵀ L̅ + upper of U̅ Uᵀ) U⁻ᵀ.
    let (packed, pivots) = (outputs[0], outputs[1])
    let lower = packed.triangle(lower: true, strict: true) + packed.identityMask
    let upper = packed.triangle(lower: false)
    let (dLower, dUpper) = (g.triangle(lower: true, strict: true), g.triangle(lower: false))
    let middle =
      lower.transposedTimes(dLower).triangle(lower: true, strict: true)
      + dUpper.timesTransposed(upper).triangle(lower: false)
    let left = lower.triangularSolve(middle, TriangularSolve(lower: true, transposed: true, unitDiagonal: true))
    let permuted = upper.triangularSolve(left.matrixTransposed, TriangularSolve(lower: false)).matrixTransposed
    let rows = pivots.permutation(rows: x.shape[-2]).expandDimension(-1).broadcast(to: x.shape)
    return zeros(x.type).scatterAddAlong(rows, permuted, axis: x.rank - 2)
  }
}
