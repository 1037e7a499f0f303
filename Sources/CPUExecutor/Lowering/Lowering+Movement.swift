import CKernels
import Graph

extension Lowering {
  /// Copies a strided reading of a value into dense memory.
  func copyView(
    _ from: Location, _ view: StridedView, to: Location, toStrides: [Int]? = nil, _ dtype: DType, name: String,
    scope: String
  ) throws(GraphError) {
    let target = toStrides ?? Shape(view.extents).strides
    let axes = mergedAxes(view, target)
    guard axes.count <= Int(CK_MAX_RANK) else { throw GraphError(name, "has \(axes.count) separate axes") }
    let copy = ck_strided_copy(dtype, axes.map(\.extent), from: axes.map(\.from), to: axes.map(\.to))
    let (source, destination) = (builder.slot(from), builder.slot(to))
    builder.emit(name, scope: scope, touching: [from, to]) { [copy] frame in
      withUnsafePointer(to: copy) { ck_copy_strided($0, frame[destination], frame[source]) }
    }
  }

  /// Axes of extent 1 dropped, axes that follow each other on both sides joined.
  private func mergedAxes(_ view: StridedView, _ target: [Int]) -> [(extent: Int, from: Int, to: Int)] {
    var axes: [(extent: Int, from: Int, to: Int)] = []
    for (axis, extent) in view.extents.enumerated() where extent != 1 {
      let (from, to) = (view.strides[axis], target[axis])
      if let last = axes.last, last.from == from * extent, last.to == to * extent {
        axes[axes.count - 1] = (last.extent * extent, from, to)
      } else {
        axes.append((extent, from, to))
      }
    }
    return axes
  }

  func lowerTranspose(_ node: Int, _ permutation: [Int]) throws {
    let entry = graph.nodes[node]
    let source = values.type(entry.inputs[0])
    let from = try location(entry.inputs[0])
    let to = allocate(Value(node: node))
    try copyView(
      from, StridedView(source.shape).permuted(permutation), to: to, source.dtype, name: "transpose",
      scope: entry.scope)
  }

  /// A slice that is not contiguous: a copy that starts inside the operand.
  func lowerSlice(_ node: Int, _ slicing: Slicing) throws {
    let entry = graph.nodes[node]
    let source = values.type(entry.inputs[0])
    var from = try location(entry.inputs[0])
    from.byteOffset += values.sliceOffset(node, slicing)
    let to = allocate(Value(node: node))
    try copyView(
      from, StridedView(slicing, of: source.shape), to: to, source.dtype, name: "slice", scope: entry.scope)
  }

  func lowerReverse(_ node: Int, _ axes: [Int]) throws {
    let entry = graph.nodes[node]
    let type = entry.types[0]
    var view = StridedView(type.shape)
    var from = try location(entry.inputs[0])
    for axis in axes {
      from.byteOffset += (type.shape[axis] - 1) * view.strides[axis] * type.dtype.byteCount
      view.strides[axis].negate()
    }
    try copyView(from, view, to: allocate(Value(node: node)), type.dtype, name: "reverse", scope: entry.scope)
  }

  func lowerConcatenate(_ node: Int, axis: Int) throws {
    let entry = graph.nodes[node]
    let type = entry.types[0]
    let strides = type.shape.strides
    var to = allocate(Value(node: node))
    for input in entry.inputs {
      let part = values.type(input).shape
      if part.elementCount > 0 {
        try copyView(
          try location(input), StridedView(part), to: to, toStrides: strides, type.dtype, name: "concatenate",
          scope: entry.scope)
      }
      to.byteOffset += part[axis] * strides[axis] * type.dtype.byteCount
    }
  }

  /// Fills the result with the padding value, then copies the operand, cropped where the padding is negative.
  func lowerPad(_ node: Int, _ padding: Padding) throws {
    let entry = graph.nodes[node]
    let type = entry.types[0]
    let source = values.type(entry.inputs[0]).shape
    let (operand, value) = (try location(entry.inputs[0]), try location(entry.inputs[1]))
    let result = allocate(Value(node: node))
    let (size, count) = (Int32(type.dtype.byteCount), Int64(type.shape.elementCount))
    let (fill, target) = (builder.slot(value), builder.slot(result))
    builder.emit("pad", scope: entry.scope, touching: [value, result]) { frame in
      ck_fill(frame[target], frame[fill], size, count)
    }
    var (from, to) = (operand, result)
    var (view, toStrides) = (StridedView(source), type.shape.strides)
    for axis in 0..<source.rank {
      let step = padding.interior[axis] + 1
      // The operand's positions that land inside the result.
      let first = padding.low[axis] >= 0 ? 0 : (-padding.low[axis] + step - 1) / step
      let last = (type.shape[axis] - 1 - padding.low[axis]).flooredQuotient(step)
      view.extents[axis] = max(0, min(last, source[axis] - 1) - first + 1)
      from.byteOffset += first * view.strides[axis] * type.dtype.byteCount
      to.byteOffset += (padding.low[axis] + first * step) * toStrides[axis] * type.dtype.byteCount
      toStrides[axis] *= step
    }
    guard view.extents.allSatisfy({ $0 > 0 }) else { return }
    try copyView(from, view, to: to, toStrides: toStrides, type.dtype, name: "pad", scope: entry.scope)
  }
}

extension Int {
  /// Division rounded toward −∞, by a positive number.
  fileprivate func flooredQuotient(_ divisor: Int) -> Int {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
