import Graph
import ModelFiles

// Reordering, repeating and splitting. Negative axes count from the end.

extension Tensor {
  public func ravel() -> Tensor { unary("Ravel") { $0.reshape([$0.shape.elementCount]) } }

  public func swapAxes(_ a: Int, _ b: Int) -> Tensor {
    unary("Swapaxes", ["axis1": JSONValue(a), "axis2": JSONValue(b)]) { x in
      guard let i = x.shape.normalized(axis: a), let j = x.shape.normalized(axis: b) else { return x.squeeze(a) }
      var order = Array(0..<x.rank)
      order.swapAt(i, j)
      return x.transpose(order)
    }
  }

  /// With each axis of `source` moved to its place in `destination`; the others keep their order.
  public func moveAxis(_ source: [Int], to destination: [Int]) -> Tensor {
    unary("Moveaxis", ["source": JSONValue(source), "destination": JSONValue(destination)]) { x in
      let from = source.compactMap { x.shape.normalized(axis: $0) }
      let to = destination.compactMap { x.shape.normalized(axis: $0) }
      guard from.count == source.count, to.count == from.count, Set(to).count == to.count else {
        return x.transpose([-1])
      }
      var order = (0..<x.rank).filter { !from.contains($0) }
      for (target, axis) in zip(to, from).sorted(by: { $0.0 < $1.0 }) { order.insert(axis, at: target) }
      return x.transpose(order)
    }
  }

  public func moveAxis(_ source: Int, to destination: Int) -> Tensor { moveAxis([source], to: [destination]) }

  /// Backwards along all axes.
  public func flip() -> Tensor { unary("Flip", ["axis": nil]) { $0.reverse(axes: Array(0..<$0.rank)) } }

  /// Moved by `shift` places along an axis, what leaves at one end coming in at the other. Without an axis, flat.
  public func roll(_ shift: Int, axis: Int? = nil) -> Tensor {
    unary("Roll", ["shift": JSONValue(shift), "axis": JSONValue(axis)]) { input in
      let x = axis == nil ? input.reshape([input.shape.elementCount]) : input
      let extent = x.shape[axis ?? 0]
      guard extent > 0 else { return input }
      let cut = (extent - shift % extent) % extent
      guard cut > 0 else { return input }
      let parts = [x.slice(axis: axis ?? 0, cut..<extent), x.slice(axis: axis ?? 0, 0..<cut)]
      return x.builder.concatenate(parts, axis: axis ?? 0).reshape(input.shape)
    }
  }

  /// Turned by `k` quarter turns in the plane of two axes, from the first toward the second.
  public func rotate90(k: Int = 1, axes: (Int, Int) = (0, 1)) -> Tensor {
    // On JAX Keras cannot read a file that says what is the default.
    var config: Config = ["k": JSONValue(k)]
    if axes != (0, 1) { config["axes"] = JSONValue([axes.0, axes.1]) }
    return unary("Rot90", config) { x in
      guard let i = x.shape.normalized(axis: axes.0), let j = x.shape.normalized(axis: axes.1), i != j else {
        return x.transpose([-1])
      }
      var order = Array(0..<x.rank)
      order.swapAt(i, j)
      switch ((k % 4) + 4) % 4 {
      case 1: return x.reverse(axes: [j]).transpose(order)
      case 2: return x.reverse(axes: [i, j])
      case 3: return x.transpose(order).reverse(axes: [j])
      default: return x
      }
    }
  }

  /// Repeated as a whole, `repeats[i]` times along axis `i`; counted from the last axis.
  public func tile(_ repeats: [Int]) -> Tensor {
    guard repeats.allSatisfy({ $0 >= 0 }) else { return rejected("tile", "repeats must not be negative: \(repeats)") }
    return unary("Tile", ["repeats": JSONValue(repeats)]) { x in
      let rank = Swift.max(x.rank, repeats.count)
      let extents = [Int](repeating: 1, count: rank - x.rank) + x.shape.dimensions
      let counts = [Int](repeating: 1, count: rank - repeats.count) + repeats
      let doubled = zip(counts, extents).flatMap { [$0, $1] }
      let result = zip(counts, extents).map { $0.multipliedReportingOverflow(by: $1) }
      guard !result.contains(where: \.overflow) else { return x.transpose([-1]) }
      let split = x.reshape(Shape(extents.flatMap { [1, $0] }))
      return split.broadcast(to: Shape(doubled)).reshape(Shape(result.map(\.partialValue)))
    }
  }

  /// Each element `count` times in a row along an axis, or of the flat tensor.
  public func repeated(_ count: Int, axis: Int? = nil) -> Tensor {
    guard count >= 0 else { return rejected("repeat", "the count must not be negative: \(count)") }
    return unary("Repeat", ["repeats": JSONValue(count), "axis": JSONValue(axis)]) { input in
      let x = axis == nil ? input.reshape([input.shape.elementCount]) : input
      guard let index = x.shape.normalized(axis: axis ?? 0) else { return x.squeeze(axis ?? 0) }
      let (extent, overflow) = x.shape[index].multipliedReportingOverflow(by: count)
      guard !overflow else { return x.transpose([-1]) }
      var repeated = x.shape.dimensions
      repeated.insert(count, at: index + 1)
      return x.expandDimension(index + 1).broadcast(to: Shape(repeated))
        .reshape(x.shape.replacing(axis: index, with: extent))
    }
  }

  /// Equal parts along an axis.
  public func split(_ count: Int, axis: Int = 0) -> [Tensor] {
    let extent = shape[axis]
    guard count > 0, rank > 0, extent % count == 0 else {
      return [rejected("split", "axis \(axis) of shape \(describe(partialShape)) has no \(count) equal parts")]
    }
    return split(.init(count), Array(stride(from: 0, through: extent, by: Swift.max(extent / count, 1))), axis)
  }

  /// The parts before, between and after these places along an axis.
  public func split(at places: [Int], axis: Int = 0) -> [Tensor] {
    let extent = shape[axis]
    let bounds = [0] + places.map { Swift.min(Swift.max($0 < 0 ? $0 + extent : $0, 0), extent) } + [extent]
    return split(JSONValue(places), bounds, axis)
  }

  private func split(_ argument: JSONValue, _ bounds: [Int], _ axis: Int, _ className: String = "Split") -> [Tensor] {
    let config: Config = ["indices_or_sections": argument, "axis": JSONValue(axis)]
    return Operation(className: className, config: config, arguments: [.tensor(self)]).apply { operands in
      zip(bounds, bounds.dropFirst()).map { operands[0].slice(axis: axis, $0..<Swift.max($0, $1)) }
    }
  }

  /// Parts along an axis as equal as they can be: the first ones are longer by one where it does not divide.
  public func arraySplit(_ count: Int, axis: Int = 0) -> [Tensor] {
    let extent = shape[axis]
    guard count > 0, count <= 1 << 20, rank > 0 else { return [rejected("array_split", "into \(count) parts")] }
    let bounds = (0...count).map { $0 * (extent / count) + Swift.min($0, extent % count) }
    return split(JSONValue(count), bounds, axis, "ArraySplit")
  }

  /// The slices along an axis, without it.
  public func unstack(axis: Int = 0) -> [Tensor] {
    guard rank > 0 else { return [rejected("unstack", "a scalar has no axis to take apart")] }
    let count = shape[axis]
    let config: Config = ["num": nil, "axis": JSONValue(axis)]
    return Operation(className: "Unstack", config: config, arguments: [.tensor(self)]).apply { operands in
      (0..<count).map { operands[0].slice(axis: axis, $0..<($0 + 1)).squeeze(axis) }
    }
  }
}

/// Joins tensors of one shape along a new axis.
public func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  Operation(className: "Stack", config: ["axis": JSONValue(axis)], arguments: [.list(tensors.map(Argument.tensor))])
    .apply { parts in
      guard let first = parts.first else { return [] }
      let dtype = parts.reduce(first.dtype) { $0.promoted(with: $1.dtype) }
      return [first.builder.stack(parts.map { $0.converted(to: dtype) }, axis: axis)]
    }.first ?? rejected("stack", "takes at least one tensor")
}

/// Joins tensors along their second axis, vectors along their only one.
public func hstack(_ tensors: [Tensor]) -> Tensor {
  Operation(className: "Hstack", arguments: [.list(tensors.map(Argument.tensor))])
    .compose { [concatenate($0, axis: ($0.first?.rank ?? 0) > 1 ? 1 : 0)] }[0]
}

/// Joins tensors along their first axis, vectors as rows.
public func vstack(_ tensors: [Tensor]) -> Tensor {
  Operation(className: "Vstack", arguments: [.list(tensors.map(Argument.tensor))])
    .compose { [concatenate($0.map { $0.rank < 2 ? $0.reshape([1, -1]) : $0 }, axis: 0)] }[0]
}

/// Joins tensors along their third axis, those of fewer axes as `[rows, columns, 1]`.
public func dstack(_ tensors: [Tensor]) -> Tensor {
  Operation(className: "Dstack", arguments: [.list(tensors.map(Argument.tensor))]).compose { parts in
    let deep = parts.map { part in
      switch part.rank {
      case 0, 1: part.reshape([1, -1, 1])
      case 2: part.expandDims(2)
      default: part
      }
    }
    return [concatenate(deep, axis: 2)]
  }[0]
}

/// Tensors that hold the coordinates of all points of a grid.
///
/// - Parameter matrixIndexing: whether the first vector runs along the first axis (`"ij"`) instead of the second.
public func meshgrid(_ vectors: [Tensor], matrixIndexing: Bool = false) -> [Tensor] {
  let config: Config = ["indexing": .string(matrixIndexing ? "ij" : "xy")]
  return Operation(className: "Meshgrid", config: config, arguments: vectors.map(Argument.tensor)).apply { parts in
    var places = Array(parts.indices)
    if !matrixIndexing, parts.count > 1 { places.swapAt(0, 1) }
    let extents = places.map { parts[$0].shape.elementCount }
    return parts.indices.map { index in
      parts[index].reshape([parts[index].shape.elementCount]).broadcast(to: Shape(extents), axes: [places[index]])
    }
  }
}
