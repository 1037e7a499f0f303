import Graph
import Testing

/// What does not fit is an error that names the operation; nothing traps.
@Suite struct InferenceTests {
  struct Misfit: Sendable, CustomTestStringConvertible {
    let op: Op
    let inputs: [TensorType]
    var testDescription: String { "\(op.name) \(inputs)" }

    init(_ op: Op, _ shapes: Shape..., dtype: DType = .float32) {
      self.op = op
      inputs = shapes.map { TensorType(dtype, $0) }
    }
  }

  static let misfits: [Misfit] = [
    Misfit(.unary(.exp), [2], dtype: .int32), Misfit(.unary(.exp)), Misfit(.unary(.negate), [2], dtype: .bool),
    Misfit(.binary(.add), [2], [3]), Misfit(.binary(.and), [2], [2]), Misfit(.binary(.shiftLeft), [1], [1]),
    Misfit(.select, [2], [2], [2]), Misfit(.bitcast(.float64), [2]), Misfit(.reshape([5]), [2, 3]),
    Misfit(.reshape([-1, -6]), [2, 3]), Misfit(.reshape([Int.max, 2]), [2]),
    Misfit(.broadcast([2, 3], axes: [0]), [3]), Misfit(.broadcast([2, 3], axes: [2]), [3]),
    Misfit(.transpose([0, 0]), [2, 2]), Misfit(.reverse(axes: [1]), [2]), Misfit(.reverse(axes: [0, 0]), [2]),
    Misfit(.slice(Slicing(starts: [0], limits: [3], strides: [1])), [2]),
    Misfit(.slice(Slicing(starts: [0], limits: [2], strides: [0])), [2]),
    Misfit(.pad(Padding(low: [-3], high: [0], interior: [0])), [2], []),
    Misfit(.pad(Padding(low: [Int.max], high: [1], interior: [0])), [2], []),
    Misfit(.pad(Padding(low: [0], high: [0], interior: [Int.max])), [5], []),
    Misfit(.concatenate(axis: 0)), Misfit(.concatenate(axis: 1), [2, 2], [3, 2]),
    Misfit(.dynamicSlice(sizes: [3]), [2], [1]), Misfit(.gather(axis: 0), [2], [2]),
    Misfit(.gather(axis: 3), [2], [2], dtype: .int32), Misfit(.gather(axis: 0), [0], [2], dtype: .int32),
    Misfit(.gatherAlong(axis: 0), [2, 2], [2, 3], dtype: .int32),
    Misfit(.reduce(.sum, axes: [2]), [2, 2]), Misfit(.reduce(.all, axes: [0]), [2]),
    Misfit(.argReduce(.maximum, axis: 0), [0]), Misfit(.sort(axis: -1, descending: false), [2]),
    Misfit(.dot(DotDimensions(leftContracting: [1], rightContracting: [0])), [2, 3], [4, 2]),
    Misfit(.dot(DotDimensions(leftContracting: [1], rightContracting: [])), [2, 3], [4, 2]),
    Misfit(.cholesky, [2, 3]), Misfit(.factorize(.eigh), [2, 3]), Misfit(.factorize(.lu), [2]),
    Misfit(.triangularSolve(TriangularSolve(lower: true)), [2, 2], [3, 1]),
    Misfit(.convolution(convolution(groups: 3)), [1, 5, 4], [3, 4, 3]),
    Misfit(.convolution(convolution()), [1, 2, 4], [4, 4, 3]),
    Misfit(.convolution(convolution(dilation: Int.max)), [1, 2, 4], [4, 4, 3]),
    Misfit(.convolution(convolution()), [1, 5, 5, 4], [3, 4, 3]),
    Misfit(.pool(Pooling(.maximum, window: [3], strides: [1], paddingLow: [3], paddingHigh: [0])), [1, 5, 1]),
    Misfit(.pool(Pooling(.maximum, window: [0], strides: [1], paddingLow: [0], paddingHigh: [0])), [1, 5, 1]),
    Misfit(.batchNormalization(epsilon: 0), [2, 3], [2], [3]), Misfit(.softmax, []),
    Misfit(.recurrent(Recurrent(.lstm)), [3, 2, 7], [2, 2], [2, 2], [2, 8]),
    Misfit(.recurrent(Recurrent(.lstm)), [3, 2]), Misfit(.recurrentGradient(Recurrent(.simple)), [3]),
    Misfit(.randomBits([3]), [2]), Misfit(.iota(TensorType(.bool, [2]), axis: 0)),
    Misfit(.iota(TensorType(.int32, []), axis: 0)),
  ]

  private static func convolution(groups: Int = 1, dilation: Int = 1) -> Convolution {
    Convolution(strides: [1], paddingLow: [0], paddingHigh: [0], dilations: [dilation], groups: groups)
  }

  @Test(arguments: misfits) func misfitsAreErrors(_ misfit: Misfit) {
    #expect {
      try misfit.op.inferTypes(misfit.inputs)
    } throws: { error in
      (error as? GraphError)?.operation == misfit.op.name && (error as? GraphError)?.message.isEmpty == false
    }
  }

  @Test func errorsNameTheScopeAndTheFirstIsKept() {
    let builder = GraphBuilder()
    let x = builder.parameter(TensorType(.float32, [2]))
    let y = builder.withScope("dense") { builder.withScope("product") { x + builder.vector([1, 2, 3], .float32) } }
    _ = y.reshape([7])
    #expect(builder.firstError?.scope == "dense/product")
    #expect(builder.firstError?.operation == "add")
    #expect(throws: GraphError.self) { try builder.finish([y]) }
  }

  @Test func operandsOfAnotherGraphAreErrors() {
    let (first, second) = (GraphBuilder(), GraphBuilder())
    _ = first.constant(1, .float32) + second.constant(1, .float32)
    #expect(first.firstError != nil)
  }
}
