import Graph

extension GradientCase {
  static let linearAlgebra: [GradientCase] =
    [
      GradientCase("matmul", [[3, 4], [4, 2]]) { [$0[0].matmul($0[1])] },
      GradientCase("batched matmul", [[2, 1, 3, 4], [5, 4, 2]]) { [$0[0].matmul($0[1])] },
      GradientCase("dot with scattered axes", [[2, 3, 4, 5], [5, 6, 3, 4]]) {
        // Batch axis 2 with 3, contracting 3 with 0 and 1 with 2.
        [
          $0[0].dot(
            $0[1],
            DotDimensions(leftBatch: [2], rightBatch: [3], leftContracting: [3, 1], rightContracting: [0, 2]))
        ]
      },
      GradientCase("outer product", [[3], [4]]) {
        [$0[0].dot($0[1], DotDimensions(leftContracting: [], rightContracting: []))]
      },
      GradientCase("cholesky", [[2, 3, 3]]) { [positiveDefinite($0[0]).cholesky()] },
    ]
    + [true, false].flatMap { lower in
      [true, false].flatMap { transposed in
        [true, false].map { unit in
          GradientCase("triangularSolve \(lower) \(transposed) \(unit)", [[2, 3, 3], [2, 3, 2]]) { inputs in
            let matrix = inputs[0] + identity(inputs[0], 3)
            let attributes = TriangularSolve(lower: lower, transposed: transposed, unitDiagonal: unit)
            return [matrix.triangularSolve(inputs[1], attributes)]
          }
        }
      }
    } + [
      GradientCase("qr", [[2, 4, 3]]) { $0[0].factorize(.qr(complete: false)) },
      GradientCase("lu", [[2, 3, 3]]) { [$0[0].factorize(.lu)[0]] },
      GradientCase("eigh", [[3, 3]]) { inputs in
        // Its vectors' signs are free: only even functions of them are smooth.
        let results = symmetric(inputs[0]).factorize(.eigh)
        return [results[0], results[1].square()]
      },
      GradientCase("svd, tall", [[4, 3]]) { inputs in
        let results = (inputs[0]).factorize(.svd(complete: false))
        return [results[0].square(), results[1], results[2].square()]
      },
      GradientCase("svd, wide", [[2, 4]]) { inputs in
        let results = inputs[0].factorize(.svd(complete: false))
        return [results[0].square(), results[1], results[2].square()]
      },
    ]

  private static func identity(_ like: Expression, _ scale: Double) -> Expression {
    let type = TensorType(.int32, like.shape)
    let (rows, columns) = (
      like.builder.iota(type, axis: like.rank - 2), like.builder.iota(type, axis: like.rank - 1)
    )
    return rows.equal(columns).converted(to: like.dtype) * scale
  }

  private static func transposed(_ x: Expression) -> Expression {
    x.transpose(Array(0..<(x.rank - 2)) + [x.rank - 1, x.rank - 2])
  }

  private static func symmetric(_ x: Expression) -> Expression { x + transposed(x) }

  private static func positiveDefinite(_ x: Expression) -> Expression {
    x.matmul(transposed(x)) + identity(x, 2)
  }
}
