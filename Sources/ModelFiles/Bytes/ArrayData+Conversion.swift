extension ArrayData {
  /// The elements as `Float`, rounded to nearest where the stored type is wider.
  public func floats() throws(ModelFileError) -> [Float] {
    try [Float](unsafeCount: count) { buffer throws(ModelFileError) in try copyFloats(into: buffer) }
  }

  /// Writes the elements as `Float` into `destination`, which must hold ``count`` elements.
  ///
  /// For float32 this is one copy from the file; other types are converted in small pieces.
  public func copyFloats(into destination: UnsafeMutableBufferPointer<Float>) throws(ModelFileError) {
    guard destination.count == count else {
      throw bytes.context.error(
        .mismatch, expected: "a destination of \(count) elements", found: "one of \(destination.count)")
    }
    switch elementType {
    case .float32: try copyBytes(into: UnsafeMutableRawBufferPointer(destination))
    case .float64: try convert(Double.self, into: destination) { Float($0) }
    case .float16: try convert(UInt16.self, into: destination, HalfPrecision.float(fromBinary16:))
    case .bfloat16: try convert(UInt16.self, into: destination, HalfPrecision.float(fromBfloat16:))
    case .int8: try convert(Int8.self, into: destination) { Float($0) }
    case .int16: try convert(Int16.self, into: destination) { Float($0) }
    case .int32: try convert(Int32.self, into: destination) { Float($0) }
    case .int64: try convert(Int64.self, into: destination) { Float($0) }
    case .uint8: try convert(UInt8.self, into: destination) { Float($0) }
    case .uint16: try convert(UInt16.self, into: destination) { Float($0) }
    case .uint32: try convert(UInt32.self, into: destination) { Float($0) }
    case .uint64: try convert(UInt64.self, into: destination) { Float($0) }
    case .bool: try convert(UInt8.self, into: destination) { $0 == 0 ? 0 : 1 }
    case .string: throw notNumeric
    }
  }

  /// The elements as `Double`; 64-bit integers beyond 2⁵³ are rounded to nearest.
  public func doubles() throws(ModelFileError) -> [Double] {
    switch elementType {
    case .float64: try converted(Double.self) { $0 }
    case .float32: try converted(Float.self) { Double($0) }
    case .float16, .bfloat16: try floats().map { Double($0) }
    case .uint64: try converted(UInt64.self) { Double($0) }
    default: try integers().map { Double($0) }
    }
  }

  /// The elements as `Int64`. Floating-point elements must be whole numbers in range.
  ///
  /// - Throws: ``ModelFileError`` of kind `.mismatch` for an element that is no such number.
  public func integers() throws(ModelFileError) -> [Int64] {
    switch elementType {
    case .int8: return try converted(Int8.self) { Int64($0) }
    case .int16: return try converted(Int16.self) { Int64($0) }
    case .int32: return try converted(Int32.self) { Int64($0) }
    case .int64: return try converted(Int64.self) { $0 }
    case .uint8: return try converted(UInt8.self) { Int64($0) }
    case .uint16: return try converted(UInt16.self) { Int64($0) }
    case .uint32: return try converted(UInt32.self) { Int64($0) }
    case .bool: return try converted(UInt8.self) { $0 == 0 ? 0 : 1 }
    case .uint64: return try whole(converted(UInt64.self) { $0 }, Int64.init(exactly:))
    case .float16, .bfloat16, .float32, .float64: return try whole(doubles(), Int64.init(exactly:))
    case .string: throw notNumeric
    }
  }

  /// The elements as truth values; anything but zero is true.
  public func bools() throws(ModelFileError) -> [Bool] {
    elementType == .bool ? try converted(UInt8.self) { $0 != 0 } : try doubles().map { $0 != 0 }
  }

  private var notNumeric: ModelFileError {
    bytes.context.error(.mismatch, expected: "numbers", found: elementType.rawValue)
  }

  private func converted<Stored: BitwiseCopyable, Value: BitwiseCopyable>(
    _ type: Stored.Type, _ transform: (Stored) -> Value
  ) throws(ModelFileError) -> [Value] {
    try [Value](unsafeCount: count) { buffer throws(ModelFileError) in
      try convert(type, into: buffer, transform)
    }
  }

  private func convert<Stored: BitwiseCopyable, Value: BitwiseCopyable>(
    _ type: Stored.Type, into destination: UnsafeMutableBufferPointer<Value>, _ transform: (Stored) -> Value
  ) throws(ModelFileError) {
    let size = MemoryLayout<Stored>.size
    var next = 0
    try bytes.forEachPiece(ofAtMost: 1 << 20) { piece throws(ModelFileError) in
      for offset in stride(from: 0, to: piece.count, by: size) {
        destination.initializeElement(
          at: next, to: transform(piece.loadUnaligned(fromByteOffset: offset, as: Stored.self)))
        next += 1
      }
    }
  }

  private func whole<Stored>(
    _ values: [Stored], _ exactly: (Stored) -> Int64?
  ) throws(ModelFileError) -> [Int64] {
    var result: [Int64] = []
    result.reserveCapacity(values.count)
    for value in values {
      guard let integer = exactly(value) else {
        throw bytes.context.error(.mismatch, expected: "whole numbers of 64 bits", found: "\(value)")
      }
      result.append(integer)
    }
    return result
  }
}
