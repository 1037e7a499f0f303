import Foundation
import Graph
import Testing

@testable import CPUExecutor

/// Random convolutions with their gradients, on memory full of garbage and between fences.
/// `KERAS_CONVOLUTIONS=FIRST..<END` tries other numbers than usual.
@Suite struct ConvolutionSweepTests {
  static let numbers: Range<Int> = {
    let bounds = (ProcessInfo.processInfo.environment["KERAS_CONVOLUTIONS"] ?? "").split(separator: ".")
    guard bounds.count == 2, let first = Int(bounds[0]), let end = Int(bounds[1].drop { $0 == "<" }), first < end
    else { return 0..<160 }
    return first..<end
  }()

  /// Those that oneDNN 3.2's kernels of one element were seen to overrun their scratchpad for.
  static let known: [ConvolutionCase] = [
    ([5, 8, 8, 4], 4, 2), ([5, 4, 18, 9], 2, 2), ([3, 16, 18, 5], 5, 2), ([5, 12, 27, 2], 10, 3),
    ([5, 21, 27, 8], 5, 3), ([1, 10, 8, 8], 8, 2), ([2, 10, 18, 7], 17, 2), ([5, 21, 24, 5], 18, 3),
  ].map { (input: Shape, outputs: Int, stride: Int) in
    ConvolutionCase(
      input: input, kernel: [1, 1, input[3], outputs], convolution: WindowTests.attributes(2, stride: stride))
  }

  private static func random(_ number: Int) -> ConvolutionCase {
    var random = RandomBuffers(seed: UInt32(truncatingIfNeeded: number) &+ 40_000)
    func pick(_ range: ClosedRange<Int>) -> Int {
      range.lowerBound + Int(random.unit() * Double(range.upperBound - range.lowerBound + 1))
    }
    let isPoint = pick(0...2) == 0
    let rank = isPoint ? max(1, pick(0...3)) : pick(1...3)
    let groups = pick(0...3) == 0 ? pick(2...4) : 1
    let (inputs, outputs) = (pick(1...(groups > 1 ? 5 : 17)), pick(1...(groups > 1 ? 5 : 17)))
    let kernel = (0..<rank).map { _ in isPoint ? 1 : pick(1...(rank == 3 ? 2 : 4)) }
    let strides = (0..<rank).map { _ in pick(1...3) }
    let dilations = kernel.map { $0 > 1 ? pick(1...2) : 1 }
    let low = kernel.map { pick(0...($0 - 1)) }
    let high = kernel.map { pick(0...($0 - 1)) }
    let extents = (0..<rank).map { axis in
      (kernel[axis] - 1) * dilations[axis] + 1 + pick(0...[24, 11, 4][rank - 1])
    }
    return ConvolutionCase(
      input: Shape([pick(1...4)] + extents + [groups * inputs]), kernel: Shape(kernel + [inputs, groups * outputs]),
      convolution: Convolution(
        strides: strides, paddingLow: low, paddingHigh: high, dilations: dilations, groups: groups))
  }

  private func expectConforms(_ sample: ConvolutionCase, seed: Int) throws {
    let builder = GraphBuilder()
    let (input, kernel) = (TensorType(.float32, sample.input), TensorType(.float32, sample.kernel))
    let p = [input, kernel, TensorType(.float32, [sample.kernel[-1]])].map(builder.parameter)
    let y = p[0].convolution(p[1], sample.convolution) + p[2]
    let slope = builder.parameter(TensorType(.float32, y.shape))
    let graph = try builder.finish([y] + builder.gradients(of: y * slope, withRespectTo: p))
    var random = RandomBuffers(seed: UInt32(truncatingIfNeeded: seed))
    try CPUExecutorTests.expectConforms(
      graph, graph.parameterTypes.map { random.buffer($0) }, .balanced, comment: "\(seed): \(sample)",
      executor: CPUExecutor(isPoisoned: true))
  }

  @Test(arguments: 0..<known.count) func knownOverruns(_ index: Int) throws {
    try expectConforms(Self.known[index], seed: index)
  }

  @Test(arguments: numbers) func randomConvolutions(_ number: Int) throws {
    try expectConforms(Self.random(number), seed: number)
  }
}
