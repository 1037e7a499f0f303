import Graph

/// What a metric or optimizer needs of the step that is being recorded: variables to read and to change.
public struct StepContext: Sendable {
  let trace: Trace

  /// A variable's value at this point of the step.
  public subscript(variable: Variable) -> Tensor { trace.read(variable) }

  /// Gives a variable a new value.
  public func assign(_ variable: Variable, _ value: Tensor) { trace.assign(variable, value) }
}
