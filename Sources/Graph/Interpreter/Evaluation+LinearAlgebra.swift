extension Evaluation {
  func cholesky() -> DenseTensor {
    DenseTensor(types[0], matrices(inputs[0]).flatMap { $0.cholesky().elements })
  }

  func triangularSolve(_ attributes: TriangularSolve) -> DenseTensor {
    let solutions = zip(matrices(inputs[0]), matrices(inputs[1])).map { a, b in
      a.solve(b, lower: attributes.lower, transposed: attributes.transposed, unitDiagonal: attributes.unitDiagonal)
    }
    return DenseTensor(types[0], solutions.flatMap(\.elements))
  }

  func factorize(_ factorization: Factorization) -> [DenseTensor] {
    let matrices = matrices(inputs[0])
    switch factorization {
    case .qr(let complete):
      let factors = matrices.map { $0.qr(complete: complete) }
      return [
        DenseTensor(types[0], factors.flatMap(\.q.elements)), DenseTensor(types[1], factors.flatMap(\.r.elements)),
      ]
    case .lu:
      let factors = matrices.map { $0.lu() }
      return [
        DenseTensor(types[0], factors.flatMap(\.lu.elements)),
        DenseTensor(types[1], factors.flatMap { $0.pivots.map { Int64($0) } }),
      ]
    case .svd(let complete):
      let factors = matrices.map { $0.svd(complete: complete) }
      return [
        DenseTensor(types[0], factors.flatMap(\.u.elements)), DenseTensor(types[1], factors.flatMap(\.s)),
        DenseTensor(types[2], factors.flatMap(\.vt.elements)),
      ]
    case .eigh:
      let factors = matrices.map { $0.eigh() }
      return [
        DenseTensor(types[0], factors.flatMap(\.values)), DenseTensor(types[1], factors.flatMap(\.vectors.elements)),
      ]
    }
  }

  /// The matrices of the last two axes.
  private func matrices(_ x: DenseTensor) -> [Matrix] {
    let (rows, columns, values) = (x.shape[-2], x.shape[-1], x.floats)
    let count = x.shape.dimensions.dropLast(2).reduce(1, *)
    return (0..<count).map { batch in
      let start = batch * rows * columns
      return Matrix(rows: rows, columns: columns, elements: Array(values[start..<(start + rows * columns)]))
    }
  }
}
