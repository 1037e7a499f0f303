import COneDNN
import Graph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// What one run of a plan needs besides the plan: memory, pointers, and oneDNN's views of them. A frame serves one run
/// at a time; a plan has as many as it has concurrent runs.
final class Frame {
  let plan: Plan
  let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  let children: [Frame]
  let memoryGuard: MemoryGuard?
  private let arena: UnsafeMutableRawPointer
  private let arguments: UnsafeMutablePointer<dnnl_exec_arg_t>
  private let stream: dnnl_stream_t
  /// The steps without their names, so that a run counts no references to them.
  private let bodies: [@Sendable (Frame) throws -> Void]
  /// The slots that a caller's buffers fill: argument or result position, offset.
  private let argumentSlots: [(slot: Int, position: Int, offset: Int)]
  private let resultSlots: [(slot: Int, position: Int, offset: Int)]
  /// Whether a primitive's argument moves from run to run.
  private let moves: [Bool]

  /// - Parameter outer: what guards the memory of the frame that this one is a child of.
  init(_ plan: Plan, outer: MemoryGuard? = nil) throws(GraphError) {
    try MemoryLimit.check(plan.arenaByteCount, for: "the values between the steps")
    self.plan = plan
    let arena = try Self.allocateArena(plan.arenaByteCount)
    var isComplete = false
    defer { if !isComplete { free(arena) } }
    var stream: dnnl_stream_t?
    try check(
      dnnl_stream_create(&stream, try Engine.shared().handle, UInt32(dnnl_stream_default_flags.rawValue)), "stream")
    guard let stream else { throw GraphError("oneDNN", "no stream", kind: .system) }
    self.stream = stream
    self.arena = arena
    memoryGuard = plan.fenceByteCount > 0 ? MemoryGuard(plan, arena: arena, outer: outer) : nil
    bodies = plan.steps.map(\.body)
    pointers = .allocate(capacity: max(plan.slots.count, 1))
    arguments = .allocate(capacity: max(plan.primitiveArguments.count, 1))
    var (argumentSlots, resultSlots): ([(Int, Int, Int)], [(Int, Int, Int)]) = ([], [])
    for (slot, location) in plan.slots.enumerated() {
      let storage = plan.storages[location.storage]
      pointers[slot] = nil
      switch storage.kind {
      case .argument(let position): argumentSlots.append((slot, position, location.byteOffset))
      case .result(let position): resultSlots.append((slot, position, location.byteOffset))
      case .constant(let offset): pointers[slot] = plan.constants.pointer + offset + location.byteOffset
      case .temporary: pointers[slot] = arena + storage.arenaOffset + location.byteOffset
      }
    }
    self.argumentSlots = argumentSlots.map { (slot: $0.0, position: $0.1, offset: $0.2) }
    self.resultSlots = resultSlots.map { (slot: $0.0, position: $0.1, offset: $0.2) }
    let moving = Set((argumentSlots + resultSlots).map(\.0))
    moves = plan.primitiveArguments.map { moving.contains($0.slot) }
    var frames: [Frame] = []
    for child in plan.children { frames.append(try Frame(child, outer: memoryGuard)) }
    children = frames
    isComplete = true
    for (index, argument) in plan.primitiveArguments.enumerated() {
      var memory: dnnl_memory_t?
      // Not `try check`: the deinitialiser needs every property to be set, and a null memory fails the first run.
      dnnl_memory_create(&memory, argument.descriptor.handle, try Engine.shared().handle, pointers[argument.slot])
      arguments[index] = dnnl_exec_arg_t(arg: argument.role, memory: memory)
    }
  }

  deinit {
    for index in plan.primitiveArguments.indices { dnnl_memory_destroy(arguments[index].memory) }
    dnnl_stream_destroy(stream)
    arguments.deallocate()
    pointers.deallocate()
    free(arena)
  }

  /// Large arenas ask for large pages: fewer faults in the first run, fewer misses in every other.
  private static func allocateArena(_ byteCount: Int) throws(GraphError) -> UnsafeMutableRawPointer {
    let page = 1 << 21
    let isLarge = byteCount >= 2 * page
    let size = isLarge ? (byteCount + page - 1) / page * page : max(byteCount, 64)
    var memory: UnsafeMutableRawPointer?
    guard posix_memalign(&memory, isLarge ? page : 4096, size) == 0, let memory else {
      throw GraphError(
        "memory", "the values between the steps need \(size) bytes, which the system refuses", kind: .memory)
    }
    #if canImport(Glibc)
      if isLarge { madvise(memory, size, MADV_HUGEPAGE) }
    #endif
    return memory
  }

  /// Points the slots of one argument at its memory.
  func bind(argument position: Int, to pointer: UnsafeMutableRawPointer) {
    for entry in argumentSlots where entry.position == position { pointers[entry.slot] = pointer + entry.offset }
  }

  func bind(result position: Int, to pointer: UnsafeMutableRawPointer) {
    for entry in resultSlots where entry.position == position { pointers[entry.slot] = pointer + entry.offset }
  }

  func bind(_ buffers: [Buffer], results: [Buffer]) {
    for entry in argumentSlots { pointers[entry.slot] = buffers[entry.position].pointer + entry.offset }
    for entry in resultSlots { pointers[entry.slot] = results[entry.position].pointer + entry.offset }
  }

  func run() throws {
    if let memoryGuard {
      memoryGuard.begin()
      for index in bodies.indices { try step(index) }
    } else {
      for body in bodies { try body(self) }
    }
  }

  /// Runs one step, for callers that look at each.
  func step(_ index: Int) throws {
    memoryGuard?.prepare(index)
    try bodies[index](self)
    try memoryGuard?.check(index)
  }

  func execute(_ primitive: Primitive, arguments first: Int, count: Int) throws(GraphError) {
    for index in first..<(first + count) where moves[index] {
      dnnl_memory_set_data_handle(arguments[index].memory, pointers[plan.primitiveArguments[index].slot])
    }
    let status = dnnl_primitive_execute(primitive.handle, stream, Int32(count), arguments + first)
    guard status == dnnl_success else { throw GraphError("oneDNN", describe(status), kind: .system) }
  }

  /// The address a slot holds.
  @inline(__always)
  subscript(slot: Int) -> UnsafeMutableRawPointer { pointers[slot].unsafelyUnwrapped }
}
