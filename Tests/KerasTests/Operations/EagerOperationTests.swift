import Graph
import Testing

@testable import Keras

/// Operations compiled once for a class and its arguments must not be taken for the same ones with others.
@Suite struct EagerOperationTests {
  typealias Pair = (name: String, first: @Sendable (Tensor) -> Tensor, second: @Sendable (Tensor) -> Tensor)

  static let pairs: [Pair] = [
    ("clip", { $0.clip(0, 1) }, { $0.clip(0, 2) }),
    ("round", { $0.round(decimals: 1) }, { $0.round(decimals: 0) }),
    ("nan_to_num", { ($0 / 0).nanToNum(posinf: 1) }, { ($0 / 0).nanToNum(posinf: 2) }),
    ("add", { $0 + 1 }, { $0 + 2 }),
    ("subtract", { $0 - 1 }, { 1 - $0 }),
    ("power", { $0.power(2) }, { $0.power(3) }),
    ("elu", { $0.elu(alpha: 1) }, { $0.elu(alpha: 2) }),
    ("celu", { $0.celu(alpha: 1) }, { $0.celu(alpha: 2) }),
    ("gelu", { $0.gelu(approximate: true) }, { $0.gelu(approximate: false) }),
    ("glu", { $0.glu(axis: 0).sum() }, { $0.glu(axis: 1).sum() }),
    ("leaky_relu", { $0.leakyRelu(negativeSlope: 0.1) }, { $0.leakyRelu(negativeSlope: 0.3) }),
    ("relu", { $0.relu(negativeSlope: 0, maxValue: 1) }, { $0.relu(negativeSlope: 0, maxValue: 2) }),
    ("relu threshold", { $0.relu(negativeSlope: 0, threshold: 1) }, { $0.relu(negativeSlope: 0, threshold: 2) }),
    ("hard_shrink", { $0.hardShrink(threshold: 0.5) }, { $0.hardShrink(threshold: 2) }),
    ("soft_shrink", { $0.softShrink(threshold: 0.5) }, { $0.softShrink(threshold: 1) }),
    ("threshold", { $0.threshold(1, defaultValue: 0) }, { $0.threshold(1, defaultValue: 5) }),
    ("squareplus", { $0.squareplus(b: 4) }, { $0.squareplus(b: 1) }),
    ("softmax", { $0.softmax(axis: 0) }, { $0.softmax(axis: 1) }),
    ("log_softmax", { $0.logSoftmax(axis: 0) }, { $0.logSoftmax(axis: 1) }),
    ("sparsemax", { $0.sparsemax(axis: 0) }, { $0.sparsemax(axis: 1) }),
    ("sum", { $0.sum(axis: [0], keepDims: true) * $0 }, { $0.sum(axis: [1], keepDims: true) * $0 }),
    ("max", { $0.max(axis: [0], initial: 3) }, { $0.max(axis: [0], initial: 4) }),
    ("normalize", { $0.normalize(order: 1) }, { $0.normalize(order: 3) }),
    ("norm", { $0.norm(.order(1), axis: [1]) }, { $0.norm(.order(3), axis: [1]) }),
    ("quantile", { $0.quantile(0.2) }, { $0.quantile(0.7) }),
    ("quantile method", { $0.quantile(0.3, method: .lower) }, { $0.quantile(0.3, method: .higher) }),
    ("cumsum", { $0.cumsum(axis: 0) }, { $0.cumsum(axis: 1) }),
    ("diff", { $0.diff(n: 1).sum() }, { $0.diff(n: 2).sum() }),
    ("sort", { $0.sort(axis: 0) }, { $0.sort(axis: 1) }),
    ("roll", { $0.roll(1, axis: 0) }, { $0.roll(1, axis: 1) }),
    ("flip", { $0.flip([0]) }, { $0.flip([1]) }),
    ("rot90", { $0.rotate90(k: 1) }, { $0.rotate90(k: 3) }),
    ("tril", { $0.tril(k: 0) }, { $0.tril(k: 1) }),
    ("triu", { $0.triu(k: 0) }, { $0.triu(k: 1) }),
    ("diagonal", { $0.diagonal(offset: 1).sum() }, { $0.diagonal(offset: -1).sum() }),
    ("pad", { $0.pad([(1, 0), (0, 0)]) }, { $0.pad([(1, 0), (0, 0)], value: 2) }),
    ("pad mode", { $0.pad([(1, 1), (1, 1)], mode: .edge) }, { $0.pad([(1, 1), (1, 1)], mode: .reflect) }),
    ("get_item", { $0[.at(0)] }, { $0[.at(1)] }),
    ("einsum", { einsum("ij,kj->ik", $0, $0) }, { einsum("ji,jk->ik", $0, $0) }),
  ]

  @Test(arguments: pairs.indices)
  func parametersAreToldApart(_ index: Int) throws {
    let x = Tensor(
      [-2.26, -0.4, 0.25, 1.3, 2.35, 2.6, 0.7, -1.2, 0.9, 1.7, -0.6, 0.15, 3.1, -2.8, 0.45, 1.05], shape: [4, 4])
    let pair = Self.pairs[index]
    let values = try [pair.first(x), pair.second(x)].map { try $0.buffer().doubles() }
    #expect(values[0] != values[1], "\(pair.name)")
    // The first again, which is compiled by now.
    #expect(try pair.first(x).buffer().doubles() == values[0], "\(pair.name)")
  }

  @Test func recurrencesAreToldApart() throws {
    let projection = Tensor([0.5, -1, 2, -0.25], shape: [2, 1, 2]).asType(.float32)
    let state = Tensor.zeros([1, 2])
    func run(_ activation: Recurrent.Activation, reversed: Bool = false) throws -> [Double] {
      let recurrence = FusedRecurrence(
        cell: .simple, activation: activation, recurrentActivation: .sigmoid, recurrentKernel: .eye(2),
        recurrentBias: nil)
      return try recurrence(projection, states: [state], mask: nil, reversed: reversed, zeroOutputForMask: false)
        .sequence.buffer().doubles()
    }
    #expect(try run(.linear) == [0.5, -1, 2.5, -1.25])
    #expect(try run(.relu) == [0.5, 0, 2.5, 0])
    #expect(try run(.linear, reversed: true) == [2, -0.25, 2.5, -1.25])
  }
}
