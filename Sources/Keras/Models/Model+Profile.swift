import CPUExecutor

extension Model {
  /// Where the time of the model's compiled steps went, the dearest operation first: one line each with milliseconds
  /// a run, runs and the layer. Empty unless the environment variable `KERAS_PROFILE` was set when they were compiled.
  public func profile() -> String {
    stepFunctions.all.flatMap { key, function -> [String] in
      guard let steps = (function.executable as? CPUExecutable)?.profile, !steps.isEmpty else { return [] }
      return ["\(key.kind), batch of \(key.inputs.first?.shape[0] ?? 0)"]
        + steps.prefix(40).map { step in
          let milliseconds = Double(step.nanoseconds) / Double(max(step.runs, 1)) * 1e-6
          return "  \(decimal(milliseconds, 3)) ms  \(step.runs) ×  \(step.name)"
        }
    }.joined(separator: "\n")
  }
}
