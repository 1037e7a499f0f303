import Testing

@testable import ModelFiles

@Suite struct NumPyTests {
  @Test(arguments: [
    ("f2", ElementType.float16), ("f4", .float32), ("f8", .float64), ("i1", .int8), ("i2", .int16), ("i4", .int32),
    ("i8", .int64), ("u1", .uint8), ("u2", .uint16), ("u4", .uint32), ("u8", .uint64), ("big", .float32),
  ])
  func numbers(_ name: String, _ type: ElementType) throws {
    let file = try NPYFile(Fixture.source(name + ".npy"))
    #expect(file.elementType == type)
    #expect(file.shape == [2, 3])
    #expect(try file.read().integers() == [0, 1, 2, 3, 4, 5])
  }

  @Test func shapesAndVersions() throws {
    #expect(try NPYFile(Fixture.source("bool.npy")).read().bools() == [false, true, true, true, true, true])
    #expect(try NPYFile(Fixture.source("scalar.npy")).read() == ArrayData([2.5] as [Double], shape: []))
    #expect(try NPYFile(Fixture.source("empty.npy")).read() == ArrayData([] as [Float], shape: [0, 3]))
    let fortran = try NPYFile(Fixture.source("fortran.npy")).read()
    #expect(fortran.shape == [2, 3, 4])
    #expect(try fortran.integers() == (0..<24).map { Int64($0) })
    for name in ["version2.npy", "version3.npy"] {
      #expect(try NPYFile(Fixture.source(name)).read().floats() == [0, 1, 2])
    }
  }

  @Test func text() throws {
    #expect(try NPYFile(Fixture.source("strings.npy")).readStrings() == ["alpha", "β"])
    #expect(try NPYFile(Fixture.source("bytes.npy")).readStrings() == ["ab", "cde"])
    expectError(.mismatch) { _ = try NPYFile(Fixture.source("strings.npy")).read() }
    expectError(.mismatch) { _ = try NPYFile(Fixture.source("f4.npy")).readStrings() }
  }

  @Test func whatIsNotRead() {
    expectError(.refused) { _ = try NPYFile(Fixture.source("object.npy")) }
    expectError(.unsupported) { _ = try NPYFile(Fixture.source("complex.npy")) }
    expectError(.unsupported) { _ = try NPYFile(Fixture.source("structured.npy")) }
  }

  private func file(_ header: String, data: Int = 0) -> ByteSource {
    var bytes = ByteBuilder()
    bytes.append(NPYFile.magic)
    bytes.append([1, 0])
    bytes.append(UInt16(header.utf8.count))
    bytes.append(header.utf8)
    bytes.appendZeros(data)
    return ByteSource(bytes.bytes)
  }

  @Test func headersAreParsedStrictly() throws {
    let good = "{\"shape\": (3,), 'fortran_order': False, 'descr': '<f4'}\n"
    #expect(try NPYFile(file(good, data: 12)).shape == [3])
    let bad = [
      "", "{}", "{'descr': '<f4', 'fortran_order': False}", "{'descr': '<f4', 'fortran_order': 0, 'shape': (3,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (-3,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), 'x': 1}",
      "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (3,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (3,)} + 1",
      "{'descr': __import__('os'), 'fortran_order': False, 'shape': (3,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9223372036854775807)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (4,)}",
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
    ]
    for header in bad {
      expectError(.malformed) { _ = try NPYFile(file(header, data: 12)) }
    }
    expectError(.malformed) { _ = try NPYFile(ByteSource(Array("not a NumPy file".utf8))) }
  }

  @Test func archives() throws {
    let file = try NPZFile(Fixture.source("arrays.npz"))
    #expect(file.names == ["x", "y"])
    #expect(try file.array("x") == ArrayData([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3]))
    #expect(try file.array("y").integers() == [1, 2])
    expectError(.missing) { _ = try file.array("z") }
    let compressed = try NPZFile(Fixture.source("compressed.npz"))
    #expect(try compressed.array("x") == ArrayData([Float](repeating: 0, count: 1000), shape: [100, 10]))
    #expect(try compressed.array("y").integers() == [0, 1, 2, 3, 4])
    let small = try NPZFile(Fixture.source("compressed.npz"), budget: AllocationBudget(limit: 1000))
    expectError(.limitExceeded) { _ = try small.array("x") }
  }

  @Test func roundTrip() throws {
    let sink = MemorySink()
    let writer = NPZWriter(sink)
    let shapes: [[Int]] = [[], [1], [0], [2, 3], [2, 1, 3, 2]]
    for type in ElementType.allCases where type != .string && type != .bfloat16 {
      for shape in shapes {
        let bytes = [UInt8](repeating: 1, count: try #require(type.byteCount(shape: shape)))
        let array = try ArrayData(elementType: type, shape: shape, bytes: ByteSource(bytes))
        try writer.add("\(type)\(shape.count)\(shape.first ?? 9)", array)
      }
    }
    expectError(.invalidArgument) {
      try writer.add("b", ArrayData(elementType: .bfloat16, shape: [0], bytes: ByteSource([])))
    }
    try writer.finish()
    let file = try NPZFile(ByteSource(sink.bytes))
    #expect(file.names.count == 12 * shapes.count)
    for type in ElementType.allCases where type != .string && type != .bfloat16 {
      for shape in shapes {
        let array = try file.array("\(type)\(shape.count)\(shape.first ?? 9)")
        #expect(array.elementType == type && array.shape == shape)
        #expect(try array.bytes.bytes().allSatisfy { $0 == 1 })
      }
    }
  }
}
