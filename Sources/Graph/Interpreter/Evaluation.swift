/// One operation being computed: its operands and the types of its results, which have been checked.
struct Evaluation {
  let op: Op
  let inputs: [DenseTensor]
  let types: [TensorType]

  func results() throws(GraphError) -> [DenseTensor] {
    switch op {
    case .parameter: throw GraphError(op.name, "has a value only inside a graph")
    case .constant(let literal): return [literal.bytes.withUnsafeBytes { DenseTensor(literal.type, bytes: $0) }]
    case .iota(let type, let axis): return [iota(type, axis)]
    case .randomBits(let shape): return [randomBits(shape)]
    case .unary(let op): return [unary(op)]
    case .binary(let op): return [binary(op)]
    case .compare(let comparison): return [compare(comparison)]
    case .select: return [select()]
    case .convert(let dtype): return [convert(to: dtype)]
    case .bitcast: return [inputs[0].bytes.withUnsafeBytes { DenseTensor(types[0], bytes: $0) }]
    case .reshape(let shape): return [inputs[0].reshaped(shape)]
    case .stopGradient: return [inputs[0]]
    case .broadcast, .transpose, .reverse, .slice, .pad, .concatenate, .dynamicSlice, .dynamicUpdateSlice:
      return [movement()]
    case .gather(let axis): return [gather(axis)]
    case .scatterAdd(let axis): return [scatterAdd(axis)]
    case .gatherAlong(let axis): return [gatherAlong(axis)]
    case .scatterAddAlong(let axis): return [scatterAddAlong(axis)]
    case .reduce(let reduction, let axes): return [reduce(reduction, axes)]
    case .argReduce(let reduction, let axis): return [argReduce(reduction, axis)]
    case .cumulative(let reduction, let axis, let reverse): return [cumulative(reduction, axis, reverse)]
    case .sort(let axis, let descending): return sort(axis, descending)
    case .dot(let dimensions): return [dot(dimensions)]
    case .cholesky: return [cholesky()]
    case .triangularSolve(let attributes): return [triangularSolve(attributes)]
    case .factorize(let factorization): return factorize(factorization)
    case .convolution, .convolutionInputGradient, .convolutionKernelGradient: return [convolution()]
    case .pool(let pooling): return pool(pooling)
    case .poolGradient(let pooling, _): return [poolGradient(pooling)]
    case .batchNormalization(let epsilon, let rectified): return batchNormalization(epsilon, rectified: rectified)
    case .batchNormalizationGradient(let epsilon, let rectified):
      return batchNormalizationGradient(epsilon, rectified: rectified)
    case .layerNormalization(let epsilon): return layerNormalization(epsilon)
    case .layerNormalizationGradient: return layerNormalizationGradient()
    case .softmax: return [softmax(logarithm: false)]
    case .logSoftmax: return [softmax(logarithm: true)]
    case .recurrent(let recurrent): return RecurrentEvaluation(recurrent, self).forward()
    case .recurrentGradient(let recurrent): return RecurrentEvaluation(recurrent, self).gradient()
    case .scan(let scan): return try self.scan(scan)
    case .whileLoop(let loop): return try whileLoop(loop)
    case .conditional(let then, let otherwise):
      return try Interpreter.run(inputs[0].integers[0] != 0 ? then : otherwise, Array(inputs.dropFirst()))
    }
  }

  // MARK: Sources

  private func iota(_ type: TensorType, _ axis: Int) -> DenseTensor {
    let counts = type.shape.coordinates.map { Int64($0[axis]) }
    return type.dtype.isFloatingPoint ? DenseTensor(type, counts.map { Double($0) }) : DenseTensor(type, counts)
  }

  private func randomBits(_ shape: Shape) -> DenseTensor {
    let key = inputs[0].integers.map { UInt32(truncatingIfNeeded: $0) }
    let philox = Philox(key: (key[0], key[1]))
    return DenseTensor(types[0], (0..<shape.elementCount).map { Int64(philox.word(UInt64($0))) })
  }
}

extension Shape {
  /// Every coordinate of the shape, row-major.
  var coordinates: [[Int]] {
    var result: [[Int]] = []
    let count = elementCount
    result.reserveCapacity(count)
    var coordinate = [Int](repeating: 0, count: rank)
    for _ in 0..<count {
      result.append(coordinate)
      for axis in dimensions.indices.reversed() {
        coordinate[axis] += 1
        if coordinate[axis] < dimensions[axis] { break }
        coordinate[axis] = 0
      }
    }
    return result
  }

  /// The row-major place of a coordinate.
  func place(_ coordinate: some Sequence<Int>) -> Int {
    zip(coordinate, dimensions).reduce(0) { $0 * $1.1 + $1.0 }
  }

  /// The first place, and the distance between places, of every line along an axis.
  func lines(along axis: Int) -> (starts: [Int], step: Int) {
    let inner = dimensions[(axis + 1)...].reduce(1, *)
    let outer = dimensions[..<axis].reduce(1, *)
    let block = dimensions[axis] * inner
    return ((0..<outer).flatMap { o in (0..<inner).map { o * block + $0 } }, inner)
  }
}
