import Graph
import ModelFiles

/// Gives a variable its first values.
public protocol Initializer: Sendable {
  /// The name under which Keras's files know the class.
  static var className: String { get }
  /// The constructor's arguments under Keras's names.
  var config: Config { get }
  /// - Throws: `KerasError` where the values cannot have this type.
  func initialize(_ type: TensorType) throws -> Buffer
}

extension Initializer {
  var serialized: JSONValue { serialize(module: "keras.initializers", className: Self.className, config: config) }
}

/// The numbers of inputs and outputs one element of a weight connects, as Keras counts them.
func fans(of shape: Shape) -> (fanIn: Double, fanOut: Double) {
  let extents = shape.dimensions
  switch extents.count {
  case 0: return (1, 1)
  case 1: return (Double(extents[0]), Double(extents[0]))
  case 2: return (Double(extents[0]), Double(extents[1]))
  default:
    let field = extents.dropLast(2).reduce(1.0) { $0 * Double($1) }
    return (field * Double(shape[-2]), field * Double(shape[-1]))
  }
}
