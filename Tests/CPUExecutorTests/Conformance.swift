import CPUExecutor
import Graph
import Testing

/// Buffers with random contents that suit an element type, the same for the same seed.
struct RandomBuffers {
  private var generator: Philox
  private var counter: UInt64 = 0

  init(seed: UInt32) { generator = Philox(key: (seed, 7)) }

  mutating func word() -> UInt32 {
    counter += 1
    return generator.word(counter)
  }

  /// In [0, 1).
  mutating func unit() -> Double { Double(word() >> 8) * 0x1p-24 }

  mutating func buffer(_ type: TensorType, _ range: ClosedRange<Double> = -2...2) -> Buffer {
    let buffer = Buffer(type)
    for index in 0..<type.shape.elementCount {
      var value = range.lowerBound + unit() * (range.upperBound - range.lowerBound)
      if !type.dtype.isFloatingPoint { value *= type.dtype == .bool ? 1 : 20 }
      if type.dtype == .bool { value = unit() < 0.5 ? 0 : 1 }
      if type.dtype.isUnsignedInteger { value = abs(value) }
      let bytes = type.dtype.encode(value)
      for (offset, byte) in bytes.enumerated() {
        buffer.mutableBytes[index * bytes.count + offset] = byte
      }
    }
    return buffer
  }
}

/// How far results may be from the reference: `absolute · max(1, largest |reference|) + relative · |reference|`.
struct Tolerance {
  var absolute: Double
  var relative: Double

  static let exact = Tolerance(absolute: 0, relative: 0)
  static let strict = Tolerance(absolute: 1e-7, relative: 1e-6)
  static let balanced = Tolerance(absolute: 1e-5, relative: 1e-5)
  static let half = Tolerance(absolute: 2e-2, relative: 2e-2)
}

extension Buffer {
  /// The elements as numbers.
  var numbers: [Double] {
    func elements<T>(_: T.Type, _ number: (T) -> Double) -> [Double] {
      (0..<type.shape.elementCount).map { number(pointer.load(fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)) }
    }
    switch type.dtype {
    case .bool, .uint8: return elements(UInt8.self) { Double($0) }
    case .int8: return elements(Int8.self) { Double($0) }
    case .int16: return elements(Int16.self) { Double($0) }
    case .int32: return elements(Int32.self) { Double($0) }
    case .int64: return elements(Int64.self) { Double($0) }
    case .uint16: return elements(UInt16.self) { Double($0) }
    case .uint32: return elements(UInt32.self) { Double($0) }
    case .uint64: return elements(UInt64.self) { Double($0) }
    case .float16: return elements(UInt16.self) { Double(HalfPrecision.float(float16: $0)) }
    case .bfloat16: return elements(UInt16.self) { Double(HalfPrecision.float(bfloat16: $0)) }
    case .float32: return elements(Float.self) { Double($0) }
    case .float64: return elements(Double.self) { $0 }
    }
  }
}

/// The first element that is too far from the reference, in words.
func difference(_ actual: Buffer, _ reference: Buffer, _ tolerance: Tolerance) -> String? {
  let scale = reference.numbers.reduce(1) { $1.isFinite ? max($0, abs($1)) : $0 }
  for (index, (a, r)) in zip(actual.numbers, reference.numbers).enumerated() {
    if a == r || (a.isNaN && r.isNaN) { continue }
    if !(abs(a - r) <= tolerance.absolute * scale + tolerance.relative * abs(r)) {
      return "element \(index) of \(actual.type) is \(a), not \(r)"
    }
  }
  return nil
}

/// Runs a graph here and in the interpreter on copies of the same arguments and compares outputs and arguments.
func expectConforms(
  _ graph: Graph, _ arguments: [Buffer], _ tolerance: Tolerance = .strict, comment: String = "",
  executor: CPUExecutor = CPUExecutor(), sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let (ours, theirs) = (arguments.map { $0.copy() }, arguments.map { $0.copy() })
  let executable = try executor.compile(graph)
  let reference = try Interpreter().compile(graph).run(theirs)
  for _ in 0..<2 {
    if graph.updates.isEmpty {
      let actual = try executable.run(ours)
      for (position, pair) in zip(actual, reference).enumerated() {
        if let difference = difference(pair.0, pair.1, tolerance) {
          Issue.record("\(comment) output \(position): \(difference)", sourceLocation: sourceLocation)
        }
      }
    }
  }
  if !graph.updates.isEmpty {
    let actual = try executable.run(ours)
    for (position, pair) in zip(actual + ours, reference + theirs).enumerated() {
      if let difference = difference(pair.0, pair.1, tolerance) {
        Issue.record("\(comment) output or argument \(position): \(difference)", sourceLocation: sourceLocation)
      }
    }
  }
}

/// Records a graph over parameters of these types, fills them at random, and compares with the interpreter.
func expectConforms(
  _ types: [TensorType], _ tolerance: Tolerance = .strict, range: ClosedRange<Double> = -2...2, seed: UInt32 = 1,
  comment: String = "", executor: CPUExecutor = CPUExecutor(), sourceLocation: SourceLocation = #_sourceLocation,
  _ record: ([Expression]) -> [Expression]
) throws {
  let builder = GraphBuilder()
  let graph = try builder.finish(record(types.map(builder.parameter)))
  var random = RandomBuffers(seed: seed)
  try expectConforms(
    graph, types.map { random.buffer($0, range) }, tolerance, comment: comment, executor: executor,
    sourceLocation: sourceLocation)
}
