import Graph

/// What lies outside of a sampled tensor.
public enum BorderMode: String, Sendable, CaseIterable {
  /// One value.
  case constant
  /// The nearest edge.
  case nearest
  /// The tensor again.
  case wrap
  /// The tensor mirrored at its edge elements, which are not repeated.
  case mirror
  /// The tensor mirrored, edge elements included.
  case reflect
}

/// Reads a tensor between its elements, as `jax.scipy.ndimage.map_coordinates` does.
struct CoordinateSampling: Sendable {
  /// Whether neighbours are mixed linearly; otherwise the nearest is taken.
  var isLinear: Bool
  var mode: BorderMode
  var fill: Double

  /// One neighbour along an axis: its place, its share and, where that can fail, whether it exists.
  private struct Neighbour {
    let place: Expression
    let weight: Expression?
    let exists: Expression?
  }

  /// - Parameters:
  ///   - coordinates: one of the same shape for each axis.
  ///   - extents: of the axes.
  ///   - element: gives the elements at positions in the flattened axes.
  func sample(_ coordinates: [Expression], extents: [Int], element: (Expression) -> Expression) -> Expression {
    let origin = coordinates[0].converted(to: .int32) * 0
    let axes = zip(coordinates, extents).map { neighbours($0, $1) }
    let strides = Shape(extents).strides
    var corners: [[Neighbour]] = [[]]
    for axis in axes { corners = corners.flatMap { corner in axis.map { corner + [$0] } } }
    let parts = corners.map { corner -> Expression in
      let place = zip(corner, strides).reduce(origin) { $0 + $1.0.place * Double($1.1) }
      let value = corner.compactMap(\.exists).reduce(element(place)) { $1.select($0, $0.constant(fill)) }
      return corner.compactMap(\.weight).reduce(value) { $0 * $1.converted(to: value.dtype) }
    }
    return parts.dropFirst().reduce(parts[0], +)
  }

  private func neighbours(_ coordinate: Expression, _ extent: Int) -> [Neighbour] {
    func neighbour(_ place: Expression, _ weight: Expression?) -> Neighbour {
      let inside = place.greaterOrEqual(place.constant(0)).binary(.and, place.less(place.constant(Double(extent))))
      return Neighbour(
        place: moved(place, extent), weight: weight, exists: mode == .constant ? inside : nil)
    }
    guard coordinate.dtype.isFloatingPoint else { return [neighbour(coordinate.converted(to: .int32), nil)] }
    guard isLinear else {
      // Halves are rounded away from 0.
      let nearest = (coordinate.absolute() + 0.5).unary(.floor) * coordinate.unary(.sign)
      return [neighbour(nearest.converted(to: .int32), nil)]
    }
    let low = coordinate.unary(.floor)
    let weight = coordinate - low
    let place = low.converted(to: .int32)
    return [neighbour(place, 1 - weight), neighbour(place + 1, weight)]
  }

  /// A place outside moved inside.
  private func moved(_ place: Expression, _ extent: Int) -> Expression {
    let last = Double(Swift.max(extent - 1, 0))
    func mirrored(_ place: Expression, _ last: Double) -> Expression {
      guard last > 0 else { return place * 0 }
      return ((place + last).mod(place.constant(2 * last)) - last).absolute()
    }
    switch mode {
    case .constant, .nearest: return place.maximum(0).minimum(last)
    case .wrap: return place.mod(place.constant(Double(Swift.max(extent, 1))))
    case .mirror: return mirrored(place, last)
    case .reflect:
      // The same on a grid twice as fine.
      return (mirrored(place * 2 + 1, Double(2 * extent)) - 1).floorDivide(place.constant(2))
    }
  }
}
