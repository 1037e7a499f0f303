/// What is wrong with an operation or a graph, said with the operation's name and the types involved.
public struct GraphError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// What an operation is given does not fit.
    case operands
    /// More memory is needed than the process can have.
    case memory
    /// The library below cannot compute what it should.
    case system
  }

  public var kind: Kind
  /// The operation, under the name the IR prints.
  public var operation: String
  public var message: String
  /// The layers that were being called, outermost first, joined by `/`; empty outside a model.
  public var scope: String

  public init(_ operation: String, _ message: String, scope: String = "", kind: Kind = .operands) {
    self.kind = kind
    self.operation = operation
    self.message = message
    self.scope = scope
  }

  public var description: String {
    scope.isEmpty ? "\(operation): \(message)" : "\(scope): \(operation): \(message)"
  }
}
