import CPUExecutor
import Graph
import Testing

@Suite struct ReductionTests {
  static let axes: [(Shape, [Int])] = [
    ([], []), ([0], [0]), ([1], [0]), ([130], [0]), ([4099], [0]), ([7, 5], [0]), ([7, 5], [1]), ([7, 5], [0, 1]),
    ([3, 0], [1]), ([300, 3], [0]), ([2, 3, 4, 5], [1]), ([2, 3, 4, 5], [1, 2]), ([2, 3, 4, 5], [0, 2]),
    ([2, 3, 4, 5], [0, 1, 2]), ([2, 1, 4, 5], [0, 2]), ([100_000], [0]), ([3000, 33], [0]), ([33, 3000], [1]),
  ]

  @Test(arguments: DType.allCases) func reductions(_ dtype: DType) throws {
    for reduction in Reduction.allCases where (reduction == .all || reduction == .any) == (dtype == .bool) {
      for (shape, axes) in Self.axes where shape.elementCount < 1000 || dtype == .float32 {
        let tolerance: Tolerance =
          dtype.isFloatingPoint ? (dtype.byteCount == 2 ? .half : Tolerance(absolute: 1e-3, relative: 1e-5)) : .exact
        let range = reduction == .product ? 0.99...1.01 : -2.0...2.0
        try expectConforms(
          [TensorType(dtype, shape)], tolerance, range: range, comment: "\(reduction) \(shape) \(axes)"
        ) { [$0[0].reduce(reduction, axes: axes)] }
      }
    }
  }

  @Test func extremePositions() throws {
    for axis in 0..<3 {
      try expectConforms([TensorType(.float32, [4, 5, 6])], .exact) {
        [$0[0].argReduce(.maximum, axis: axis), $0[0].unary(.floor).argReduce(.minimum, axis: axis)]
      }
    }
    try expectConforms([TensorType(.int32, [4, 5])], .exact) { [$0[0].argReduce(.maximum, axis: 1)] }
  }

  @Test func softmax() throws {
    for shape in [[1], [3, 1], [4, 10], [2, 3, 33], [300, 128]] as [Shape] {
      try expectConforms([TensorType(.float32, shape)], Tolerance(absolute: 1e-6, relative: 1e-6), comment: "\(shape)")
      {
        [$0[0].softmax(), $0[0].logSoftmax(), ($0[0] * 30).softmax(axis: 0)]
      }
    }
  }

  @Test func runningReductionsAndSorting() throws {
    try expectConforms([TensorType(.float32, [4, 9])], .balanced) {
      let sorted = $0[0].sort(axis: 1)
      return [
        $0[0].cumulative(.sum, axis: 1), $0[0].cumulative(.maximum, axis: 0, reverse: true), sorted.values,
        sorted.indices,
      ]
    }
  }

  @Test(arguments: [DType.bfloat16, .float16]) func halfPrecision(_ dtype: DType) throws {
    let channel = TensorType(dtype, [8])
    try expectConforms([TensorType(dtype, [6, 8]), channel, channel], .half, comment: "\(dtype)") { p in
      let batch = p[0].batchNormalization(scale: p[1], offset: p[2], epsilon: 0.1)
      return [
        p[0].softmax(), p[0].sum(axes: [0]), batch.y, p[0].layerNormalization(scale: p[1], offset: p[2], epsilon: 0.1),
        p[0].argReduce(.maximum, axis: 1), p[0].cumulative(.sum, axis: 0),
      ]
    }
  }
}
