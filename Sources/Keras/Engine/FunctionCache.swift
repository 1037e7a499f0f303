import Synchronization

/// Compiled functions by what they depend on, shared by threads. How many are kept is the budget's affair.
final class FunctionCache<Key: Hashable & Sendable>: FunctionStore {
  private struct Entry {
    let function: CompiledFunction
    var lastUse: Int
  }

  private let budget: FunctionBudget
  private let entries = Mutex<[Key: Entry]>([:])

  init(budget: FunctionBudget = .shared) { self.budget = budget }

  deinit { budget.remove(entries.withLock { $0.values.reduce(0) { $0 + $1.function.byteCount } }) }

  /// The function of that key, made on first use. Two threads may make it at once; one result is kept.
  func function(_ key: Key, _ make: () throws -> CompiledFunction) rethrows -> CompiledFunction {
    if let known = entries.withLock({ use(key, &$0) }) { return known }
    let made = try make()
    let now = budget.now()
    let kept = entries.withLock { entries in
      if let known = use(key, &entries) { return known }
      entries[key] = Entry(function: made, lastUse: now)
      return made
    }
    if kept === made {
      budget.add(made.byteCount, of: self, usedAt: now)
      FreedMemory.shared.note(made.interfaceByteCount)
    }
    return kept
  }

  private func use(_ key: Key, _ entries: inout [Key: Entry]) -> CompiledFunction? {
    guard let position = entries.index(forKey: key) else { return nil }
    entries.values[position].lastUse = budget.now()
    return entries.values[position].function
  }

  var oldestUse: Int? { entries.withLock { $0.values.lazy.map(\.lastUse).min() } }

  func removeOldest() {
    let removed = entries.withLock { entries in
      entries.min { $0.value.lastUse < $1.value.lastUse }.flatMap { entries.removeValue(forKey: $0.key) }
    }
    if let removed { budget.remove(removed.function.byteCount) }
  }

  func removeAll() {
    let removed = entries.withLock { entries in
      defer { entries = [:] }
      return entries.values.map(\.function)
    }
    budget.remove(removed.reduce(0) { $0 + $1.byteCount })
  }

  var all: [(key: Key, value: CompiledFunction)] {
    entries.withLock { $0.map { ($0.key, $0.value.function) } }
  }
}
