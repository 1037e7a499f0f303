import Synchronization

/// What holds compiled functions and can part with those it has not used for longest.
protocol FunctionStore: AnyObject, Sendable {
  /// When the entry that was not used for longest was used, by the budget's clock.
  var oldestUse: Int? { get }
  func removeOldest()
  func removeAll()
}

/// Keeps the compiled functions of all models and layers within a number of bytes.
///
/// A program that sees inputs of ever new shapes would collect them without end; so those that were not used for longest
/// make room for new ones, whichever model they belong to.
final class FunctionBudget: Sendable {
  static let shared = FunctionBudget(byteCount: 96 << 20)

  private struct Member {
    weak var store: (any FunctionStore)?
  }

  private let limit: Int
  private let total = Atomic<Int>(0)
  private let clock = Atomic<Int>(0)
  private let members = Mutex<[ObjectIdentifier: Member]>([:])

  init(byteCount: Int) { limit = byteCount }

  /// The bytes of all functions, about.
  var byteCount: Int { total.load(ordering: .relaxed) }

  /// A moment after all before it.
  func now() -> Int { clock.wrappingAdd(1, ordering: .relaxed).newValue }

  /// Counts the bytes of a function that a store now holds, and makes room for them. Not to be called with a store
  /// locked.
  ///
  /// - Parameter use: when the function was used: it and newer ones stay, however large.
  func add(_ byteCount: Int, of store: any FunctionStore, usedAt use: Int) {
    total.wrappingAdd(byteCount, ordering: .relaxed)
    members.withLock { $0[ObjectIdentifier(store)] = Member(store: store) }
    while self.byteCount > limit, let oldest = oldestMember, oldest.use < use { oldest.store.removeOldest() }
  }

  func remove(_ byteCount: Int) { total.wrappingSubtract(byteCount, ordering: .relaxed) }

  /// All stores that still exist.
  var stores: [any FunctionStore] {
    members.withLock { members in
      members = members.filter { $0.value.store != nil }
      return members.values.compactMap(\.store)
    }
  }

  private var oldestMember: (store: any FunctionStore, use: Int)? {
    stores.compactMap { store in store.oldestUse.map { (store: store, use: $0) } }.min { $0.use < $1.use }
  }
}
