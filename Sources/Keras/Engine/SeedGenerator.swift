import Graph

/// A variable that gives a different random key at each use, and the same ones again from the same seed.
public final class SeedGenerator: @unchecked Sendable {
  public let seed: Int?
  /// uint32[2]: the seed, and how many keys were drawn.
  public let state: Variable

  init(seed: Int?, owner: String) {
    self.seed = seed
    let start = seed.map { UInt64(bitPattern: Int64($0)) } ?? RandomSeed.next()
    let buffer = Buffer(TensorType(.uint32, [2]))
    buffer.pointer.storeBytes(of: UInt32(truncatingIfNeeded: start), as: UInt32.self)
    state = Variable(
      name: "seed_generator_state", path: "\(owner)/seed_generator/seed_generator_state", initial: buffer,
      trainable: false, autocast: false, isSeed: true)
  }

  /// The next key, uint32[2].
  func nextKey(_ trace: Trace) -> Expression {
    let key = trace.expression(state)
    let step = trace.builder.vector([0, 1], .uint32)
    trace.assign(state, Tensor(.traced(trace, key + step)))
    return key
  }
}

extension CallContext {
  /// Uniform numbers in [0, 1), float32.
  public func randomUniform(_ shape: Shape, _ generator: SeedGenerator) -> Tensor {
    Tensor(.traced(trace, generator.nextKey(trace).randomUniform(shape)))
  }

  /// Standard normal numbers, float32.
  public func randomNormal(_ shape: Shape, _ generator: SeedGenerator) -> Tensor {
    Tensor(.traced(trace, generator.nextKey(trace).randomNormal(shape)))
  }
}
