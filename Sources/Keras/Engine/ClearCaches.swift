import CPUExecutor

/// Frees the memory that is kept only so that the next computation starts sooner: the compiled steps of all models, layers
/// and operations, and what they compute in.
///
/// Results do not change; what is used again is compiled again. May be called at any time, from any thread; what other
/// threads compute meanwhile keeps what it needs. There is seldom a reason to: the library keeps within a limit by itself,
/// about 100 MB of compiled steps and the intermediate values of the last ones that ran.
public func clearCaches() {
  for store in FunctionBudget.shared.stores { store.removeAll() }
  CPUExecutor.releaseMemory()
}
