import CKernels
import COneDNN
import Graph

extension Lowering {
  /// A product as one batched matrix product over strided operands.
  func lowerDot(_ node: Int, _ dimensions: DotDimensions, absorbed: [Int]) throws {
    let entry = graph.nodes[node]
    let type = entry.types[0]
    guard values.readsTransposed(node) else { return try lowerToInterpreter(node) }
    let (a, b) = (values.type(entry.inputs[0]).shape, values.type(entry.inputs[1]).shape)
    let batch = dimensions.leftBatch.map { a[$0] }
    let leftFree = (0..<a.rank).filter {
      !dimensions.leftBatch.contains($0) && !dimensions.leftContracting.contains($0)
    }
    let rightFree = (0..<b.rank).filter {
      !dimensions.rightBatch.contains($0) && !dimensions.rightContracting.contains($0)
    }
    let m = leftFree.map { a[$0] }.reduce(1, *)
    let n = rightFree.map { b[$0] }.reduce(1, *)
    let k = dimensions.leftContracting.map { a[$0] }.reduce(1, *)

    let left = try matrix(
      entry.inputs[0], dimensions.leftBatch, leftFree, dimensions.leftContracting, rows: m, columns: k, entry)
    let right = try matrix(
      entry.inputs[1], dimensions.rightBatch, dimensions.rightContracting, rightFree, rows: k, columns: n, entry)
    if m == 1, batch.isEmpty, absorbed.isEmpty, try lowerRow(node, left, right, rows: k, columns: n) { return }
    let last = absorbed.last ?? node
    let (bias, function) = postOperations.parts(of: absorbed, by: node)
    if try lowerSmallProduct(node, left, right, bias: bias, function: function, into: last) { return }
    let (source, weights) = (try left.descriptor(), try right.descriptor())
    let result = allocate(Value(node: last))
    let resultDescriptor = try MemoryDescriptor(type.dtype, batch + [m, n])
    var arguments: [(role: Int32, location: Location, descriptor: MemoryDescriptor)] = [
      (Role.source, left.location, source), (Role.weights, right.location, weights),
      (Role.destination, result, resultDescriptor),
    ]
    var biasDescriptor: MemoryDescriptor?
    if let bias {
      let descriptor = try MemoryDescriptor(type.dtype, [Int](repeating: 1, count: batch.count + 1) + [n])
      biasDescriptor = descriptor
      arguments.append((Role.bias, try location(bias), descriptor))
    }
    let engine = try Engine.shared()
    let primitive = try Primitive("dot", postOperations: try function.map(PostOperations.init)) {
      description, attributes in
      dnnl_matmul_primitive_desc_create(
        description, engine.handle, source.handle, weights.handle, biasDescriptor?.handle, resultDescriptor.handle,
        attributes)
    }
    let names = ([node] + absorbed).map { graph.nodes[$0].op.name }
    builder.emit(
      primitive,
      names.joined(separator: "+") + " \(batch.isEmpty ? "" : "\(batch)×")\(m)×\(k)×\(n) \(primitive.implementation)",
      scope: entry.scope, arguments)
  }

  /// One row times a matrix is bound by memory: kernels that read the matrix once, in order, beat a matrix product.
  private func lowerRow(_ node: Int, _ left: MatrixOperand, _ right: MatrixOperand, rows: Int, columns: Int) throws
    -> Bool
  {
    guard graph.nodes[node].types[0].dtype == .float32, rows * columns >= 4096, left.columnStride == 1 else {
      return false
    }
    let scope = graph.nodes[node].scope
    let (k, n) = (Int64(rows), Int64(columns))
    let (x, w) = (builder.slot(left.location), builder.slot(right.location))
    if right.strides == [columns, 1] {
      let result = allocate(Value(node: node))
      let partials = builder.temporary(byteCount: Int(ck_vector_matrix_scratch(k, n)))
      let (y, scratch) = (builder.slot(result), builder.slot(partials))
      let touched = [left.location, right.location, result, partials]
      builder.emit("dot 1×\(rows)×\(columns)", scope: scope, touching: touched) { frame in
        ck_vector_matrix(frame[y].float, frame[x].float, frame[w].float, k, n, frame[scratch].float)
      }
      return true
    }
    guard right.strides == [1, rows] else { return false }
    let result = allocate(Value(node: node))
    let y = builder.slot(result)
    builder.emit("dot 1×\(rows)×\(columns)", scope: scope, touching: [left.location, right.location, result]) { frame in
      ck_matrix_vector(frame[y].float, frame[w].float, frame[x].float, n, k)
    }
    return true
  }

  /// An operand as `batch… × rows × columns`: its own memory where strides can say it, else a copy.
  private func matrix(
    _ value: Value, _ batch: [Int], _ rowAxes: [Int], _ columnAxes: [Int], rows: Int, columns: Int, _ entry: Node
  ) throws -> MatrixOperand {
    let type = values.type(value)
    var source = value
    var view = StridedView(type.shape)
    let root = values.root(value)
    if case .transpose(let permutation) = graph.nodes[root.node].op {
      // Read through the transposition where its result has not been reshaped since.
      let input = graph.nodes[root.node].inputs[0]
      let transposed = StridedView(values.type(input).shape).permuted(permutation)
      if let reshaped = transposed.reshaped(type.shape.dimensions) {
        view = reshaped
        source = input
      } else {
        return try copied(
          input, transposed, type, batch + rowAxes + columnAxes, batch.map { type.shape[$0] } + [rows, columns], entry)
      }
    }
    let rowStride = view.stride(of: rowAxes)
    let columnStride = view.stride(of: columnAxes)
    if let rowStride, let columnStride,
      rowStride == 1 || columnStride == 1 || rows == 1 || columns == 1
    {
      let extents = batch.map { view.extents[$0] } + [rows, columns]
      var strides = batch.map { view.strides[$0] } + [rowStride, columnStride]
      // A matrix of one row or column may claim any stride along it; a dense one suits every implementation.
      if rows == 1, columnStride == 1 { strides[strides.count - 2] = columns }
      if columns == 1, rowStride == 1 { strides[strides.count - 1] = rows }
      if columns == 1, rowStride != 1 { strides[strides.count - 1] = 1 }
      if rows == 1, columnStride != 1 { strides[strides.count - 2] = 1 }
      return MatrixOperand(location: try location(source), dtype: type.dtype, extents: extents, strides: strides)
    }
    return try copied(
      source, view, type, batch + rowAxes + columnAxes, batch.map { type.shape[$0] } + [rows, columns], entry)
  }

  private func copied(
    _ source: Value, _ view: StridedView, _ type: TensorType, _ order: [Int], _ extents: [Int], _ entry: Node
  ) throws -> MatrixOperand {
    let temporary = builder.temporary(byteCount: type.byteCount)
    var reading = view
    if view.extents != type.shape.dimensions {
      // Reshaped after a transposition that strides cannot express: undo the transposition first.
      let dense = builder.temporary(byteCount: type.byteCount)
      try copyView(try location(source), view, to: dense, type.dtype, name: "transpose", scope: entry.scope)
      reading = StridedView(type.shape)
      try copyView(dense, reading.permuted(order), to: temporary, type.dtype, name: "transpose", scope: entry.scope)
    } else {
      try copyView(
        try location(source), reading.permuted(order), to: temporary, type.dtype, name: "transpose",
        scope: entry.scope)
    }
    return MatrixOperand(
      location: temporary, dtype: type.dtype, extents: extents, strides: Shape(extents).strides)
  }
}

extension StridedView {
  /// The one stride of several axes taken together, if there is one.
  func stride(of axes: [Int]) -> Int? {
    var result: Int?
    var expected = 0
    for axis in axes.reversed() where extents[axis] != 1 {
      if result == nil {
        result = strides[axis]
      } else if strides[axis] != expected {
        return nil
      }
      expected = strides[axis] * extents[axis]
    }
    return result ?? 1
  }

  /// The same elements in the same order under other extents, if strides can say it.
  func reshaped(_ dimensions: [Int]) -> StridedView? {
    if dimensions == extents { return self }
    let merged = collapsed
    var strides = [Int](repeating: 0, count: dimensions.count)
    var axis = merged.extents.count - 1
    var rest = axis >= 0 ? merged.extents[axis] : 1
    var stride = axis >= 0 ? merged.strides[axis] : 0
    for index in dimensions.indices.reversed() where dimensions[index] != 1 {
      if rest == 1 {
        axis -= 1
        guard axis >= 0 else { return nil }
        rest = merged.extents[axis]
        stride = merged.strides[axis]
      }
      guard rest % dimensions[index] == 0 else { return nil }
      strides[index] = stride
      stride *= dimensions[index]
      rest /= dimensions[index]
    }
    return StridedView(extents: dimensions, strides: strides)
  }
}
