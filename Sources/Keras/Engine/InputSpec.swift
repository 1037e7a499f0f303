/// What a layer expects of an input's shape.
public struct InputSpec: Sendable, Hashable {
  public var rank: Int?
  public var minimumRank: Int?
  /// Extents of single axes; negative axes count from the end.
  public var axes: [Int: Int]

  public init(rank: Int? = nil, minimumRank: Int? = nil, axes: [Int: Int] = [:]) {
    self.rank = rank
    self.minimumRank = minimumRank
    self.axes = axes
  }

  /// - Throws: `KerasError` with the layer's name, what it expects and what was found.
  func check(_ shape: [Int?], layer: String) throws {
    if let rank, shape.count != rank {
      throw KerasError(
        .incompatibleShape, layer,
        "expects an input of \(rank) axes, batch included, found \(shape.count): shape \(describe(shape))")
    }
    if let minimumRank, shape.count < minimumRank {
      throw KerasError(
        .incompatibleShape, layer,
        "expects an input of at least \(minimumRank) axes, batch included, found \(shape.count): "
          + "shape \(describe(shape))")
    }
    for (axis, extent) in axes.sorted(by: { $0.key < $1.key }) {
      let index = axis < 0 ? axis + shape.count : axis
      guard shape.indices.contains(index) else { continue }
      if let actual = shape[index], actual != extent {
        throw KerasError(
          .incompatibleShape, layer,
          "expects axis \(axis) of its input to have extent \(extent), found \(actual): shape \(describe(shape))")
      }
    }
  }
}

/// A shape with open extents, as Keras prints it: `(None, 28, 28, 1)`.
func describe(_ shape: [Int?]) -> String {
  let extents = shape.map { $0.map(String.init) ?? "None" }
  return "(" + extents.joined(separator: ", ") + (extents.count == 1 ? ",)" : ")")
}

/// Whether two extents can be the same: an open one agrees with all.
func mayAgree(_ a: Int?, _ b: Int?) -> Bool {
  guard let a, let b else { return true }
  return a == b
}
