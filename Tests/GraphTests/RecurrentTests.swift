import Graph
import Testing

/// Recurrent layers against Keras 3 on the same small numbers.
@Suite struct RecurrentTests {
  struct Expected: Sendable, CustomTestStringConvertible {
    let attributes: Recurrent
    let sequence: [Double]

    init(_ attributes: Recurrent, _ sequence: [Double]) {
      self.attributes = attributes
      self.sequence = sequence
    }

    var testDescription: String {
      "\(attributes.cell) reversed: \(attributes.reversed) zeros: \(attributes.zeroOutputForMask)"
    }
  }

  /// `keras.layers.SimpleRNN`, `LSTM` and `GRU` (Keras 3.15, JAX) with two units, two samples of four steps and three
  /// features, all arguments sines; outputs time-major.
  static let keras = [
    Expected(
      Recurrent(.simple, reversed: false, hasMask: true, zeroOutputForMask: false),
      [
        0.47943, 0.93204, 0.90463, 0.9957, 0.94604, 0.99475, 0.40657, 0.82588,
        0.41133, 0.83913, 0.40657, 0.82588, 0.41133, 0.83913, 0.92533, 0.99282,
      ]),
    Expected(
      Recurrent(.simple, reversed: false, hasMask: true, zeroOutputForMask: true),
      [
        0.0, 0.0, 0.90463, 0.9957, 0.94604, 0.99475, 0.40657, 0.82588,
        0.41133, 0.83913, 0.0, 0.0, 0.0, 0.0, 0.92533, 0.99282,
      ]),
    Expected(
      Recurrent(.simple, reversed: true, hasMask: true, zeroOutputForMask: false),
      [
        0.47943, 0.93204, 0.90083, 0.99559, 0.23278, 0.65456, 0.90083, 0.99559,
        0.89463, 0.98848, 0.40554, 0.82483, 0.89463, 0.98848, 0.92804, 0.99297,
      ]),
    Expected(
      Recurrent(.simple, reversed: true, hasMask: true, zeroOutputForMask: true),
      [
        0.0, 0.0, 0.90083, 0.99559, 0.23278, 0.65456, 0.0, 0.0,
        0.89463, 0.98848, 0.40554, 0.82483, 0.0, 0.0, 0.92804, 0.99297,
      ]),
    Expected(
      Recurrent(.lstm, reversed: false, hasMask: true, zeroOutputForMask: false),
      [
        0.47943, 0.93204, 0.03026, -0.02556, 0.03187, 0.00097, -0.21241, -0.32053,
        -0.23452, -0.25831, -0.21241, -0.32053, -0.23452, -0.25831, -0.10169, -0.2037,
      ]),
    Expected(
      Recurrent(.lstm, reversed: false, hasMask: true, zeroOutputForMask: true),
      [
        0.0, 0.0, 0.03026, -0.02556, 0.03187, 0.00097, -0.21241, -0.32053,
        -0.23452, -0.25831, 0.0, 0.0, 0.0, 0.0, -0.10169, -0.2037,
      ]),
    Expected(
      Recurrent(.lstm, reversed: true, hasMask: true, zeroOutputForMask: false),
      [
        0.47943, 0.93204, 0.03038, -0.02645, -0.04502, -0.05465, 0.03038, -0.02645,
        -0.0377, -0.12743, -0.21576, -0.32075, -0.0377, -0.12743, -0.09914, -0.19943,
      ]),
    Expected(
      Recurrent(.lstm, reversed: true, hasMask: true, zeroOutputForMask: true),
      [
        0.0, 0.0, 0.03038, -0.02645, -0.04502, -0.05465, 0.0, 0.0,
        -0.0377, -0.12743, -0.21576, -0.32075, 0.0, 0.0, -0.09914, -0.19943,
      ]),
    Expected(
      Recurrent(.gru(resetAfter: true), reversed: false, hasMask: true, zeroOutputForMask: false),
      [
        0.47943, 0.93204, 0.95476, 0.40528, 0.89933, 0.80311, 0.68696, 0.16457,
        0.72807, 0.47879, 0.68696, 0.16457, 0.72807, 0.47879, 0.85805, 0.10863,
      ]),
    Expected(
      Recurrent(.gru(resetAfter: true), reversed: false, hasMask: true, zeroOutputForMask: true),
      [
        0.0, 0.0, 0.95476, 0.40528, 0.89933, 0.80311, 0.68696, 0.16457,
        0.72807, 0.47879, 0.0, 0.0, 0.0, 0.0, 0.85805, 0.10863,
      ]),
    Expected(
      Recurrent(.gru(resetAfter: true), reversed: true, hasMask: true, zeroOutputForMask: false),
      [
        0.47943, 0.93204, 0.95474, 0.4044, 0.56344, 0.58639, 0.95474, 0.4044,
        0.8787, 0.51831, 0.68681, 0.16389, 0.8787, 0.51831, 0.85809, 0.10902,
      ]),
    Expected(
      Recurrent(.gru(resetAfter: true), reversed: true, hasMask: true, zeroOutputForMask: true),
      [
        0.0, 0.0, 0.95474, 0.4044, 0.56344, 0.58639, 0.0, 0.0,
        0.8787, 0.51831, 0.68681, 0.16389, 0.0, 0.0, 0.85809, 0.10902,
      ]),
    Expected(
      Recurrent(.gru(resetAfter: false), reversed: false, hasMask: true, zeroOutputForMask: false),
      [
        0.47943, 0.93204, 0.86388, 0.32097, 0.75555, 0.61822, 0.49323, 0.10283,
        0.4238, 0.28851, 0.49323, 0.10283, 0.4238, 0.28851, 0.56169, -0.03443,
      ]),
    Expected(
      Recurrent(.gru(resetAfter: false), reversed: false, hasMask: true, zeroOutputForMask: true),
      [
        0.0, 0.0, 0.86388, 0.32097, 0.75555, 0.61822, 0.49323, 0.10283,
        0.4238, 0.28851, 0.0, 0.0, 0.0, 0.0, 0.56169, -0.03443,
      ]),
    Expected(
      Recurrent(.gru(resetAfter: false), reversed: true, hasMask: true, zeroOutputForMask: false),
      [
        0.47943, 0.93204, 0.86384, 0.3214, 0.29818, 0.43592, 0.86384, 0.3214,
        0.56661, 0.22202, 0.49318, 0.10312, 0.56661, 0.22202, 0.56206, -0.03442,
      ]),
    Expected(
      Recurrent(.gru(resetAfter: false), reversed: true, hasMask: true, zeroOutputForMask: true),
      [
        0.0, 0.0, 0.86384, 0.3214, 0.29818, 0.43592, 0.0, 0.0,
        0.56661, 0.22202, 0.49318, 0.10312, 0.0, 0.0, 0.56206, -0.03442,
      ]),
  ]

  @Test(arguments: keras) func agreesWithKeras(_ expected: Expected) throws {
    let attributes = expected.attributes
    let (time, samples, features, units) = (4, 2, 3, 2)
    let gates = units * attributes.cell.gateCount
    func sines(_ shape: Shape, _ phase: Double) -> Buffer {
      tensor(.float64, shape, (0..<shape.elementCount).map { sine(Double($0) * 0.7 + phase) })
    }
    func sine(_ x: Double) -> Double {
      (try? evaluate(.unary(.sine), [tensor(.float64, [], [x])])[0][0]) ?? .nan
    }
    let builder = GraphBuilder()
    func parameter(_ shape: Shape) -> Expression { builder.parameter(TensorType(.float64, shape)) }
    let (x, kernel, recurrentKernel) = (
      parameter([samples, time, features]), parameter([features, gates]), parameter([units, gates])
    )
    let bias = parameter(attributes.hasRecurrentBias ? [2, gates] : [gates])
    let initial = (0..<attributes.cell.stateCount).map { _ in parameter([samples, units]) }
    let mask = builder.parameter(TensorType(.bool, [time, samples]))
    let inputBias = attributes.hasRecurrentBias ? bias.slice(axis: 0, 0..<1).squeeze(0) : bias
    let projection = x.transpose([1, 0, 2]).matmul(kernel) + inputBias
    let result = projection.recurrent(
      attributes, initial: initial, recurrentKernel: recurrentKernel,
      recurrentBias: attributes.hasRecurrentBias ? bias.slice(axis: 0, 1..<2).squeeze(0) : nil, mask: mask)
    let graph = try builder.finish([result.sequence])

    let arguments =
      [sines(x.shape, 0.1), sines(kernel.shape, 0.2), sines(recurrentKernel.shape, 0.3), sines(bias.shape, 0.4)]
      + initial.enumerated().map { sines($1.shape, 0.5 + 0.1 * Double($0)) }
      + [tensor(.bool, mask.shape, [0, 1, 1, 1, 1, 0, 0, 1])]
    let sequence = numbers(try Interpreter().compile(graph).run(arguments)[0])
    for (found, wanted) in zip(sequence, expected.sequence) { #expect(abs(found - wanted) < 2e-5) }
    #expect(sequence.count == expected.sequence.count)
  }
}
