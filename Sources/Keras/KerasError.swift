import Graph
import ModelFiles

/// What went wrong, where, and what to do about it.
public struct KerasError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Kind: String, Hashable, Sendable {
    /// An argument of a constructor or call has a value that makes no sense.
    case invalidArgument
    /// Shapes do not fit each other or the layer.
    case incompatibleShape
    /// Element types do not fit.
    case incompatibleType
    /// Training or prediction data is empty, mismatched or out of range.
    case invalidData
    /// Something was used before it was built or compiled.
    case notReady
    /// A model's graph is disconnected, cyclic or ambiguous.
    case invalidModel
    /// A file is damaged, unsafe or not what was expected.
    case invalidFile
    /// A class or function name that is not registered.
    case unknownName
    /// More memory is needed than the process can have.
    case memory
    /// Reading, writing or computing failed outside this library.
    case system
  }

  public var kind: Kind
  /// The layer, model, argument or file concerned.
  public var subject: String
  /// Expected and actual, and the remedy.
  public var message: String

  public init(_ kind: Kind, _ subject: String, _ message: String) {
    self.kind = kind
    self.subject = subject.shortened(to: 400)
    self.message = message.shortened(to: 1000)
  }

  public var description: String { subject.isEmpty ? message : "\(subject): \(message)" }
}

extension KerasError {
  /// Any error as a `KerasError`, said of `subject` where the error does not say of what.
  init(wrapping error: any Error, subject: String) {
    switch error {
    case let error as KerasError: self = error
    case let error as GraphError:
      let place = error.scope.isEmpty ? subject : error.scope
      self.init(Kind(error.kind), place, "\(error.operation): \(error.message)")
    default: self.init(.system, subject, "\(error)")
    }
  }
}

extension KerasError.Kind {
  fileprivate init(_ kind: GraphError.Kind) {
    switch kind {
    case .operands: self = .incompatibleShape
    case .memory: self = .memory
    case .system: self = .system
    }
  }
}
