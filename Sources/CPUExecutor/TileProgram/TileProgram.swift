import CKernels

/// A program for the tile kernel, with the arrays it points to.
final class TileProgram: @unchecked Sendable {
  private let instructions: [ck_instruction]
  private let accesses: [ck_access]
  private let directs: [ck_direct_register]
  private let storage: UnsafeMutablePointer<ck_tile_program>
  private let arrays:
    (
      UnsafeMutablePointer<ck_instruction>, UnsafeMutablePointer<ck_access>, UnsafeMutablePointer<ck_direct_register>
    )

  /// - Parameter program: everything but the arrays and the scratch pointer.
  init(
    _ program: ck_tile_program, instructions: [ck_instruction], accesses: [ck_access], directs: [ck_direct_register]
  ) {
    self.instructions = instructions
    self.accesses = accesses
    self.directs = directs
    arrays = (Self.copy(instructions), Self.copy(accesses), Self.copy(directs))
    storage = .allocate(capacity: 1)
    var program = program
    program.instruction_count = Int32(instructions.count)
    program.access_count = Int32(accesses.count)
    program.direct_count = Int32(directs.count)
    program.instructions = UnsafePointer(arrays.0)
    program.accesses = UnsafePointer(arrays.1)
    program.directs = UnsafePointer(arrays.2)
    storage.initialize(to: program)
  }

  deinit {
    storage.deallocate()
    arrays.0.deallocate()
    arrays.1.deallocate()
    arrays.2.deallocate()
  }

  private static func copy<T>(_ elements: [T]) -> UnsafeMutablePointer<T> {
    let pointer = UnsafeMutablePointer<T>.allocate(capacity: max(elements.count, 1))
    elements.withUnsafeBufferPointer { buffer in
      if let base = buffer.baseAddress { pointer.initialize(from: base, count: buffer.count) }
    }
    return pointer
  }

  var parts: Int { Int(ck_tile_parts(storage)) }
  var scratchByteCount: Int { parts * Int(storage.pointee.part_stride) }
  var scratchSlot: Int {
    get { Int(storage.pointee.scratch_pointer) }
    set { storage.pointee.scratch_pointer = Int32(newValue) }
  }

  func run(_ pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>) { ck_tile_run(storage, pointers) }
}
