import Testing

@testable import Keras

/// How far two tensors are apart, against a bound of `absolute + relative · |expected|`.
struct Closeness {
  /// The largest distance, as a multiple of the bound.
  let worst: Double
  /// The largest distance, relative where the expected number is over 1.
  let error: Double
  let description: String

  static let relative = 1e-4
  static let absolute = 2e-5

  init(_ actual: Tensor, _ expected: Tensor) throws {
    if let failure = actual.failure { throw failure }
    guard actual.shape == expected.shape else {
      (worst, error) = (.infinity, .infinity)
      description = "shape \(actual.shape), expected \(expected.shape)"
      return
    }
    let (a, b) = (try actual.buffer().doubles(), try expected.buffer().doubles())
    var worst = 0.0
    var error = 0.0
    var place = 0
    for index in a.indices {
      let distance: Double
      if a[index] == b[index] || (a[index].isNaN && b[index].isNaN) {
        distance = 0
      } else {
        let ratio = abs(a[index] - b[index]) / (Self.absolute + Self.relative * abs(b[index]))
        distance = ratio.isNaN ? .infinity : ratio
        error = max(error, distance.isFinite ? abs(a[index] - b[index]) / max(1, abs(b[index])) : .infinity)
      }
      if distance > worst { (worst, place) = (distance, index) }
    }
    self.worst = worst
    self.error = error
    description = worst == 0 ? "equal" : "element \(place) is \(a[place]), expected \(b[place])"
  }
}

/// Expects a tensor to equal Keras's within 1e-4 relative and 2e-5 absolute, and gives how far they are apart.
@discardableResult
func expectClose(
  _ actual: Tensor, _ expected: Tensor, _ what: @autoclosure () -> String,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> Closeness {
  let closeness = try Closeness(actual, expected)
  #expect(
    closeness.worst <= 1, "\(what()): \(closeness.description) (\(closeness.worst) × the tolerance)",
    sourceLocation: sourceLocation)
  return closeness
}
