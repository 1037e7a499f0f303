import COneDNN
import Graph

/// What one run of a plan needs besides the plan and an arena: pointers, and oneDNN's views of what they point at. A frame
/// serves one run at a time; a plan has as many as it has concurrent runs.
final class Frame {
  let plan: Plan
  let pointers: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  let children: [Frame]
  let memoryGuard: MemoryGuard?
  /// The borrowed memory that the slots point into.
  private var arena: UnsafeMutableRawPointer?
  private let arguments: UnsafeMutablePointer<dnnl_exec_arg_t>
  private let stream: dnnl_stream_t
  /// The steps without their names, so that a run counts no references to them.
  private let bodies: [@Sendable (Frame) throws -> Void]
  /// The slots that a caller's buffers fill: argument or result position, offset.
  private let argumentSlots: [(slot: Int, position: Int, offset: Int)]
  private let resultSlots: [(slot: Int, position: Int, offset: Int)]
  /// The slots in the arena.
  private let temporarySlots: [(slot: Int, offset: Int)]
  private let isTemporary: [Bool]
  /// Whether a primitive's argument moves from run to run.
  private let moves: [Bool]

  /// - Parameter outer: what guards the memory of the frame that this one is a child of.
  init(_ plan: Plan, outer: MemoryGuard? = nil) throws(GraphError) {
    self.plan = plan
    var stream: dnnl_stream_t?
    try check(
      dnnl_stream_create(&stream, try Engine.shared().handle, UInt32(dnnl_stream_default_flags.rawValue)), "stream")
    guard let stream else { throw GraphError("oneDNN", "no stream", kind: .system) }
    self.stream = stream
    memoryGuard = plan.fenceByteCount > 0 ? MemoryGuard(plan, outer: outer) : nil
    bodies = plan.steps.map(\.body)
    pointers = .allocate(capacity: max(plan.slots.count, 1))
    arguments = .allocate(capacity: max(plan.primitiveArguments.count, 1))
    var (argumentSlots, resultSlots): ([(Int, Int, Int)], [(Int, Int, Int)]) = ([], [])
    var temporarySlots: [(Int, Int)] = []
    for (slot, location) in plan.slots.enumerated() {
      let storage = plan.storages[location.storage]
      pointers[slot] = nil
      switch storage.kind {
      case .argument(let position): argumentSlots.append((slot, position, location.byteOffset))
      case .result(let position): resultSlots.append((slot, position, location.byteOffset))
      case .constant(let offset): pointers[slot] = plan.constants.pointer + offset + location.byteOffset
      case .temporary: temporarySlots.append((slot, storage.arenaOffset + location.byteOffset))
      }
    }
    self.argumentSlots = argumentSlots.map { (slot: $0.0, position: $0.1, offset: $0.2) }
    self.resultSlots = resultSlots.map { (slot: $0.0, position: $0.1, offset: $0.2) }
    self.temporarySlots = temporarySlots.map { (slot: $0.0, offset: $0.1) }
    var isTemporary = [Bool](repeating: false, count: plan.slots.count)
    for (slot, _) in temporarySlots { isTemporary[slot] = true }
    self.isTemporary = isTemporary
    let moving = Set((argumentSlots + resultSlots).map(\.0))
    moves = plan.primitiveArguments.map { moving.contains($0.slot) }
    var frames: [Frame] = []
    for child in plan.children { frames.append(try Frame(child, outer: memoryGuard)) }
    children = frames
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
  }

  /// Points everything that lies between the steps at another arena, of the plan's whole size.
  func attach(_ arena: UnsafeMutableRawPointer) {
    guard arena != self.arena else { return }
    self.arena = arena
    memoryGuard?.arena = arena
    for entry in temporarySlots { pointers[entry.slot] = arena + entry.offset }
    for (index, argument) in plan.primitiveArguments.enumerated() where isTemporary[argument.slot] {
      dnnl_memory_set_data_handle(arguments[index].memory, pointers[argument.slot])
    }
    var offset = plan.arenaByteCount
    for child in children {
      child.attach(arena + offset)
      offset += child.plan.wholeArenaByteCount
    }
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
