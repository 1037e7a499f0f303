import FuzzSupport
import Testing

@testable import ModelFiles

@Suite struct CSVTests {
  private func parse(_ text: String) throws -> CSVFile {
    try CSVFile(ByteSource(Array(text.utf8), name: "data.csv"))
  }

  @Test func tables() throws {
    let plain = try parse("1,2\n3,4\n")
    #expect(plain.header == nil && plain.rowCount == 2 && plain.columnCount == 2)
    #expect(plain.values == [1, 2, 3, 4])
    let named = try parse("\u{FEFF}a, \"b \"\"q\"\"\"\r\n-1.5e-3 , \"+2.\"\r\n\r\n.5,1e400")
    #expect(named.header == ["a", "b \"q\""])
    #expect(named.values == [-0.0015, 2, 0.5, .infinity])
    #expect(try named.array().shape == [2, 2])
    let special = try parse("# x,y\nnan,-inf\nInfinity,0")
    #expect(special.header == ["x", "y"])
    #expect(special.values[0].isNaN && special.values[1] == -.infinity && special.values[2] == .infinity)
    // As pandas names the columns of an array beside one with a name.
    #expect(try parse("label,0,1\n1,2,3").header == ["label", "0", "1"])
    #expect(try parse("0,1,target\n1,2,3").header == ["0", "1", "target"])
    let empty = try parse("")
    #expect(empty.rowCount == 0 && empty.columnCount == 0)
    #expect(try parse("a,b").rowCount == 0)
  }

  @Test func errorsNameThePlace() {
    for (text, place) in [
      ("1,2\n3,x\n", "line 2, column 2"), ("1,2\n3\n", "line 2"), ("a,b\n1,2\n1,\n", "line 3, column 2"),
      ("1,2\n0x10,3", "line 2, column 1"), ("1\n\"2", "line 2"), ("a\nb\n", "line 2, column 1"),
      ("1,2,,4\n1,2,3,4", "line 1, column 3"), ("0.5,x\n1,2", "line 1, column 2"), ("1,-2,x", "line 1, column 3"),
      ("1,2,3,x\n1,2,3,4", "line 1, column 4"), ("7,0,x\n1,2,3", "line 1, column 3"), ("0,0,x", "line 1, column 3"),
      ("x,nan\n1,2", "line 1, column 1"),
    ] {
      let error = #expect(throws: ModelFileError.self) { _ = try parse(text) }
      #expect(error?.location == place)
      #expect(error?.kind == .malformed)
    }
  }

  @Test func writing() throws {
    let sink = MemorySink()
    let array = try ArrayData([0.1, -2, .infinity, .nan] as [Float], shape: [2, 2])
    try CSVFile.write(array, header: ["a", "b,\"c\""], to: sink)
    #expect(String(decoding: sink.bytes, as: UTF8.self) == "a,\"b,\"\"c\"\"\"\n0.1,-2.0\ninf,nan\n")
    #expect(try parse(String(decoding: sink.bytes, as: UTF8.self)).header == ["a", "b,\"c\""])
    let column = MemorySink()
    try CSVFile.write(ArrayData([1, 2] as [Int64], shape: [2]), to: column)
    #expect(String(decoding: column.bytes, as: UTF8.self) == "1\n2\n")
    let none = MemorySink()
    try CSVFile.write(ArrayData([] as [Float], shape: [0, 0]), to: none)
    #expect(none.bytes.isEmpty)
    expectError(.invalidArgument) {
      try CSVFile.write(ArrayData([1] as [Float], shape: [1, 1, 1]), to: MemorySink())
    }
    expectError(.invalidArgument) { try CSVFile.write(array, header: ["a"], to: MemorySink()) }
  }

  @Test func numbersSurviveARoundTrip() throws {
    var generator = SplitMix64(seed: 3)
    let values = (0..<5000).map { _ in Double(bitPattern: generator.next()) }.filter { !$0.isNaN }
    let sink = MemorySink()
    try CSVFile.write(ArrayData(values, shape: [values.count, 1]), to: sink)
    #expect(try CSVFile(ByteSource(sink.bytes)).values == values)
    let floats = (0..<5000).map { _ in Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &generator)) }
      .filter { !$0.isNaN }
    let floatSink = MemorySink()
    try CSVFile.write(ArrayData(floats, shape: [floats.count]), to: floatSink)
    #expect(try CSVFile(ByteSource(floatSink.bytes)).array().floats() == floats)
  }
}
