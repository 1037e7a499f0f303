import Graph
import Synchronization

/// A named tensor that a layer, optimizer or metric keeps from step to step.
///
/// Training updates it in place. Reading `value` copies, so that what was read stays as it was.
public final class Variable: @unchecked Sendable {
  public let name: String
  public let dtype: DType
  public let shape: Shape
  /// Whether training changes it. A layer's `trainable = false` freezes all of its variables.
  public var trainable: Bool
  /// Whether the variable was made for training, whatever became of that: Keras's order of weights depends on it.
  let madeTrainable: Bool
  /// Where the variable lives: its owners' names and its own, joined by `/`.
  public internal(set) var path: String
  /// Not to be cast when the layer computes in another type than it stores (`mixed_bfloat16`).
  let autocast: Bool
  let regularizer: (any Regularizer)?
  let constraint: (any Constraint)?
  /// Whether the file formats store it as a seed generator's state, in a place of its own.
  let isSeed: Bool

  private let lock = Mutex(())
  /// The numbers, written in place by compiled steps.
  let buffer: Buffer

  init(
    name: String, path: String? = nil, initial: Buffer, trainable: Bool = true, autocast: Bool = true,
    regularizer: (any Regularizer)? = nil, constraint: (any Constraint)? = nil, isSeed: Bool = false
  ) {
    self.name = name
    self.path = path ?? name
    buffer = initial
    dtype = initial.type.dtype
    shape = initial.type.shape
    self.trainable = trainable
    madeTrainable = trainable
    self.autocast = autocast
    self.regularizer = regularizer
    self.constraint = constraint
    self.isSeed = isSeed
  }

  /// A copy of the numbers.
  public var value: Tensor { Tensor(lock.withLock { _ in buffer.copy() }) }

  /// Replaces the numbers.
  ///
  /// - Throws: `KerasError` where the shape differs or a failed tensor is given. Other element types are converted.
  public func assign(_ value: Tensor) throws {
    let source = try value.asType(dtype).buffer()
    guard source.type.shape == shape else {
      throw KerasError(.incompatibleShape, path, "the variable has shape \(shape), the new value \(source.type.shape)")
    }
    lock.withLock { _ in buffer.mutableBytes.copyMemory(from: source.bytes) }
  }

  /// Calls `body` with the memory that holds the numbers, while nobody reads or replaces them.
  func withMutableBytes(_ body: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
    try lock.withLock { _ in try body(buffer.mutableBytes) }
  }

  /// Sets all numbers to 0.
  func reset() {
    lock.withLock { _ in _ = buffer.mutableBytes.initializeMemory(as: UInt8.self, repeating: 0) }
  }
}
