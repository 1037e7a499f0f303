/// One result of a node.
public struct Value: Hashable, Sendable {
  public var node: Int
  public var output: Int

  public init(node: Int, output: Int = 0) {
    self.node = node
    self.output = output
  }
}

/// An operation applied to earlier values.
public struct Node: Hashable, Sendable {
  public var op: Op
  public var inputs: [Value]
  public var types: [TensorType]
  /// The layers that were being called, outermost first, joined by `/`.
  public var scope: String
}

/// A closed computation: parameters in, outputs out, every node after the nodes it reads.
public struct Graph: Hashable, Sendable {
  public internal(set) var nodes: [Node]
  /// The `parameter` nodes by position.
  public internal(set) var parameters: [Value]
  public internal(set) var outputs: [Value]
  /// Output positions whose result replaces a parameter (by position): a variable's new value. An executor writes
  /// them into the argument's memory.
  public internal(set) var updates: [Int: Int]

  public func type(of value: Value) -> TensorType { nodes[value.node].types[value.output] }
  public var parameterTypes: [TensorType] { parameters.map(type(of:)) }
  public var outputTypes: [TensorType] { outputs.map(type(of:)) }
}
