import Synchronization

/// Classes and functions of the program's own that files may name.
///
/// ```swift
/// CustomObjects.register(Scale.self)
/// CustomObjects.register(ActivationFunction("shifted") { $0 + 1 })
/// ```
public enum CustomObjects {
  private static let types = Mutex<[String: any (ConfigConstructible & Sendable).Type]>([:])
  private static let activations = Mutex<[String: ActivationFunction]>([:])
  private static let lambdas = Mutex<[String: LambdaFunction]>([:])

  /// - Parameter name: Keras's registered name, such as `Package>Scale`; the class name by default.
  public static func register(_ type: any (ConfigConstructible & Sendable).Type, as name: String? = nil) {
    types.withLock { $0[name ?? type.className] = type }
  }

  public static func register(_ function: ActivationFunction) {
    activations.withLock { $0[function.name] = function }
  }

  public static func register(_ function: LambdaFunction) {
    lambdas.withLock { $0[function.name] = function }
  }

  static func lambda(named name: String) -> LambdaFunction? { lambdas.withLock { $0[name] } }
  static func type(named name: String) -> (any (ConfigConstructible & Sendable).Type)? { types.withLock { $0[name] } }
  /// The name that a class was registered under.
  static func name(of type: Any.Type) -> String? {
    types.withLock { types in types.first { ObjectIdentifier($0.value) == ObjectIdentifier(type) }?.key }
  }
  static func activation(named name: String) -> ActivationFunction? { activations.withLock { $0[name] } }
}
