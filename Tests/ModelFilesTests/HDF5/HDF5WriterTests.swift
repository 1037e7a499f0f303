import Testing

@testable import ModelFiles

@Suite struct HDF5WriterTests {
  /// Contents of every kind, also written by the script that checks them with h5py.
  static func sample() throws -> HDF5Writer {
    let writer = HDF5Writer()
    let root = writer.root
    try root.setAttribute("text", .string("Grüße"))
    try root.setAttribute("empty_text", .string(""))
    try root.setAttribute("config", .string(String(repeating: "{\"long\": true}", count: 20_000)))
    try root.setAttribute("names", .strings(["kernel:0", "bias:0", "é"]))
    try root.setAttribute("no_names", .strings([]))
    try root.setAttribute("integer", .array(ArrayData([42] as [Int64], shape: [])))
    try root.setAttribute("floats", .array(ArrayData([1.5, 2.5] as [Float], shape: [2])))
    try root.setAttribute("nothing", .null)
    try root.setChunkedStrings("layer_names", (0..<3000).map { "layer_with_a_long_name_\($0)" })
    let types = try root.addGroup("types")
    for type in ElementType.allCases where type != .string {
      let bytes = [UInt8](repeating: 1, count: 6 * type.byteCount)
      try types.addDataset(
        type.rawValue, ArrayData(elementType: type, shape: [2, 3], bytes: ByteSource(bytes)))
    }
    try types.addDataset("scalar", ArrayData([2.5] as [Float], shape: []))
    try types.addDataset("empty", ArrayData([] as [Float], shape: [0, 3]))
    let many = try root.addGroup("many")
    for index in 0..<2000 {
      let dataset = try many.addDataset("\(index)", ArrayData([Int32(index)], shape: [1]))
      try dataset.setAttribute("index", .array(ArrayData([Int64(index)], shape: [])))
    }
    try root.group(at: "a/b/c").addDataset("d", ArrayData([Float](repeating: 3, count: 1000), shape: [10, 100]))
    try root.addGroup("void")
    return writer
  }

  static func write(_ writer: HDF5Writer) throws -> [UInt8] {
    let image = try writer.image()
    let sink = MemorySink()
    try image.write(to: sink)
    #expect(sink.bytes.count == image.byteCount)
    return sink.bytes
  }

  @Test func roundTrip() throws {
    let root = try HDF5File(ByteSource(HDF5WriterTests.write(HDF5WriterTests.sample()))).root
    #expect(root.names == ["a", "many", "types", "void"])
    #expect(try root.attribute("text") == .string("Grüße"))
    #expect(try root.attribute("empty_text") == .string(""))
    #expect(try root.attribute("config")?.string?.utf8.count == 280_000)
    #expect(try root.attribute("names") == .strings(["kernel:0", "bias:0", "é"]))
    #expect(try root.attribute("no_names") == .strings([]))
    #expect(try root.attribute("integer")?.int == 42)
    #expect(try root.attribute("floats") == .array(ArrayData([1.5, 2.5] as [Float], shape: [2])))
    #expect(try root.attribute("nothing") == .null)
    #expect(try root.attribute("layer_names") == nil)
    #expect(try root.chunkedStrings("layer_names") == (0..<3000).map { "layer_with_a_long_name_\($0)" })
    let types = try root.group("types")
    for type in ElementType.allCases where type != .string {
      let array = try types.dataset(type.rawValue).read()
      #expect(array.elementType == type)
      #expect(array.shape == [2, 3])
      #expect(try array.bytes.bytes().allSatisfy { $0 == 1 })
    }
    #expect(try types.dataset("bfloat16").attribute("dtype") == .string("bfloat16"))
    #expect(try types.dataset("scalar").read() == ArrayData([2.5] as [Float], shape: []))
    #expect(try types.dataset("empty").read() == ArrayData([] as [Float], shape: [0, 3]))
    let many = try root.group("many")
    #expect(many.names == (0..<2000).map { "\($0)" }.sorted())
    for index in [0, 7, 8, 255, 256, 1999] {
      #expect(try many.dataset("\(index)").read().integers() == [Int64(index)])
      #expect(try many.dataset("\(index)").attribute("index")?.int == index)
    }
    #expect(try root.dataset("a/b/c/d").read().floats() == [Float](repeating: 3, count: 1000))
    #expect(try root.group("void").names == [])
  }

  @Test func equalContentsGiveEqualBytes() throws {
    #expect(try HDF5WriterTests.write(HDF5WriterTests.sample()) == HDF5WriterTests.write(HDF5WriterTests.sample()))
  }

  @Test func dataIsAligned() throws {
    for block in try HDF5WriterTests.sample().image().blocks {
      #expect(block.address % 64 == 0)
    }
  }

  @Test func badDescriptionsAreErrors() throws {
    let root = HDF5Writer().root
    try root.addGroup("a")
    expectError(.invalidArgument) { try root.addGroup("a") }
    expectError(.invalidArgument) { try root.addGroup("a/b") }
    expectError(.invalidArgument) { try root.addGroup("") }
    expectError(.invalidArgument) { try root.addGroup(".") }
    expectError(.invalidArgument) { try root.addGroup("x\0") }
    expectError(.invalidArgument) { try root.setAttribute("", .null) }
    expectError(.invalidArgument) {
      try root.setAttribute("x", .strings([String](repeating: String(repeating: "n", count: 100), count: 700)))
    }
    expectError(.invalidArgument) { try root.addDataset("x", elementType: .float32, shape: [-1]) { _ in } }
    expectError(.invalidArgument) { try root.addDataset("x", elementType: .float32, shape: [.max, 2]) { _ in } }
    expectError(.invalidArgument) { try root.addDataset("x", elementType: .string, shape: [1]) { _ in } }
  }

  @Test func contentsMustFillTheShape() throws {
    let writer = HDF5Writer()
    try writer.root.addDataset("x", elementType: .float32, shape: [2]) { sink throws(ModelFileError) in
      try sink.write([1, 2, 3])
    }
    expectError(.invalidArgument) { try writer.image().write(to: MemorySink()) }
  }

  @Test func splitsNamesAsKerasDoes() throws {
    let root = HDF5Writer().root
    // 64,512 bytes hold 645 names of 100 bytes; 1291 names need three parts, the first of which is one longer.
    try root.setChunkedStrings("n", [String](repeating: String(repeating: "n", count: 100), count: 1291))
    let counts = root.attributes.map { $0.value.strings?.count }
    #expect(root.attributes.map(\.name) == ["n0", "n1", "n2"])
    #expect(counts == [431, 430, 430])
  }
}
