import Graph
import Testing

@testable import CPUExecutor

@Suite struct DotTests {
  /// The comparison with small products in our kernel, and in oneDNN.
  private func check(
    _ types: [TensorType], range: ClosedRange<Double> = -2...2, comment: String = "",
    sourceLocation: SourceLocation = #_sourceLocation, _ record: ([Expression]) -> [Expression]
  ) throws {
    for usesKernel in [true, false] {
      try Lowering.$usesSmallProducts.withValue(usesKernel) {
        try expectConforms(
          types, .balanced, range: range, comment: "\(comment) kernel \(usesKernel)", sourceLocation: sourceLocation,
          record)
      }
    }
  }

  @Test func matrices() throws {
    for (m, k, n) in [(1, 1, 1), (1, 7, 5), (5, 3, 1), (17, 13, 11), (64, 33, 10), (0, 3, 4), (3, 0, 4)] {
      for (left, right) in [(1, 0), (0, 0), (1, 1), (0, 1)] {
        let a = left == 1 ? [m, k] : [k, m]
        let b = right == 0 ? [k, n] : [n, k]
        try check(
          [TensorType(.float32, Shape(a)), TensorType(.float32, Shape(b))], comment: "\(a) \(b)"
        ) { [$0[0].dot($0[1], DotDimensions(leftContracting: [left], rightContracting: [right]))] }
      }
    }
  }

  /// Around whole panels of columns, with few rows and with one column.
  @Test func panels() throws {
    for (m, k, n) in [(2, 40, 33), (3, 17, 16), (40, 3, 100), (9, 64, 7), (5, 1, 37), (3, 200, 1)] {
      for (left, right) in [(1, 0), (0, 0), (1, 1), (0, 1)] {
        let types = [left == 1 ? [m, k] : [k, m], right == 0 ? [k, n] : [n, k], [n]]
        try check(
          types.map { TensorType(.float32, Shape($0)) }, range: -0.3...0.3, comment: "\(types)"
        ) {
          let product = $0[0].dot($0[1], DotDimensions(leftContracting: [left], rightContracting: [right]))
          return [(product + $0[2]).tanh()]
        }
      }
    }
  }

  @Test func smallBatchesOfSlicesAndTransposes() throws {
    try check([TensorType(.float32, [3, 4, 19, 8]), TensorType(.float32, [3, 4, 8, 21])]) {
      [$0[0].matmul($0[1]), $0[1].transpose([0, 1, 3, 2]).matmul($0[0].transpose([0, 1, 3, 2]))]
    }
    // Five products of a row, and of one column.
    try check([TensorType(.float32, [5, 1, 24]), TensorType(.float32, [5, 24, 18])]) {
      [$0[0].matmul($0[1]), $0[1].transpose([0, 2, 1]).matmul($0[0].transpose([0, 2, 1]))]
    }
  }

  @Test func batchesTransposesAndManyAxes() throws {
    try check([TensorType(.float32, [2, 5, 3, 4]), TensorType(.float32, [2, 6, 3, 4])]) {
      let q = $0[0].transpose([0, 2, 1, 3])
      let k = $0[1].transpose([0, 2, 3, 1])
      return [q.matmul(k), q]
    }
    try check([TensorType(.float32, [2, 3, 4]), TensorType(.float32, [4, 3, 5])]) {
      [$0[0].dot($0[1], DotDimensions(leftContracting: [1, 2], rightContracting: [1, 0]))]
    }
    try check([TensorType(.float32, [4, 6]), TensorType(.float32, [12, 2])]) {
      [$0[0].transpose([1, 0]).reshape([2, 12]).matmul($0[1])]
    }
    try check([TensorType(.float32, [7]), TensorType(.float32, [7])]) { [$0[0].matmul($0[1])] }
  }

  @Test(arguments: DType.allCases.filter { $0 != .bool }) func elementTypes(_ dtype: DType) throws {
    try expectConforms(
      [TensorType(dtype, [3, 8]), TensorType(dtype, [8, 5])], dtype.byteCount == 2 ? .half : .balanced,
      comment: "\(dtype)"
    ) { [$0[0].matmul($0[1])] }
  }

  /// Products that the interpreter computes have no use for the order of axes that the others read through.
  @Test(arguments: DType.allCases.filter { $0 != .bool }) func transposedOperands(_ dtype: DType) throws {
    let tolerance: Tolerance = dtype.byteCount == 2 ? .half : .balanced
    try expectConforms([TensorType(dtype, [3, 2, 4]), TensorType(dtype, [4, 5])], tolerance, comment: "\(dtype)") {
      [$0[0].transpose([1, 0, 2]).reshape([6, 4]).matmul($0[1])]
    }
    try expectConforms([TensorType(dtype, [4, 6]), TensorType(dtype, [5, 12])], tolerance, comment: "\(dtype)") {
      [$0[0].transpose([1, 0]).reshape([2, 12]).matmul($0[1].transpose([1, 0]))]
    }
    try expectConforms([TensorType(dtype, [3, 0, 4]), TensorType(dtype, [4, 5])], comment: "\(dtype), empty") {
      [$0[0].transpose([1, 0, 2]).reshape([0, 4]).matmul($0[1])]
    }
  }

  @Test func biasAndActivation() throws {
    let types = [[9, 16], [16, 12], [12]].map { TensorType(.float32, Shape($0)) }
    for op in [UnaryOp.relu, .tanh, .sigmoid, .exp] {
      try check(types, comment: "\(op)") { [($0[0].matmul($0[1]) + $0[2]).unary(op)] }
      try check(types, comment: "\(op)") {
        let sum = $0[2] + $0[0].matmul($0[1])
        return [sum.unary(op), sum]
      }
    }
  }
}
