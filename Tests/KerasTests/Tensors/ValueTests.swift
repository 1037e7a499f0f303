import Graph
import ModelFiles
import Testing

@testable import Keras

/// Numbers that go into tensors and come out of them.
@Suite struct ValueTests {
  @Test(arguments: DType.allCases)
  func smallNumbersOfEveryType(_ dtype: DType) throws {
    let tensor = Tensor([0, 1, 2] as [Float]).asType(dtype)
    let expected: [Double] = dtype == .bool ? [0, 1, 1] : [0, 1, 2]
    #expect(try tensor.scalars(as: Double.self) == expected)
    #expect(try tensor.scalars(as: UInt64.self) == expected.map { UInt64($0) })
    #expect(try tensor.scalars(as: Int8.self) == expected.map { Int8($0) })
    #expect(try tensor.scalars(as: Bool.self) == [false, true, true])
    #expect(try tensor.rows(2..<3).item() == expected[2])
    #expect(try tensor.rows(1..<2).item(as: Int32.self) == 1)
  }

  /// Beyond 2⁵³ not every integer is a `Double`.
  @Test func largeIntegersStayExact() throws {
    let signed: [Int64] = [.max, .min, (1 << 53) + 1, -(1 << 53) - 1]
    let unsigned: [UInt64] = [.max, (1 << 53) + 1, 1 << 63, 0]
    #expect(try Tensor(signed).scalars(as: Int64.self) == signed)
    #expect(try Tensor(unsigned).scalars(as: UInt64.self) == unsigned)
    #expect(try Tensor(unsigned).scalars(as: Int64.self) == [.max, (1 << 53) + 1, .max, 0])
    #expect(try Tensor(signed).scalars(as: UInt64.self) == [UInt64(Int64.max), 0, (1 << 53) + 1, 0])
    #expect(try Tensor(signed).scalars(as: Int32.self) == [.max, .min, .max, .min])
    #expect(try Tensor(signed).scalars() == signed.map { Float($0) })
    #expect(try Tensor([(1 << 53) + 1] as [UInt64]).item(as: UInt64.self) == (1 << 53) + 1)
    #expect(try Tensor([UInt64.max]).item() == 0x1p64)
  }

  /// The quotient of the least number, from which nothing can be taken away.
  @Test func quotientsOfTheLeast() throws {
    let quotients = try Tensor([Int64.min, -7, 7]).floorDivide(10).scalars(as: Int64.self)
    #expect(quotients == [-922_337_203_685_477_581, -1, 0])
    #expect(try Tensor([Int32.min, -20, 7]).floorDivide(10).scalars(as: Int32.self) == [-214_748_365, -2, 0])
    let divided = Tensor([Int32.min, 7, -7]).floorDivide(Tensor([-1, -2, -2] as [Int32]))
    #expect(try divided.scalars(as: Int32.self) == [.min, -4, 3])
  }

  private static let codes: [(code: String, dtype: DType)] = [
    ("b1", .bool), ("i1", .int8), ("i2", .int16), ("i4", .int32), ("i8", .int64), ("u1", .uint8), ("u2", .uint16),
    ("u4", .uint32), ("u8", .uint64), ("f2", .float16), ("f4", .float32), ("f8", .float64),
  ]

  /// A `.npy` file of these numbers, as NumPy writes it.
  private static func file(_ values: [Float], _ code: String, _ dtype: DType, bigEndian: Bool) throws -> ArrayData {
    let buffer = try Tensor(values).asType(dtype).buffer()
    let size = buffer.type.byteCount / values.count
    var bytes = Array(buffer.bytes)
    if bigEndian { bytes = stride(from: 0, to: bytes.count, by: size).flatMap { bytes[$0..<$0 + size].reversed() } }
    let order = size == 1 ? "|" : bigEndian ? ">" : "<"
    let header = "{'descr': '\(order)\(code)', 'fortran_order': False, 'shape': (\(values.count),), }\n"
    let prefix: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(header.utf8.count), 0]
    return try NPYFile(ByteSource(prefix + Array(header.utf8) + bytes, name: "numbers.npy")).read()
  }

  /// Inputs, targets and sample weights of every type of NumPy mean what they say, in either byte order.
  @Test(arguments: codes.map(\.code), [false, true])
  func typesOfNumPy(_ code: String, bigEndian: Bool) throws {
    let dtype = try #require(Self.codes.first { $0.code == code }?.dtype)
    func tensor(_ values: [Float]) throws -> Tensor {
      try Tensor(Self.file(values, code, dtype, bigEndian: bigEndian))
    }
    let labels: [Float] = dtype == .bool ? [0, 1, 1, 0] : [0, 1, 2, 0]
    #expect(try tensor(labels).scalars() == labels)
    let model = Sequential {
      Input(1)
      Dense(3, activation: .softmax, kernelInitializer: GlorotUniform(seed: 4))
    }
    try model.compile(loss: .sparseCategoricalCrossentropy, weightedMetrics: [.accuracy])
    let given = try model.evaluate(
      tensor(labels), tensor(labels), verbose: .silent, sampleWeight: tensor([1, 0, 1, 1]))
    let plain = Tensor(labels)
    let expected = try model.evaluate(
      plain, plain.asType(.int32), verbose: .silent, sampleWeight: Tensor([1, 0, 1, 1] as [Float]))
    #expect(given.map(\.value) == expected.map(\.value))
    let weight = try #require(model.weights.first)
    try weight.assign(tensor([1, 0, 1]).reshape([1, 3]))
    #expect(try weight.value.scalars() == [1, 0, 1])
  }
}
