import Graph

/// A way to read a tensor's elements: extents with a stride each, in elements, adjacent axes merged.
struct StridedView: Hashable, Sendable {
  var extents: [Int]
  var strides: [Int]

  init(extents: [Int], strides: [Int]) {
    self.extents = extents
    self.strides = strides
  }

  /// Dense and row-major.
  init(_ shape: Shape) { self.init(extents: shape.dimensions, strides: shape.strides) }

  /// A source of this shape, repeated as `Op.broadcast` says.
  init(broadcast source: Shape, to result: Shape, axes: [Int]) {
    var strides = [Int](repeating: 0, count: result.rank)
    for (axis, stride) in source.strides.enumerated() where source[axis] != 1 { strides[axes[axis]] = stride }
    self.init(extents: result.dimensions, strides: strides)
  }

  /// The elements that a slice keeps, from its first one on.
  init(_ slicing: Slicing, of source: Shape) {
    let extents = slicing.starts.indices.map { axis in
      (slicing.limits[axis] - slicing.starts[axis] + slicing.strides[axis] - 1) / slicing.strides[axis]
    }
    self.init(extents: extents, strides: zip(slicing.strides, source.strides).map(*))
  }

  func permuted(_ permutation: [Int]) -> StridedView {
    StridedView(extents: permutation.map { extents[$0] }, strides: permutation.map { strides[$0] })
  }

  /// The same reading with as few axes as possible.
  var collapsed: StridedView {
    var result = StridedView(extents: [], strides: [])
    for (extent, stride) in zip(extents, strides) where extent != 1 {
      if let last = result.strides.last, last == stride * extent {
        result.extents[result.extents.count - 1] *= extent
        result.strides[result.strides.count - 1] = stride
      } else {
        result.extents.append(extent)
        result.strides.append(stride)
      }
    }
    // One element repeated everywhere is a scalar.
    return result.strides.allSatisfy { $0 == 0 } ? StridedView(extents: [], strides: []) : result
  }

  var isDense: Bool {
    let view = collapsed
    return view.extents.count == 1 && view.strides == [1]
  }
}
