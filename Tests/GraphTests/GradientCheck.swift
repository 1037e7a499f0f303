import Graph
import Testing

/// A function of float64 tensors whose gradients are compared with finite differences.
struct GradientCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let shapes: [Shape]
  let range: ClosedRange<Double>
  let function: @Sendable ([Expression]) -> [Expression]

  init(
    _ name: String, _ shapes: [Shape], in range: ClosedRange<Double> = -1.5...1.5,
    _ function: @escaping @Sendable ([Expression]) -> [Expression]
  ) {
    testDescription = name
    self.shapes = shapes
    self.range = range
    self.function = function
  }

  /// The gradients of this function as the function.
  var derivative: GradientCase {
    GradientCase(testDescription + " twice", shapes, in: range) { inputs in
      let outputs = function(inputs).filter(\.dtype.isFloatingPoint)
      let builder = inputs[0].builder
      // Weights that differ, so that no sum is trivial.
      let cotangents = outputs.map { output in
        (builder.iota(TensorType(output.dtype, [output.shape.elementCount]), axis: 0) * 0.3 + 0.5).unary(.sine)
          .reshape(output.shape)
      }
      return builder.vectorJacobianProduct(outputs, cotangents, withRespectTo: inputs)
    }
  }

  /// A graph of the weighted sum of all elements of the results, followed by its gradients.
  func graph(withGradients: Bool) throws -> Graph {
    let builder = GraphBuilder()
    let inputs = shapes.map { builder.parameter(TensorType(.float64, $0)) }
    let outputs = function(inputs).filter(\.dtype.isFloatingPoint)
    var random = NumberSequence(seed: 99)
    let terms = outputs.map { output in
      (output * builder.constant(random.literal(output.type))).sum()
    }
    let loss = terms.dropFirst().reduce(terms[0], +)
    let gradients = withGradients ? builder.gradients(of: loss, withRespectTo: inputs) : []
    return try builder.finish([loss] + gradients)
  }

  /// Checks every element's gradient, or an even sample of them.
  func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
    var random = NumberSequence(seed: 7)
    let values = shapes.map { shape in (0..<shape.elementCount).map { _ in random.next(in: range) } }
    let graph = try graph(withGradients: true)
    let found = try run(graph, values).dropFirst().map { $0 }
    let forward = try self.graph(withGradients: false)
    let step = 1e-5
    for (operand, gradient) in found.enumerated() {
      let count = values[operand].count
      for element in stride(from: 0, to: count, by: max(1, count / 12)) {
        func loss(_ offset: Double) throws -> Double {
          var moved = values
          moved[operand][element] += offset
          return try run(forward, moved)[0][0]
        }
        let slope = try (loss(step) - loss(-step)) / (2 * step)
        let tolerance = 2e-6 * max(1, abs(slope))
        #expect(
          abs(gradient[element] - slope) <= tolerance, "operand \(operand), element \(element)",
          sourceLocation: sourceLocation)
      }
    }
  }

  private func run(_ graph: Graph, _ values: [[Double]]) throws -> [[Double]] {
    let arguments = zip(shapes, values).map { tensor(.float64, $0, $1) }
    return try Interpreter().compile(graph).run(arguments).map(numbers)
  }
}

/// Reproducible numbers for tests.
struct NumberSequence {
  private var index: UInt64 = 0
  private let philox: Philox

  init(seed: UInt32) { philox = Philox(key: (seed, 0)) }

  mutating func next(in range: ClosedRange<Double>) -> Double {
    defer { index += 1 }
    return range.lowerBound + (range.upperBound - range.lowerBound) * Double(philox.word(index)) * 0x1p-32
  }

  mutating func integer(_ range: Range<Int>) -> Int {
    let value = next(in: Double(range.lowerBound)...Double(range.upperBound))
    return min(Int(value.rounded(.down)), range.upperBound - 1)
  }

  mutating func literal(_ type: TensorType, in range: ClosedRange<Double> = -1...1) -> Literal {
    let bytes = (0..<type.shape.elementCount).flatMap { _ in type.dtype.encode(next(in: range)) }
    return Literal(type, bytes: bytes) ?? Literal(0, type.dtype)
  }
}
