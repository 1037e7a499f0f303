import CPUExecutor
import Synchronization

/// Gives memory back that the program has freed but the C library keeps.
///
/// Where each array is a little larger than the one before, none fits where another was: the gaps would add up to
/// hundreds of megabytes. That takes ever new shapes, so it is time when their arrays were large enough together.
final class FreedMemory: Sendable {
  static let shared = FreedMemory()

  private static let patience = 32 << 20
  private let noted = Atomic<Int>(0)

  /// Counts the arrays of a step that has just been compiled.
  func note(_ byteCount: Int) {
    guard noted.wrappingAdd(byteCount, ordering: .relaxed).newValue > FreedMemory.patience else { return }
    noted.store(0, ordering: .relaxed)
    CPUExecutor.returnFreedMemory()
  }
}
