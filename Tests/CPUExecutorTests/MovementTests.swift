import CPUExecutor
import Graph
import Testing

@Suite struct MovementTests {
  @Test(arguments: DType.allCases) func rearrangements(_ dtype: DType) throws {
    try expectConforms([TensorType(dtype, [3, 5, 7, 2])], .exact) { p in
      let x = p[0]
      return [
        x.transpose([3, 1, 0, 2]), x.transpose([0, 2, 1, 3]), x.transpose([1, 2, 3, 0]), x.reverse(axes: [1, 3]),
        x.slice(axis: 0, 1..<3), x.slice(axis: 2, 1..<6, stride: 2), x.slice(axis: 0, 2..<3).slice(axis: 1, 1..<4),
        x.reshape([15, 14]).transpose([1, 0]), x.slice(axis: 3, 1..<2).reshape([105]),
      ]
    }
  }

  @Test func largeTransposes() throws {
    for shape in [[129, 67], [2, 65, 33], [1000, 3]] as [Shape] {
      try expectConforms([TensorType(.float32, shape)], .exact, comment: "\(shape)") {
        [$0[0].transpose(Array((0..<shape.rank).reversed()))]
      }
    }
  }

  @Test func paddingAndJoining() throws {
    try expectConforms([TensorType(.float32, [3, 4]), TensorType(.float32, [3, 2])], .exact) { p in
      let builder = p[0].builder
      func pad(_ low: [Int], _ high: [Int], _ interior: [Int]) -> Expression {
        p[0].pad(Padding(low: low, high: high, interior: interior), value: p[0].constant(1.5))
      }
      return [
        builder.concatenate(p, axis: 1), builder.concatenate([p[0], p[0]], axis: 0), pad([1, 0], [0, 2], [0, 0]),
        pad([0, 1], [1, 0], [2, 1]), pad([-1, 1], [0, -2], [0, 0]), pad([-2, -1], [-2, 3], [1, 2]),
        pad([-3, 0], [3, 0], [0, 0]),
      ]
    }
  }

  @Test func gatheringAndScattering() throws {
    for dtype in [DType.int32, .int64] {
      try expectConforms(
        [TensorType(.float32, [6, 5]), TensorType(dtype, [2, 4]), TensorType(.float32, [2, 4, 5])], range: -0.5...0.5
      ) { p in
        let zero = p[0].builder.full(0, p[0].type)
        return [
          p[0].gather(p[1]), p[0].gather(p[1], axis: 1), p[0].scatterAdd(p[1], p[2]), zero.scatterAdd(p[1], p[2]),
          p[0].transpose([1, 0]).gatherAlong(p[1].slice(axis: 0, 0..<1).broadcast(to: [5, 4]), axis: 1),
        ]
      }
    }
  }

  @Test func indexingAlongAnAxis() throws {
    for (dtype, axis) in [(DType.float32, 0), (.float32, 1), (.int8, 1), (.float64, 0)] {
      try expectConforms(
        [TensorType(dtype, [6, 5]), TensorType(.int32, [6, 5]), TensorType(dtype, [6, 5])], range: -0.5...0.5
      ) { [$0[0].gatherAlong($0[1], axis: axis), $0[0].scatterAddAlong($0[1], $0[2], axis: axis)] }
    }
  }

  @Test func slicesAtRunTime() throws {
    try expectConforms(
      [TensorType(.float32, [4, 5, 6]), TensorType(.float32, [2, 5, 1]), TensorType(.int32, [3])], .exact,
      range: -0.3...0.3
    ) { p in
      [p[0].dynamicSlice(starts: p[2], sizes: [2, 3, 1]), p[0].dynamicUpdateSlice(p[1], starts: p[2]), p[0] * 2]
    }
  }
}
