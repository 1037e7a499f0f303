import CPUExecutor
import Foundation
import Graph

/// A few steps of a small network, large enough for its operations to be divided among threads.
final class Training: @unchecked Sendable {
  private let arguments: [Buffer]
  private var executable: (any Executable)?
  private var failure: (any Error)?

  /// - Parameter executable: `nil` to compile where it runs.
  init(_ executable: (any Executable)?) throws {
    self.executable = executable
    let generator = Philox(key: (3, 7))
    var counter: UInt64 = 0
    arguments = try Self.graph().parameterTypes.map { type in
      let buffer = Buffer(type)
      for index in 0..<type.shape.elementCount {
        counter += 1
        let value = (Float(generator.word(counter) >> 8) * 0x1p-24 - 0.5) * 0.5
        buffer.pointer.storeBytes(of: value, toByteOffset: 4 * index, as: Float.self)
      }
      return buffer
    }
  }

  static func executable() throws -> any Executable { try CPUExecutor().compile(graph()) }

  private static func graph() throws -> Graph {
    let builder = GraphBuilder()
    let shapes: [Shape] = [[32, 12, 12, 4], [3, 3, 4, 16], [1, 1, 16, 16], [400, 10], [10]]
    let p = shapes.map { builder.parameter(TensorType(.float32, $0)) }
    func attributes(_ stride: Int) -> Convolution {
      Convolution(
        strides: [stride, stride], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    }
    let features = p[0].convolution(p[1], attributes(1)).relu().convolution(p[2], attributes(2)).tanh()
    let logits = features.reshape([32, 400]).matmul(p[3]) + p[4]
    let loss = logits.softmax().square().sum(axes: [0, 1])
    let gradients = builder.gradients(of: loss, withRespectTo: Array(p.dropFirst()))
    let updated = zip(p.dropFirst(), gradients).map { $0 - $1 * 0.05 }
    return try builder.finish(updated, updates: [0: 1, 1: 2, 2: 3, 3: 4])
  }

  func run() {
    do {
      let executable = try executable ?? Self.executable()
      self.executable = executable
      for _ in 0..<3 { _ = try executable.run(arguments, into: Array(arguments.dropFirst())) }
    } catch { failure = error }
  }

  /// Undoes what was trained, and trains again, now on other threads.
  func runAgain() {
    do {
      let fresh = try Training(executable)
      for (mine, other) in zip(arguments, fresh.arguments) {
        mine.pointer.copyMemory(from: other.pointer, byteCount: mine.byteCount)
      }
      run()
    } catch { failure = error }
  }

  func weights() throws -> Data {
    if let failure { throw failure }
    return arguments.dropFirst().reduce(into: Data()) { $0.append(contentsOf: $1.bytes) }
  }
}
