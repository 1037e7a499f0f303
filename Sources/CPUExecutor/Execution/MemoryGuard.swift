import Graph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Fills the memory of each run with garbage and checks after each step that nothing was written outside of the blocks
/// that hold something; in use where the environment sets `KERAS_POISON`.
///
/// The caller's arguments and results are copies between fences meanwhile.
final class MemoryGuard {
  static let isRequested = getenv("KERAS_POISON").map { !["", "0"].contains(String(cString: $0)) } ?? false

  private let plan: Plan
  /// Where the temporary blocks lie in this run.
  var arena: UnsafeMutableRawPointer?
  private let outer: MemoryGuard?
  /// The blocks that each step is the first to touch.
  private var opened: [[Int]]
  /// The blocks that hold something at the moment.
  private var open: [Int] = []
  private var arguments: [FencedMemory] = []
  private var results: [FencedMemory] = []
  private var runs = 0

  init(_ plan: Plan, outer: MemoryGuard?) {
    (self.plan, self.outer) = (plan, outer)
    opened = [[Int]](repeating: [], count: plan.steps.count)
    for (index, storage) in plan.storages.enumerated() where storage.lastStep >= 0 {
      opened[storage.firstStep].append(index)
    }
  }

  /// Not a number in every floating-point type, then, in the next run, a usual one.
  private var garbage: UInt8 { runs % 2 == 1 ? 0xFF : 0x41 }

  private func fill(_ pointer: UnsafeMutableRawPointer, _ byteCount: Int) {
    memset(pointer, Int32(garbage), byteCount)
  }

  /// Where a block lies; `nil` for what a frame has from its parent, which guards it.
  private func pointer(_ storage: Storage) -> UnsafeMutableRawPointer? {
    switch storage.kind {
    case .temporary: arena.map { $0 + storage.arenaOffset }
    case .constant(let offset): plan.constants.pointer + offset
    case .argument(let position): position < arguments.count ? arguments[position].buffer.pointer : nil
    case .result(let position): position < results.count ? results[position].buffer.pointer : nil
    }
  }

  // MARK: Steps

  /// Starts a run.
  func begin() {
    runs += 1
    open.removeAll(keepingCapacity: true)
  }

  /// Readies the blocks that a step is the first to touch.
  func prepare(_ step: Int) {
    for index in opened[step] {
      let storage = plan.storages[index]
      open.append(index)
      guard storage.kind == .temporary, let pointer = pointer(storage) else { continue }
      fill(pointer, storage.byteCount)
      Fence.set(around: pointer, byteCount: storage.byteCount)
    }
  }

  /// - Throws: `GraphError` with the step's name where something was written outside of the open blocks.
  func check(_ step: Int) throws(GraphError) {
    try verify(after: step, of: plan)
    open.removeAll { index in
      let storage = plan.storages[index]
      guard storage.lastStep <= step else { return false }
      if storage.kind == .temporary, let pointer = pointer(storage) { fill(pointer, storage.byteCount) }
      return true
    }
  }

  private func verify(after step: Int, of running: Plan) throws(GraphError) {
    for index in open {
      let storage = plan.storages[index]
      guard let pointer = pointer(storage),
        let damage = Fence.damage(around: pointer, byteCount: storage.byteCount)
      else { continue }
      let (name, scope) = (running.steps[step].name, running.steps[step].scope)
      throw GraphError(
        name, "step \(step) writes \(damage) of \(storage.kind.words) of \(storage.byteCount) bytes", scope: scope,
        kind: .system)
    }
    try outer?.verify(after: step, of: running)
  }

  // MARK: The caller's memory

  /// Gives copies of the arguments, and room for the results that holds garbage.
  func enter(_ arguments: [Buffer], _ results: [Buffer]) -> (arguments: [Buffer], results: [Buffer]) {
    if self.arguments.isEmpty && self.results.isEmpty {
      self.arguments = arguments.map { FencedMemory($0.type) }
      let updates = plan.graphInterface.updates
      self.results = results.enumerated().map { position, result in
        updates[position].map { self.arguments[$0] } ?? FencedMemory(result.type)
      }
    }
    for result in self.results { fill(result.buffer.pointer, result.buffer.byteCount) }
    for (argument, memory) in zip(arguments, self.arguments) {
      memory.buffer.pointer.copyMemory(from: argument.pointer, byteCount: argument.byteCount)
    }
    for memory in self.arguments + self.results { memory.setFence() }
    return (self.arguments.map(\.buffer), self.results.map(\.buffer))
  }

  /// Hands over results and updated arguments.
  ///
  /// - Throws: `GraphError` where another argument was changed.
  func leave(_ arguments: [Buffer], _ results: [Buffer]) throws(GraphError) {
    let updated = Set(plan.graphInterface.updates.values)
    for (position, (argument, memory)) in zip(arguments, self.arguments).enumerated() where !updated.contains(position)
    {
      guard memcmp(argument.pointer, memory.buffer.pointer, argument.byteCount) == 0 else {
        throw GraphError("run", "a step changes argument \(position), which is not updated", kind: .system)
      }
    }
    for (result, memory) in zip(results, self.results) {
      result.pointer.copyMemory(from: memory.buffer.pointer, byteCount: result.byteCount)
    }
  }
}

/// A buffer between two fences.
private final class FencedMemory {
  let buffer: Buffer
  private let memory: UnsafeMutableRawPointer

  init(_ type: TensorType) {
    memory = .allocate(byteCount: type.byteCount + 2 * Fence.byteCount, alignment: ArenaLayout.alignment)
    buffer = Buffer(type, borrowing: memory + Fence.byteCount, from: 0)
  }

  func setFence() { Fence.set(around: buffer.pointer, byteCount: buffer.byteCount) }

  deinit { memory.deallocate() }
}

extension Storage.Kind {
  fileprivate var words: String {
    switch self {
    case .temporary: "a temporary"
    case .constant: "a constant"
    case .argument(let position): "argument \(position)"
    case .result(let position): "result \(position)"
    }
  }
}
