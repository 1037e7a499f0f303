/// A value in the interpreter: its elements, row-major, widened to `Double` or `Int64`.
struct DenseTensor {
  let type: TensorType
  let elements: Elements

  /// `bool` is 0 or 1; `uint64` keeps its bits.
  enum Elements {
    case floats([Double])
    case integers([Int64])
  }

  var dtype: DType { type.dtype }
  var shape: Shape { type.shape }
  var count: Int { shape.elementCount }

  /// Rounds to the element type.
  init(_ type: TensorType, _ floats: [Double]) {
    self.type = type
    elements = .floats(floats.map(type.dtype.rounded))
  }

  /// Wraps around to the element type.
  init(_ type: TensorType, _ integers: [Int64]) {
    self.type = type
    elements = .integers(integers.map(type.dtype.wrapped))
  }

  /// Elements that are known to be of the type.
  private init(_ type: TensorType, exactly elements: Elements) {
    self.type = type
    self.elements = elements
  }

  /// The elements as numbers, whatever their type.
  var floats: [Double] {
    switch elements {
    case .floats(let values): values
    case .integers(let values):
      dtype == .uint64 ? values.map { Double(UInt64(bitPattern: $0)) } : values.map { Double($0) }
    }
  }

  /// The elements of an integer or `bool` value; those of a float value truncate.
  var integers: [Int64] {
    switch elements {
    case .floats(let values): values.map(DType.int64.saturated)
    case .integers(let values): values
    }
  }

  /// The elements at these places; `nil` takes `padding`'s only element.
  func taking(_ places: [Int?], as shape: Shape, padding: DenseTensor? = nil) -> DenseTensor {
    let type = TensorType(dtype, shape)
    switch elements {
    case .floats(let values):
      let fill = padding?.floats.first ?? 0
      return DenseTensor(type, exactly: .floats(places.map { $0.map { values[$0] } ?? fill }))
    case .integers(let values):
      let fill = padding?.integers.first ?? 0
      return DenseTensor(type, exactly: .integers(places.map { $0.map { values[$0] } ?? fill }))
    }
  }

  /// The same elements in another shape.
  func reshaped(_ shape: Shape) -> DenseTensor { DenseTensor(TensorType(dtype, shape), exactly: elements) }

  /// Joins along the first axis.
  static func concatenated(_ parts: [DenseTensor], type: TensorType) -> DenseTensor {
    type.dtype.isFloatingPoint
      ? DenseTensor(type, exactly: .floats(parts.flatMap(\.floats)))
      : DenseTensor(type, exactly: .integers(parts.flatMap(\.integers)))
  }

  static func zeros(_ type: TensorType) -> DenseTensor {
    let count = type.shape.elementCount
    return type.dtype.isFloatingPoint
      ? DenseTensor(type, [Double](repeating: 0, count: count)) : DenseTensor(type, [Int64](repeating: 0, count: count))
  }
}

// MARK: Bytes

extension DenseTensor {
  init(_ buffer: Buffer) { self.init(buffer.type, bytes: buffer.bytes) }

  init(_ type: TensorType, bytes: UnsafeRawBufferPointer) {
    let places = 0..<type.shape.elementCount
    func load<T>(_: T.Type) -> (Int) -> T {
      { bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<T>.stride, as: T.self) }
    }
    func integers<T: FixedWidthInteger>(_ element: T.Type) -> Elements {
      .integers(places.map { Int64(truncatingIfNeeded: load(element)($0)) })
    }
    let elements: Elements =
      switch type.dtype {
      case .bool, .uint8: integers(UInt8.self)
      case .int8: integers(Int8.self)
      case .int16: integers(Int16.self)
      case .int32: integers(Int32.self)
      case .int64: integers(Int64.self)
      case .uint16: integers(UInt16.self)
      case .uint32: integers(UInt32.self)
      case .uint64: integers(UInt64.self)
      case .float16: .floats(places.map { Double(HalfPrecision.float(float16: load(UInt16.self)($0))) })
      case .bfloat16: .floats(places.map { Double(HalfPrecision.float(bfloat16: load(UInt16.self)($0))) })
      case .float32: .floats(places.map { Double(load(Float.self)($0)) })
      case .float64: .floats(places.map(load(Double.self)))
      }
    self.init(type, exactly: elements)
  }

  /// Row-major bytes in the machine's order.
  var bytes: [UInt8] {
    switch elements {
    case .floats(let values): values.flatMap(dtype.encode)
    case .integers(let values):
      values.flatMap { value in withUnsafeBytes(of: value.littleEndian) { Array($0.prefix(dtype.byteCount)) } }
    }
  }

  func store(into buffer: Buffer) { buffer.mutableBytes.copyBytes(from: bytes) }

  func makeBuffer() -> Buffer {
    let buffer = Buffer(type)
    store(into: buffer)
    return buffer
  }
}
