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

  private let storage: Mutex<Storage>

  private enum Storage {
    /// The first numbers are made when they are first needed: never, where a file's replace them.
    case pending(@Sendable () throws -> Buffer)
    /// Written in place by compiled steps.
    case ready(Buffer)
  }

  /// A variable whose first numbers `initialize` makes when they are needed.
  init(
    name: String, path: String? = nil, type: TensorType, trainable: Bool = true, autocast: Bool = true,
    regularizer: (any Regularizer)? = nil, constraint: (any Constraint)? = nil, isSeed: Bool = false,
    initialize: @escaping @Sendable () throws -> Buffer
  ) {
    self.name = name
    self.path = path ?? name
    storage = Mutex(.pending(initialize))
    dtype = type.dtype
    shape = type.shape
    self.trainable = trainable
    madeTrainable = trainable
    self.autocast = autocast
    self.regularizer = regularizer
    self.constraint = constraint
    self.isSeed = isSeed
  }

  convenience init(
    name: String, path: String? = nil, initial: Buffer, trainable: Bool = true, autocast: Bool = true,
    isSeed: Bool = false
  ) {
    self.init(
      name: name, path: path, type: initial.type, trainable: trainable, autocast: autocast, isSeed: isSeed
    ) { initial }
  }

  var type: TensorType { TensorType(dtype, shape) }

  // MARK: Memory

  /// The memory that holds the numbers, the same from the first call on.
  ///
  /// - Throws: what the initializer throws, or `KerasError` where the variable is larger than the machine's memory.
  func buffer() throws -> Buffer { try storage.withLock { try ready(&$0) } }

  private func ready(_ storage: inout Storage) throws -> Buffer {
    switch storage {
    case .ready(let buffer): return buffer
    case .pending(let initialize):
      try checkMemory()
      let buffer = try initialize()
      guard buffer.type == type else {
        throw KerasError(.incompatibleShape, path, "the initializer made \(buffer.type) in place of \(type)")
      }
      storage = .ready(buffer)
      return buffer
    }
  }

  private func checkMemory() throws {
    do { try MemoryLimit.check([type], for: "a variable of shape \(shape)") } catch {
      throw KerasError(wrapping: error, subject: path)
    }
  }

  /// Calls `body` with the numbers, while nobody replaces them.
  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
    try storage.withLock { try body(try ready(&$0).bytes) }
  }

  /// Calls `body` with memory that it fills with new numbers. First numbers that were not needed are never made.
  func overwrite(_ body: (UnsafeMutableRawBufferPointer) throws -> Void) throws {
    try storage.withLock { storage in
      switch storage {
      case .ready(let buffer): try body(buffer.mutableBytes)
      case .pending:
        try checkMemory()
        let buffer = Buffer(uninitialized: type)
        try body(buffer.mutableBytes)
        storage = .ready(buffer)
      }
    }
  }

  // MARK: Values

  /// A copy of the numbers.
  public var value: Tensor {
    do { return try storage.withLock { Tensor(try ready(&$0).copy()) } } catch {
      return Tensor(failure: KerasError(wrapping: error, subject: path))
    }
  }

  /// Replaces the numbers.
  ///
  /// - Throws: `KerasError` where the shape differs or a failed tensor is given. Other element types are converted.
  public func assign(_ value: Tensor) throws {
    let source = try value.asType(dtype).buffer()
    guard source.type.shape == shape else {
      throw KerasError(.incompatibleShape, path, "the variable has shape \(shape), the new value \(source.type.shape)")
    }
    try overwrite { $0.copyMemory(from: source.bytes) }
  }

  /// Sets all numbers to 0.
  func reset() {
    storage.withLock { [type] storage in
      switch storage {
      case .ready(let buffer): buffer.mutableBytes.initializeMemory(as: UInt8.self, repeating: 0)
      case .pending: storage = .pending { Buffer(type) }
      }
    }
  }
}

/// When variables get their first numbers.
enum VariableInitialization {
  /// Whether variables wait with their first numbers until these are needed: while a model is made from a file, whose
  /// numbers replace them. A description then takes no memory for what it declares, only for what the file holds.
  @TaskLocal static var isDeferred = false
}
