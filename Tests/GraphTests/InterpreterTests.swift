import Graph
import Testing

/// The meaning of operations where it is easily got wrong; values from NumPy, SciPy and JAX.
@Suite struct InterpreterTests {
  private func run(_ op: Op, _ inputs: [Buffer]) throws -> [Double] { try evaluate(op, inputs)[0] }

  private func unary(_ op: UnaryOp, _ dtype: DType, _ values: [Double]) throws -> [Double] {
    try run(.unary(op), [tensor(dtype, [values.count], values)])
  }

  private func binary(_ op: BinaryOp, _ dtype: DType, _ a: [Double], _ b: [Double]) throws -> [Double] {
    try run(.binary(op), [tensor(dtype, [a.count], a), tensor(dtype, [b.count], b)])
  }

  // MARK: Elementwise

  @Test func roundsHalfToEven() throws {
    #expect(try unary(.roundToEven, .float32, [0.5, 1.5, 2.5, -0.5, -1.5]) == [0, 2, 2, 0, -2])
  }

  @Test func remainderHasTheDividendsSign() throws {
    #expect(try binary(.remainder, .int32, [7, -7, 7, -7, 5], [3, 3, -3, -3, 0]) == [1, -1, 1, -1, 0])
    #expect(try binary(.remainder, .float32, [5.5, -5.5], [2, 2]) == [1.5, -1.5])
  }

  @Test func integersWrapAround() throws {
    #expect(try binary(.add, .int8, [127, -128], [1, -1]) == [-128, 127])
    #expect(try binary(.multiply, .uint8, [200], [2]) == [144])
    #expect(try unary(.negate, .int8, [-128]) == [-128])
    #expect(try binary(.divide, .int8, [-128, 7, -7, 1], [-1, 2, 2, 0]) == [-128, 3, -3, 0])
    #expect(try binary(.power, .int32, [2, 3, -1, 2, 2], [10, 0, -3, -1, 33]) == [1024, 1, -1, 0, 0])
  }

  @Test func unsigned64IsUnsigned() throws {
    let large = 0x1p63
    #expect(try binary(.divide, .uint64, [large], [2]) == [0x1p62])
    #expect(try binary(.maximum, .uint64, [large, 1], [1, 2]) == [large, 2])
    #expect(
      try run(.compare(.less), [tensor(.uint64, [1], [large]), tensor(.uint64, [1], [1])]) == [0])
  }

  @Test func shiftsByTheWidthOrMore() throws {
    #expect(try binary(.shiftLeft, .int32, [1, 1, 1], [3, 32, -1]) == [8, 0, 0])
    #expect(try binary(.shiftRightArithmetic, .int32, [-8, -8, 8], [1, 40, 40]) == [-4, -1, 0])
    #expect(try binary(.shiftRightLogical, .int8, [-8, -8], [1, 8]) == [124, 0])
    #expect(try unary(.populationCount, .int8, [-1, 3]) == [8, 2])
  }

  @Test func notANumberWins() throws {
    let nan = Double.nan
    #expect(try binary(.maximum, .float32, [nan, 1], [1, nan]).allSatisfy(\.isNaN))
    #expect(try run(.reduce(.minimum, axes: [0]), [tensor(.float32, [3], [1, nan, 2])])[0].isNaN)
    #expect(try run(.compare(.notEqual), [tensor(.float32, [1], [nan]), tensor(.float32, [1], [nan])]) == [1])
    #expect(try run(.compare(.greaterOrEqual), [tensor(.float32, [1], [nan]), tensor(.float32, [1], [1])]) == [0])
    #expect(try run(.argReduce(.maximum, axis: 0), [tensor(.float32, [4], [1, nan, 9, nan])]) == [1])
    #expect(try run(.argReduce(.minimum, axis: 0), [tensor(.float32, [4], [3, 1, 1, 2])]) == [1])
  }

  @Test func conversionsSaturate() throws {
    let values = [300, -1, 3.9, -3.9, Double.nan, .infinity]
    func convert(_ to: DType) throws -> [Double] { try run(.convert(to), [tensor(.float32, [6], values)]) }
    #expect(try convert(.uint8) == [255, 0, 3, 0, 0, 255])
    #expect(try convert(.int8) == [127, -1, 3, -3, 0, 127])
    #expect(try convert(.bool) == [1, 1, 1, 1, 1, 1])
    #expect(try run(.convert(.int8), [tensor(.int32, [2], [300, -129])]) == [44, 127])
    // Halfway between two numbers of bfloat16: to the even one.
    #expect(try run(.convert(.bfloat16), [tensor(.float32, [2], [1 + 0x1p-8, 1 + 0x3p-8])]) == [1, 1 + 0x1p-6])
  }

  @Test func bitcastKeepsBits() throws {
    #expect(try run(.bitcast(.int32), [tensor(.float32, [1], [1])]) == [0x3f80_0000])
  }

  @Test func nextAfterOfEachType() throws {
    #expect(try binary(.nextAfter, .float16, [1, 0, 2], [2, -1, 2]) == [1 + 0x1p-10, -0x1p-24, 2])
    #expect(try binary(.nextAfter, .bfloat16, [-1], [-2]) == [-1 - 0x1p-7])
    #expect(try binary(.nextAfter, .float32, [1], [0]) == [1 - 0x1p-24])
  }

  @Test(arguments: [
    (
      UnaryOp.digamma, [0.3, -0.7, 5.5, -3.2],
      [
        -3.5025242222001336, -2.073952793628704, 1.6110931485817512, 5.635370221172644,
      ]
    ),
    (
      .inverseErrorFunction, [0.1, -0.5, 0.999999, -0.9999999999],
      [
        0.08885599049425769, -0.47693627620446977, 3.4589107372739605, -4.57282495853958,
      ]
    ),
    (.logGamma, [0.3, -0.7, 150.5], [1.0957979948180747, 1.4524729387568063, 602.5139548705852]),
  ])
  func specialFunctions(op: UnaryOp, x: [Double], expected: [Double]) throws {
    for (found, wanted) in zip(try unary(op, .float64, x), expected) {
      #expect(abs(found - wanted) <= 1e-13 * max(1, abs(wanted)) * 100)
    }
  }

  // MARK: Movement

  @Test func padsCropAndSpread() throws {
    let x = tensor(.float32, [2, 3], [1, 2, 3, 4, 5, 6])
    let padding = Padding(low: [1, -1], high: [-1, 2], interior: [2, 1])
    let nine = [Double](repeating: 9, count: 6)
    #expect(try run(.pad(padding), [x, tensor(.float32, [], [9])]) == nine + [9, 2, 9, 3, 9, 9] + nine + nine)
  }

  @Test func slicesStride() throws {
    let x = tensor(.int32, [7], [0, 1, 2, 3, 4, 5, 6])
    #expect(try run(.slice(Slicing(starts: [1], limits: [6], strides: [2])), [x]) == [1, 3, 5])
  }

  @Test func indicesAreClampedInGathersAndDroppedInScatters() throws {
    let x = tensor(.float32, [3], [10, 20, 30])
    let indices = tensor(.int32, [3], [-5, 1, 7])
    #expect(try run(.gather(axis: 0), [x, indices]) == [10, 20, 30])
    let updates = tensor(.float32, [3], [1, 2, 3])
    #expect(try run(.scatterAdd(axis: 0), [x, indices, updates]) == [10, 22, 30])
    let starts = tensor(.int32, [1], [9])
    #expect(try run(.dynamicSlice(sizes: [2]), [x, starts]) == [20, 30])
    #expect(try run(.dynamicUpdateSlice, [x, tensor(.float32, [2], [1, 2]), starts]) == [10, 1, 2])
  }

  @Test func gathersReplaceTheAxis() throws {
    let x = tensor(.int32, [2, 3], [0, 1, 2, 10, 11, 12])
    #expect(try run(.gather(axis: 1), [x, tensor(.int64, [2, 1], [2, 0])]) == [2, 0, 12, 10])
    #expect(try run(.gatherAlong(axis: 1), [x, tensor(.int32, [2, 2], [2, 0, 1, 1])]) == [2, 0, 11, 11])
  }

  @Test func transposes() throws {
    let x = tensor(.int32, [2, 1, 3], [0, 1, 2, 3, 4, 5])
    #expect(try run(.transpose([2, 0, 1]), [x]) == [0, 3, 1, 4, 2, 5])
    #expect(try run(.broadcast([2, 2, 3], axes: [0, 1, 2]), [x]) == [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5])
  }

  // MARK: Reductions

  @Test func emptyReductionsGiveTheIdentity() throws {
    let nothing = Buffer(TensorType(.float32, [2, 0]))
    #expect(try run(.reduce(.sum, axes: [1]), [nothing]) == [0, 0])
    #expect(try run(.reduce(.product, axes: [1]), [nothing]) == [1, 1])
    #expect(try run(.reduce(.maximum, axes: [1]), [nothing]) == [-.infinity, -.infinity])
    #expect(try run(.reduce(.minimum, axes: [0]), [Buffer(TensorType(.int8, [0]))]) == [127])
    #expect(try run(.reduce(.all, axes: [0]), [Buffer(TensorType(.bool, [0]))]) == [1])
  }

  @Test func sortsStablyWithNaNLast() throws {
    let x = tensor(.float32, [5], [2, .nan, 1, 2, -1])
    let ascending = try evaluate(.sort(axis: 0, descending: false), [x])
    #expect(Array(ascending[0].prefix(4)) == [-1, 1, 2, 2])
    #expect(ascending[1] == [4, 2, 0, 3, 1])
    #expect(try evaluate(.sort(axis: 0, descending: true), [x])[1] == [0, 3, 2, 4, 1])
  }

  @Test func cumulates() throws {
    let x = tensor(.int32, [2, 3], [1, 2, 3, 4, 5, 6])
    #expect(try run(.cumulative(.sum, axis: 1, reverse: true), [x]) == [6, 5, 3, 15, 11, 6])
    #expect(try run(.cumulative(.product, axis: 0, reverse: false), [x]) == [1, 2, 3, 4, 10, 18])
  }

  // MARK: Windows

  @Test func averagesLeavePaddingOut() throws {
    let pooling = Pooling(.average, window: [2], strides: [2], paddingLow: [1], paddingHigh: [0])
    #expect(try run(.pool(pooling), [tensor(.float32, [1, 3, 1], [2, 4, 8])]) == [2, 6])
  }

  @Test func maximumTakesTheFirstOfEqualOnes() throws {
    let pooling = Pooling(.maximum, window: [2, 2], strides: [2, 2], paddingLow: [0, 0], paddingHigh: [0, 0])
    let results = try evaluate(.pool(pooling), [tensor(.float32, [1, 2, 2, 1], [1, 5, 5, 5])])
    #expect(results == [[5], [1]])
    let gradient = Op.poolGradient(pooling, input: [1, 2, 2, 1])
    let operands = [tensor(.uint8, [1, 1, 1, 1], [1]), tensor(.float32, [1, 1, 1, 1], [3])]
    #expect(try run(gradient, operands) == [0, 3, 0, 0])
  }

  @Test func convolvesInGroups() throws {
    let attributes = Convolution(strides: [1], paddingLow: [1], paddingHigh: [0], dilations: [1], groups: 2)
    let x = tensor(.float32, [1, 3, 2], [1, 10, 2, 20, 3, 30])
    let kernel = tensor(.float32, [2, 1, 2], [1, 2, 100, 200])
    // Channel 0: 1·x[t−1] + 100·x[t]; channel 1 the same with 2 and 200 on the other input channel.
    #expect(try run(.convolution(attributes), [x, kernel]) == [100, 2000, 201, 4020, 302, 6040])
  }

  // MARK: Linear algebra

  @Test func choleskyOfAnIndefiniteMatrixIsNaN() throws {
    #expect(try run(.cholesky, [tensor(.float32, [2, 2], [1, 2, 2, 1])]).allSatisfy(\.isNaN))
    #expect(try run(.cholesky, [tensor(.float32, [2, 2], [4, 9, 2, 5])]) == [2, 0, 1, 2])
  }

  @Test(arguments: [[4, 4], [5, 3], [3, 5], [1, 4]])
  func factorsMultiplyToTheMatrix(dimensions: [Int]) throws {
    var random = NumberSequence(seed: 3)
    let shape = Shape([2] + dimensions)
    let values = (0..<shape.elementCount).map { _ in random.next(in: -2...2) }
    for complete in [false, true] {
      let builder = GraphBuilder()
      let x = builder.parameter(TensorType(.float64, shape))
      let qr = x.factorize(.qr(complete: complete))
      let svd = x.factorize(.svd(complete: false))
      let (u, vt) = (svd[0] * svd[1].expandDimension(-2), svd[2])
      let full = x.factorize(.svd(complete: true))
      let orthogonal = full[0].matmul(full[0].transpose([0, 2, 1]))
      let graph = try builder.finish([qr[0].matmul(qr[1]), u.matmul(vt), orthogonal])
      let results = try Interpreter().compile(graph).run([tensor(.float64, shape, values)]).map(numbers)
      for product in results.prefix(2) {
        #expect(zip(product, values).allSatisfy { abs($0 - $1) < 1e-12 })
      }
      let size = dimensions[0]
      for (place, element) in results[2].enumerated() {
        let (row, column) = (place / size % size, place % size)
        #expect(abs(element - (row == column ? 1 : 0)) < 1e-12)
      }
    }
  }

  @Test func dotOfIntegersAndBooleans() throws {
    let rows = DotDimensions(leftContracting: [1], rightContracting: [0])
    let (a, b) = ([100.0, 100, 1, 2], [1.0, 2, 1, 1])
    #expect(try run(.dot(rows), [tensor(.int8, [2, 2], a), tensor(.int8, [2, 2], b)]) == [-56, 44, 3, 4])
    #expect(
      try run(.dot(rows), [tensor(.bool, [1, 2], [1, 0]), tensor(.bool, [2, 1], [0, 1])]) == [0])
  }

  // MARK: Executables

  @Test func argumentsOfAnotherTypeAreRefused() throws {
    let builder = GraphBuilder()
    let graph = try builder.finish([builder.parameter(TensorType(.float32, [2])) + 1])
    let executable = try Interpreter().compile(graph)
    #expect(throws: GraphError.self) { try executable.run([tensor(.float32, [3], [1, 2, 3])]) }
  }

  @Test func updatesAreWrittenInPlace() throws {
    let builder = GraphBuilder()
    let counter = builder.parameter(TensorType(.int32, []))
    let graph = try builder.finish([counter + 1, counter * 10], updates: [0: 0])
    let argument = tensor(.int32, [], [4])
    let results = try Interpreter().compile(graph).run([argument])
    #expect(numbers(argument) == [5])
    #expect(numbers(results[1]) == [40])
  }
}
