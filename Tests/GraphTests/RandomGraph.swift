import Graph

/// Random graphs of small tensors, for properties that every graph must have.
struct RandomGraph {
  private var random: NumberSequence
  private let builder = GraphBuilder()
  private var values: [Expression] = []
  private let inputShapes: [Shape] = [[2, 3], [3], [], [4, 1, 3], [3, 3]]

  init(seed: UInt32) { random = NumberSequence(seed: seed) }

  /// A graph with the given number of operations, and arguments for it.
  mutating func make(operations: Int) throws -> (graph: Graph, arguments: [Buffer]) {
    values = inputShapes.map { builder.parameter(TensorType(.float64, $0)) }
    values.append(builder.parameter(TensorType(.int32, [4])))
    values += [builder.full(0, values[0].type), builder.full(1, values[3].type), builder.constant(2, .float64)]
    for _ in 0..<operations { values.append(next()) }
    let outputs = values.suffix(4) + [values[0] + 1]
    let graph = try builder.finish(Array(outputs), updates: [4: 0])
    var arguments: [Buffer] = []
    for shape in inputShapes {
      arguments.append(
        tensor(.float64, shape, (0..<shape.elementCount).map { _ in random.next(in: -2...2) }))
    }
    arguments.append(tensor(.int32, [4], (0..<4).map { _ in Double(random.integer(-3..<9)) }))
    return (graph, arguments)
  }

  private mutating func pick(_ condition: (Expression) -> Bool = { $0.dtype == .float64 }) -> Expression {
    let candidates = values.filter(condition)
    return candidates[random.integer(0..<candidates.count)]
  }

  /// A number that rules look for, or any other.
  private mutating func number() -> Double { [0, 1, -1, 2, 0.5, 3][random.integer(0..<6)] }

  private mutating func next() -> Expression {
    let x = pick()
    switch random.integer(0..<20) {
    case 0:
      let unary: [UnaryOp] = [.negate, .tanh, .relu, .absolute, .square, .floor, .sigmoid, .sine]
      return x.unary(unary[random.integer(0..<unary.count)])
    case 1, 2:
      let binary: [BinaryOp] = [.add, .subtract, .multiply, .maximum, .minimum]
      let y = pick { Shape.broadcast($0.shape, x.shape) != nil && $0.dtype == x.dtype }
      return x.binary(binary[random.integer(0..<binary.count)], y)
    case 3: return x * number()
    case 4: return number() + x
    case 5: return x / (number() == 3 ? 3 : 4)
    case 6: return (number() - x).power(x.constant(2))
    case 7: return -(-x)
    case 8: return x.transpose(Array((0..<x.rank).reversed()))
    case 9: return x.reshape(Shape([x.shape.elementCount])).reshape(x.shape)
    case 10: return x.reshape(Shape([1] + x.shape.dimensions))
    case 11 where x.rank > 0 && x.rank < 4: return x.broadcast(to: Shape([2] + x.shape.dimensions)).sum(axes: [0])
    case 12 where x.rank > 0:
      return x.reduce([.sum, .maximum][random.integer(0..<2)], axes: [random.integer(0..<x.rank)])
    case 13 where x.rank > 0: return x.reverse(axes: [0]).reverse(axes: [random.integer(0..<x.rank)])
    case 14 where x.rank > 0:
      return x.pad(low: x.shape.dimensions.map { _ in 0 }, high: x.shape.dimensions.map { _ in 0 })
    case 15: return x.greater(x.constant(number())).select(x, x.tanh())
    case 16: return x.converted(to: .float32).converted(to: .float64).converted(to: .float64)
    case 17:
      let matrix = pick { $0.dtype == .float64 && $0.rank == 2 }
      return matrix.transpose([1, 0]).matmul(matrix).tanh()
    case 18: return scan(x)
    default:
      let index = pick { $0.dtype == .int32 }
      return x.rank > 0 ? x.gather(index).tanh().sum(axes: [0]) : x
    }
  }

  private func scan(_ x: Expression) -> Expression {
    let result = builder.scan(carries: [x], sequences: [], constants: [x, builder.constant(1, .float64)], length: 3) {
      carries, _, constants in
      let factor = constants[0].unary(.sine) * constants[1]
      return ([(carries[0] * factor + carries[0] * factor).tanh()], [carries[0] + 0, constants[0] * 1])
    }
    return result.carries[0] + result.outputs[1].sum(axes: [0])
  }
}
