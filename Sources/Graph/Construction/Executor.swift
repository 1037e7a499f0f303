/// Turns graphs into something that runs.
public protocol Executor: Sendable {
  /// Compiles a graph. The result may be used by many threads at once, each on its own arguments.
  func compile(_ graph: Graph) throws -> any Executable
}

/// A compiled graph.
public protocol Executable: Sendable {
  var parameterTypes: [TensorType] { get }
  var outputTypes: [TensorType] { get }
  /// Output positions that replace a parameter: their values are written into the argument's memory.
  var updates: [Int: Int] { get }
  /// The bytes that the executable holds between runs, about.
  var byteCount: Int { get }

  /// Computes the outputs. `results` has one buffer for each output; that of an update must be the argument it
  /// replaces. Nothing else is allocated once the executable has run before.
  ///
  /// - Throws: `GraphError` where an argument or result is not of its declared type.
  func run(_ arguments: [Buffer], into results: [Buffer]) throws
}

extension Executable {
  /// Computes the outputs into fresh buffers; updates go into their arguments' memory.
  public func run(_ arguments: [Buffer]) throws -> [Buffer] {
    var results: [Buffer] = []
    for (position, type) in outputTypes.enumerated() {
      if let parameter = updates[position], arguments.indices.contains(parameter) {
        results.append(arguments[parameter])
      } else {
        results.append(Buffer(type))
      }
    }
    try run(arguments, into: results)
    return results
  }
}
