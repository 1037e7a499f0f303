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
    var copy = ck_strided_copy()
    copy.size = Int32(dtype.byteCount)
    copy.rank = Int32(axes.count)
    withUnsafeMutableBytes(of: &copy.extents) { $0.bindMemory(to: Int64.self).fill(axes.map(\.extent)) }
    withUnsafeMutableBytes(of: &copy.from) { $0.bindMemory(to: Int64.self).fill(axes.map(\.from)) }
    withUnsafeMutableBytes(of: &copy.to) { $0.bindMemory(to: Int64.self).fill(axes.map(\.to)) }
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

  func lowerGather(_ node: Int, _ axis: Int) throws {
    let entry = graph.nodes[node]
    let (operand, indices) = (values.type(entry.inputs[0]), values.type(entry.inputs[1]))
    let (from, at) = (try location(entry.inputs[0]), try location(entry.inputs[1]))
    let to = allocate(Value(node: node))
    let dimensions = operand.shape.dimensions
    let outer = Int64(dimensions[..<axis].reduce(1, *))
    let row = Int64(dimensions[(axis + 1)...].reduce(1, *) * operand.dtype.byteCount)
    let (extent, count) = (Int64(dimensions[axis]), Int64(indices.shape.elementCount))
    let wide: Int32 = indices.dtype == .int64 ? 1 : 0
    let (source, places, target) = (builder.slot(from), builder.slot(at), builder.slot(to))
    builder.emit("gather", scope: entry.scope, touching: [from, at, to]) { frame in
      ck_gather(frame[target], frame[source], frame[places], wide, outer, extent, count, row)
    }
  }
}
