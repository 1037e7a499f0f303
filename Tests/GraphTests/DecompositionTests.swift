import Graph
import Testing

/// An operation and what it is made of compute the same, and have the same gradients.
@Suite struct DecompositionTests {
  struct Fused: Sendable, CustomTestStringConvertible {
    let op: Op
    let shapes: [Shape]
    var testDescription: String { op.name + " \(shapes)" }
  }

  static let fused: [Fused] =
    [
      Fused(op: .softmax, shapes: [[3, 5]]), Fused(op: .logSoftmax, shapes: [[2, 2, 4]]),
      Fused(op: .batchNormalization(epsilon: 1e-3), shapes: [[4, 2, 3], [3], [3]]),
      Fused(op: .batchNormalization(epsilon: 1e-3, rectified: true), shapes: [[4, 2, 3], [3], [3]]),
      Fused(op: .layerNormalization(epsilon: 1e-3), shapes: [[4, 2, 3], [3], [3]]),
      Fused(op: .batchNormalizationGradient(epsilon: 1e-3), shapes: [[5, 3], [3], [3], [3], [5, 3]]),
      Fused(
        op: .batchNormalizationGradient(epsilon: 1e-3, rectified: true),
        shapes: [[5, 3], [3], [3], [3], [5, 3], [3]]),
      Fused(op: .layerNormalizationGradient, shapes: [[5, 3], [3], [5], [5], [5, 3]]),
      Fused(op: .cumulative(.product, axis: 1, reverse: false), shapes: [[2, 4, 3]]),
      Fused(op: .cumulative(.maximum, axis: 0, reverse: true), shapes: [[5, 2]]),
    ]
    + [Recurrent.Cell.simple, .lstm, .gru(resetAfter: true), .gru(resetAfter: false)].flatMap { cell in
      [false, true].map { reversed in
        let attributes = Recurrent(cell, activation: .sigmoid, recurrentActivation: .tanh, reversed: reversed)
        let states = [Shape](repeating: [2, 3], count: cell.stateCount)
        let gates = 3 * cell.gateCount
        let bias: [Shape] = attributes.hasRecurrentBias ? [[gates]] : []
        return Fused(op: .recurrent(attributes), shapes: [[4, 2, gates]] + states + [[3, gates]] + bias)
      }
    }

  private func outputs(_ test: Fused, decomposed: Bool) throws -> [[Double]] {
    let builder = GraphBuilder()
    let types = test.shapes.map { TensorType(.float64, $0) }
    let inputs = types.map(builder.parameter)
    let results: [Expression]
    if decomposed {
      let graph = try #require(try test.op.decomposition(types))
      results = builder.inline(graph, inputs)
    } else {
      results = builder.add(test.op, inputs)
    }
    var random = NumberSequence(seed: 5)
    // What a recurrent layer stores for its gradient matters only where that is differentiated in turn.
    var visible = results
    if case .recurrent(let attributes) = test.op { visible = Array(results.prefix(attributes.cell.stateCount + 1)) }
    let cotangents = visible.map { builder.constant(random.literal($0.type)) }
    let gradients = builder.vectorJacobianProduct(visible, cotangents, withRespectTo: inputs)
    let arguments = types.map { type in
      tensor(.float64, type.shape, (0..<type.shape.elementCount).map { _ in random.next(in: 0.1...1.5) })
    }
    return try Interpreter().compile(builder.finish(results + gradients)).run(arguments).map(numbers)
  }

  @Test(arguments: fused) func agrees(_ test: Fused) throws {
    let (whole, parts) = (try outputs(test, decomposed: false), try outputs(test, decomposed: true))
    #expect(whole.count == parts.count)
    for (position, (a, b)) in zip(whole, parts).enumerated() {
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-10 * max(1, abs($1)) }, "result \(position)")
    }
  }

  @Test(arguments: [false, true], [false, true]) func maskedLayersAgree(reversed: Bool, zero: Bool) throws {
    let attributes = Recurrent(.lstm, reversed: reversed, hasMask: true, zeroOutputForMask: zero)
    let shapes: [Shape] = [[3, 2, 8], [2, 2], [2, 2], [2, 8]]
    var random = NumberSequence(seed: 8)
    let arguments =
      shapes.map { shape in
        tensor(.float64, shape, (0..<shape.elementCount).map { _ in random.next(in: -1...1) })
      } + [tensor(.bool, [3, 2], [0, 1, 1, 0, 1, 0])]
    let op = Op.recurrent(attributes)
    let graph = try #require(try op.decomposition(arguments.map(\.type)))
    let whole = try evaluate(op, arguments)
    let parts = try Interpreter().compile(graph).run(arguments).map(numbers)
    for position in [0, 1, 2, 4] {
      #expect(zip(whole[position], parts[position]).allSatisfy { abs($0 - $1) < 1e-12 }, "result \(position)")
    }
  }

  @Test func simpleOperationsHaveNone() throws {
    #expect(try Op.unary(.exp).decomposition([TensorType(.float32, [2])]) == nil)
  }
}
