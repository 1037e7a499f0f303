import FuzzSupport
import Testing

@testable import ModelFiles

@Suite struct JSONTests {
  @Test func values() throws {
    let value = try JSONValue(
      parsing: #" {"a": [1, -2, 3.5, 1e3, true, false, null], "b": {"c": "d"}, "n": NaN, "i": -Infinity} "#)
    #expect(value["a"] == [1, -2, 3.5, 1000.0, true, false, nil])
    #expect(value["b"]?["c"]?.string == "d")
    #expect(value["n"]?.double?.isNaN == true)
    #expect(value["i"]?.double == -.infinity)
    #expect(value.object?.keys == ["a", "b", "n", "i"])
    #expect(value["a"]?[0]?.int == 1)
    #expect(value["a"]?[7] == nil)
  }

  @Test func integersAndNumbersDiffer() throws {
    #expect(try JSONValue(parsing: "1") == .integer(1))
    #expect(try JSONValue(parsing: "1.0") == .number(1))
    #expect(try JSONValue(parsing: "-0") == .integer(0))
    #expect(try JSONValue(parsing: "9223372036854775807") == .integer(.max))
    #expect(try JSONValue(parsing: "-9223372036854775808") == .integer(.min))
    #expect(try JSONValue(parsing: "9223372036854775808") == .number(0x1p63))
    #expect(try JSONValue(parsing: "1e400") == .number(.infinity))
    #expect(try JSONValue(parsing: "1e-400") == .number(0))
    #expect(try JSONValue(parsing: "123456789012345678901234567890e-10") == .number(12345678901234567890.1234567890))
  }

  @Test func escapes() throws {
    #expect(
      try JSONValue(parsing: #""\"\\\/\b\f\n\r\té€😀\ud83d\ude00""#)
        == .string("\"\\/\u{08}\u{0C}\n\r\té€😀😀"))
    for text in [#""\ud83d""#, #""\ude00""#, #""\ud83dx""#, #""\ud83d\u0041""#, #""\x""#, #""\u12g4""#] {
      expectError(.malformed) { _ = try JSONValue(parsing: text) }
    }
  }

  @Test(arguments: [
    "", " ", "{", "[", "\"", "{]", "[1,]", "{\"a\":1,}", "{\"a\"}", "{a:1}", "01", "1.", ".5", "+1", "1e", "- 1",
    "tru", "nul", "1 2", "[1 2]", "'a'", "\"\u{01}\"", "{\"a\":1 \"b\":2}", "\u{FEFF}", "inf", "--1", "[,]",
  ])
  func malformedDocuments(_ text: String) {
    expectError(.malformed) { _ = try JSONValue(parsing: text) }
  }

  @Test func invalidUTF8() {
    expectError(.malformed) { _ = try JSONValue(parsing: [0x22, 0xC0, 0x80, 0x22]) }
    expectError(.malformed) { _ = try JSONValue(parsing: [0x22, 0xED, 0xA0, 0x80, 0x22]) }
  }

  @Test func repeatedNamesAreRefused() {
    expectError(.malformed) { _ = try JSONValue(parsing: #"{"a": 1, "b": 2, "a": 3}"#) }
  }

  @Test func limits() throws {
    let nested = String(repeating: "[", count: 256) + String(repeating: "]", count: 256)
    #expect(try JSONValue(parsing: nested).array?.count == 1)
    expectError(.limitExceeded) { _ = try JSONValue(parsing: "[" + nested + "]") }
    expectError(.limitExceeded) { _ = try JSONValue(parsing: String(repeating: "[", count: 1_000_000)) }
    expectError(.limitExceeded) { _ = try JSONValue(parsing: "[1, 2]", limits: .init(byteCount: 5)) }
    expectError(.limitExceeded) { _ = try JSONValue(parsing: "[1, [2]]", limits: .init(valueCount: 3)) }
  }

  @Test func errorsNameThePlace() {
    let error = #expect(throws: ModelFileError.self) {
      _ = try JSONValue(parsing: "{\n  \"a\": 1,\n  \"b\" 2\n}", name: "config.json")
    }
    #expect(error?.description.hasPrefix("config.json: line 3, column 7: expected “:”") == true)
  }

  @Test func serialization() throws {
    let value: JSONValue = ["b": [1, 2.5, nil, true], "a": "é\n\"😀"]
    #expect(value.serialized() == #"{"b": [1, 2.5, null, true], "a": "\u00e9\n\"\ud83d\ude00"}"#)
    #expect(value.serialized(sortedKeys: true).hasPrefix(#"{"a": "#))
    #expect(JSONValue.number(.infinity).serialized() == "Infinity")
    #expect(JSONValue.number(.nan).serialized() == "NaN")
    #expect(JSONValue.number(1).serialized() == "1.0")
    #expect(JSONValue.number(1e-7).serialized() == "1e-07")
  }

  @Test func numbersSurviveARoundTrip() throws {
    var generator = SplitMix64(seed: 7)
    for _ in 0..<10_000 {
      let value = Double(bitPattern: generator.next())
      guard !value.isNaN else { continue }
      #expect(try JSONValue(parsing: JSONValue.number(value).serialized()) == .number(value))
    }
  }

  @Test func documentsOfKerasSurviveARoundTrip() throws {
    let archive = try ZipArchive(Fixture.source("model.keras"))
    let text = String(decoding: try archive.contents(of: "config.json").bytes(), as: UTF8.self)
    #expect(try JSONValue(parsing: text).serialized() == text)
  }

  @Test func typedAccess() throws {
    let config: JSONValue = ["units": 4, "name": "dense"]
    #expect(try config.require("units", \.int) == 4)
    expectError(.missing) { _ = try config.require("absent", \.int) }
    expectError(.mismatch) { _ = try config.require("name", \.int) }
    expectError(.missing) { _ = try JSONValue.null.require("name", \.string) }
  }
}
