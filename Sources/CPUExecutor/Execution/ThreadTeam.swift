import CKernels

/// The threads of one compilation or run.
enum ThreadTeam {
  /// Calls `body` with the number of threads that this thread's parallel regions have meanwhile: those of `ThreadCount`,
  /// or fewer inside a parallel region of the program itself and where OpenMP or the system gives no more.
  ///
  /// - Throws: what `body` throws, or `GraphError` where the environment asks for no number of threads.
  static func run<Result>(_ body: (Int32) throws -> Result) throws -> Result {
    let before = ck_enter_team(Int32(clamping: try ThreadCount.current.get()))
    defer { ck_leave_team(before) }
    return try body(ck_thread_count())
  }
}
