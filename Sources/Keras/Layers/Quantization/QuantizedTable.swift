import Graph

/// An embedding's table in whole numbers of few bits: a scale for each row, or a scale and a zero for each block of a row.
struct QuantizedTable: Sendable {
  private let mode: QuantizationMode
  private let extents: (rows: Int, columns: Int)
  let values: Variable
  private let scale: Variable
  private let zero: Variable?
  /// The block of each column.
  private let blocks: Variable?

  var variables: [Variable] { [values, scale, zero, blocks].compactMap { $0 } }

  init?(_ mode: QuantizationMode?, rows: Int, columns: Int, in layer: Layer) throws {
    guard let mode else { return nil }
    self.mode = mode
    extents = (rows, columns)
    func add(_ name: String, _ shape: [Int], _ initializer: any Initializer, _ dtype: DType?) throws -> Variable {
      try layer.addWeight(name, shape: shape, initializer: initializer, dtype: dtype, trainable: false)
    }
    guard case .int4(let size) = mode else {
      values = try add("embeddings", [rows, columns], .zeros, .int8)
      scale = try add("embeddings_scale", [rows], .ones, nil)
      (zero, blocks) = (nil, nil)
      return
    }
    values = try add("embeddings", [rows, (columns + 1) / 2], .zeros, .int8)
    let shape = size.map { [rows, (columns + $0 - 1) / $0] } ?? [rows]
    scale = try add("embeddings_scale", shape, .ones, nil)
    zero = size == nil ? nil : try add("embeddings_zero", shape, .zeros, .int8)
    blocks = size == nil ? nil : try add("g_idx", [columns], .zeros, .float32)
    if let size {
      let numbers = (0..<columns).map { Double($0 / size) }
      try blocks?.assign(Tensor(numbers, shape: [columns], dtype: .float32))
    }
  }

  /// The rows of these indices.
  func rows(_ indices: Tensor, _ context: CallContext) -> Tensor {
    numbers(
      context.stored(values).take(indices, axis: 0), context[scale].take(indices, axis: 0),
      zero.map { context.stored($0).take(indices, axis: 0) }, blocks.map(context.stored))
  }

  /// All rows.
  func table(_ context: CallContext) -> Tensor {
    numbers(context.stored(values), context[scale], zero.map(context.stored), blocks.map(context.stored))
  }

  private func numbers(_ packed: Tensor, _ scale: Tensor, _ zero: Tensor?, _ blocks: Tensor?) -> Tensor {
    var whole = packed.asType(scale.dtype)
    if case .int4 = mode {
      whole = PackedIntegers.unpacked(packed, axis: -1, count: extents.columns, signed: true).asType(scale.dtype)
    }
    guard let zero, let blocks else { return whole / scale.expandDims(-1) }
    let block = blocks.asType(.int32)
    return (whole - zero.asType(scale.dtype).take(block, axis: -1)) * scale.take(block, axis: -1)
  }

  /// The table with an addition, quantized anew, by variable.
  func requantized(adding addition: Tensor) -> [(variable: Variable, value: Tensor)] {
    let table = numbers(values.value, scale.value, zero?.value, blocks?.value) + addition
    guard case .int4(let size) = mode else {
      let result = AbsMaxQuantizer()(table, axes: [-1])
      return [(values, result.values.asType(.int8)), (scale, result.scale.squeeze(-1))]
    }
    guard let size, let zero else {
      let result = AbsMaxQuantizer.int4(table, axes: [-1])
      return [(values, PackedIntegers.packed(result.values, axis: 1)), (scale, result.scale.squeeze(-1))]
    }
    let result = BlockQuantizer(size: size)(table.transpose([1, 0]))
    return [
      (values, PackedIntegers.packed(result.values.transpose([1, 0]), axis: 1)),
      (scale, result.scale.transpose([1, 0])),
      (zero, result.zero.transpose([1, 0]).asType(.int8)),
    ]
  }
}

/// The projection back of a `ReversibleEmbedding` that has weights of its own for it, quantized: `[columns, rows]`.
struct QuantizedProjection: Sendable {
  private let mode: QuantizationMode
  private let columns: Int
  private let values: Variable
  private let scale: Variable
  private let zero: Variable?

  var variables: [Variable] { [values, scale, zero].compactMap { $0 } }

  init(_ mode: QuantizationMode, rows: Int, columns: Int, in layer: Layer) throws {
    self.mode = mode
    self.columns = columns
    func add(_ name: String, _ shape: [Int], _ initializer: any Initializer, _ dtype: DType?) throws -> Variable {
      try layer.addWeight(name, shape: shape, initializer: initializer, dtype: dtype, trainable: false)
    }
    var (height, shape, isBlocked) = (columns, [rows], false)
    if case .int4(let size) = mode {
      height = (columns + 1) / 2
      isBlocked = size != nil
      if let size { shape = [(columns + size - 1) / size, rows] }
    }
    values = try add("reverse_embeddings", [height, rows], .zeros, .int8)
    scale = try add("reverse_embeddings_scale", shape, .ones, nil)
    zero = isBlocked ? try add("reverse_embeddings_zero", shape, .zeros, nil) : nil
  }

  /// The numbers that the weights stand for.
  func kernel(_ context: CallContext) -> Tensor {
    let scale = context[scale]
    let stored = context.stored(values)
    guard case .int4(let size) = mode else { return stored.asType(scale.dtype) / scale }
    let whole = PackedIntegers.unpacked(stored, axis: 0, count: columns, signed: true).asType(scale.dtype)
    guard let size, let zero else { return whole / scale }
    let block = Tensor((0..<columns).map { Double($0 / size) }, shape: [columns], dtype: .int32)
    return (whole - context[zero].take(block, axis: 0)) * scale.take(block, axis: 0)
  }
}
