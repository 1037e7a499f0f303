import Synchronization

/// Compiled functions by what they depend on, shared by threads.
///
/// Each holds memory of its own, and a program that sees inputs of ever new shapes would collect them without end; so
/// those that were not used for longest make room for new ones.
final class FunctionCache<Key: Hashable & Sendable>: Sendable {
  private struct Entry {
    let function: CompiledFunction
    var lastUse: Int
  }

  private struct State {
    var entries: [Key: Entry] = [:]
    var clock = 0

    mutating func use(_ key: Key) -> CompiledFunction? {
      guard let position = entries.index(forKey: key) else { return nil }
      clock += 1
      entries.values[position].lastUse = clock
      return entries.values[position].function
    }
  }

  private let capacity: Int
  private let state = Mutex(State())

  /// - Parameter capacity: how many functions are kept, at least 1.
  init(capacity: Int) { self.capacity = max(capacity, 1) }

  /// The function of that key, made on first use. Two threads may make it at once; one result is kept.
  func function(_ key: Key, _ make: () throws -> CompiledFunction) rethrows -> CompiledFunction {
    if let known = state.withLock({ $0.use(key) }) { return known }
    let made = try make()
    return state.withLock { state in
      if let known = state.use(key) { return known }
      if state.entries.count >= capacity, let oldest = state.entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
        state.entries[oldest.key] = nil
      }
      state.clock += 1
      state.entries[key] = Entry(function: made, lastUse: state.clock)
      return made
    }
  }

  func removeAll() { state.withLock { $0.entries.removeAll() } }

  var all: [(key: Key, value: CompiledFunction)] {
    state.withLock { state in state.entries.map { ($0.key, $0.value.function) } }
  }
}
