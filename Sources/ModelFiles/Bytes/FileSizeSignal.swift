#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps the signal of a file that grows over the process's limit from ending the program while a thread writes: the
/// write fails with `EFBIG` as well. How the program treats the signal elsewhere is left to it.
struct FileSizeSignal {
  private var previous = sigset_t()
  private var ours = sigset_t()
  private let wasPending: Bool

  init() {
    sigemptyset(&ours)
    sigaddset(&ours, SIGXFSZ)
    var pending = sigset_t()
    sigpending(&pending)
    wasPending = sigismember(&pending, SIGXFSZ) == 1
    pthread_sigmask(SIG_BLOCK, &ours, &previous)
  }

  /// Takes the signal back, if the writes raised it, and treats it as before.
  func end() {
    var (ours, previous, pending) = (self.ours, self.previous, sigset_t())
    sigpending(&pending)
    if !wasPending, sigismember(&pending, SIGXFSZ) == 1 {
      var number: Int32 = 0
      sigwait(&ours, &number)
    }
    pthread_sigmask(SIG_SETMASK, &previous, nil)
  }
}
