import Graph

/// The pointers of a frame, one for each slot.
typealias Pointers = UnsafePointer<UnsafeMutableRawPointer?>

/// One thing that a plan does.
struct Step: Sendable {
  /// The operations it computes.
  var name: String
  /// The layers it belongs to.
  var scope: String
  var body: @Sendable (Frame) throws -> Void
}

/// What an oneDNN primitive reads or writes.
struct PrimitiveArgument: Sendable {
  var role: Int32
  var slot: Int
  var descriptor: MemoryDescriptor
}

/// A compiled graph: steps in order, and where everything they touch lies.
struct Plan: Sendable {
  var graphInterface: Interface
  var steps: [Step]
  /// What each slot of a frame points at.
  var slots: [Location]
  var storages: [Storage]
  var arenaByteCount: Int
  /// The bytes on both sides of each block that nothing may write; 0 but where memory is poisoned.
  var fenceByteCount: Int
  var constants: ConstantPool
  var primitiveArguments: [PrimitiveArgument]
  var primitiveCount: Int
  /// The plans of loop bodies and branches, each with a frame of its own inside the frame.
  var children: [Plan]
  /// The bytes of intermediate memory, with those of the plans inside.
  var wholeArenaByteCount: Int { children.reduce(arenaByteCount) { $0 + $1.wholeArenaByteCount } }

  /// The bytes that the plan holds, about: oneDNN does not tell the size of the code that it generates.
  var byteCount: Int {
    constants.byteCount + primitiveCount * Primitive.usualByteCount + steps.count * 2048
      + children.reduce(0) { $0 + $1.byteCount }
  }

  struct Interface: Sendable {
    var parameterTypes: [TensorType]
    var outputTypes: [TensorType]
    var updates: [Int: Int]
  }
}

/// The memory of a plan's constants.
final class ConstantPool: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  let byteCount: Int

  init(_ literals: [(offset: Int, bytes: [UInt8])], byteCount: Int, fence: Int) {
    self.byteCount = byteCount
    pointer = .allocate(byteCount: max(byteCount, 64), alignment: ArenaLayout.alignment)
    for literal in literals {
      literal.bytes.withUnsafeBytes { bytes in
        if let base = bytes.baseAddress { (pointer + literal.offset).copyMemory(from: base, byteCount: bytes.count) }
      }
      if fence > 0 { Fence.set(around: pointer + literal.offset, byteCount: literal.bytes.count) }
    }
  }

  deinit { pointer.deallocate() }
}
