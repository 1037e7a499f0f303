import Testing

@testable import ModelFiles

@Suite struct SafetensorsTests {
  @Test func fileOfTheReferenceImplementation() throws {
    let file = try SafetensorsFile(Fixture.source("weights.safetensors"))
    #expect(Set(file.names) == ["kernel", "bias", "steps", "mask", "scale"])
    #expect(file.metadata == ["format": "np", "keras": "3"])
    #expect(try file.array("kernel") == ArrayData([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3]))
    #expect(try file.array("bias").elementType == .float16)
    #expect(try file.array("bias").floats() == [0, 1, 2])
    #expect(try file.array("steps") == ArrayData([7] as [Int64], shape: []))
    #expect(try file.array("mask").bools() == [true, false])
    #expect(try file.array("scale").elementType == .bfloat16)
    #expect(try file.array("scale").floats() == [1, -2])
    expectError(.missing) { _ = try file.array("absent") }
  }

  @Test func roundTrip() throws {
    let writer = SafetensorsWriter(metadata: ["format": "keras"])
    for type in ElementType.allCases where type != .string {
      let bytes = [UInt8](repeating: 1, count: 6 * type.byteCount)
      try writer.add(type.rawValue, ArrayData(elementType: type, shape: [2, 3], bytes: ByteSource(bytes)))
    }
    try writer.add("empty", ArrayData([] as [Float], shape: [0]))
    try writer.add("größe", ArrayData([1] as [Float], shape: []))
    expectError(.invalidArgument) { try writer.add("empty", ArrayData([] as [Float], shape: [0])) }
    expectError(.invalidArgument) { try writer.add("__metadata__", ArrayData([] as [Float], shape: [0])) }
    let sink = MemorySink()
    try writer.write(to: sink)
    let file = try SafetensorsFile(ByteSource(sink.bytes))
    #expect(file.names.count == 15)
    #expect(file.metadata == ["format": "keras"])
    for type in ElementType.allCases where type != .string {
      let array = try file.array(type.rawValue)
      #expect(array.elementType == type && array.shape == [2, 3])
    }
    #expect(try file.array("größe").floats() == [1])
  }

  private func file(_ header: String, data: Int) -> ByteSource {
    var bytes = ByteBuilder()
    bytes.append(UInt64(header.utf8.count))
    bytes.append(header.utf8)
    bytes.appendZeros(data)
    return ByteSource(bytes.bytes)
  }

  @Test func headersAreChecked() throws {
    let a = #""a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}"#
    #expect(try SafetensorsFile(file("{\(a)}  ", data: 8)).names == ["a"])
    let bad = [
      "", "[]", "{\(a), \(a)}",
      #"{\#(a), "b": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}"#,  // Overlaps.
      #"{\#(a), "b": {"dtype": "F32", "shape": [1], "data_offsets": [12, 16]}}"#,  // Leaves a hole.
      #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}"#,
      #"{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 8]}}"#,
      #"{"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}"#,
      #"{"a": {"dtype": "F32", "shape": [9223372036854775807, 8], "data_offsets": [0, 8]}}"#,
      #"{"a": {"dtype": "F32", "shape": [2.0], "data_offsets": [0, 8]}}"#,
      #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}"#,
      #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8], "x": 1}}"#,
      #"{"a": {"dtype": "F32", "shape": [2]}}"#,
      #"{\#(a), "__metadata__": {"x": 1}}"#,
      #"{\#(a), "__metadata__": []}"#,
    ]
    for header in bad {
      expectError(.malformed) { _ = try SafetensorsFile(file(header, data: 8)) }
    }
    for data in [7, 9] {
      expectError(.malformed) { _ = try SafetensorsFile(file("{\(a)}", data: data)) }
    }
    let unknown = #"{"a": {"dtype": "F4", "shape": [2], "data_offsets": [0, 8]}}"#
    expectError(.unsupported) { _ = try SafetensorsFile(file(unknown, data: 8)) }
    expectError(.limitExceeded) {
      _ = try SafetensorsFile(ByteSource([0, 0, 0, 0, 1, 0, 0, 0]))
    }
    expectError(.malformed) { _ = try SafetensorsFile(ByteSource([UInt8](repeating: 0xFF, count: 8))) }
    expectError(.malformed) { _ = try SafetensorsFile(ByteSource([100, 0, 0, 0, 0, 0, 0, 0, 1])) }
    expectError(.malformed) { _ = try SafetensorsFile(ByteSource([1])) }
  }
}
