import Testing

@testable import ModelFiles

@Suite struct ArrayDataTests {
  @Test func sizesAreChecked() throws {
    #expect(try ArrayData([1, 2] as [Float], shape: [2]).count == 2)
    expectError(.mismatch) { _ = try ArrayData([1, 2] as [Float], shape: [3]) }
    expectError(.mismatch) { _ = try ArrayData([] as [Float], shape: [-1]) }
    expectError(.mismatch) { _ = try ArrayData([1] as [Float], shape: [.max, .max]) }
    expectError(.mismatch) { _ = try ArrayData(elementType: .string, shape: [0], bytes: ByteSource([])) }
    #expect(ElementType.float32.byteCount(shape: [.max, 0, .max]) == 0)
    #expect(ElementType.float32.byteCount(shape: [.max]) == nil)
    #expect(ElementType.float32.byteCount(shape: [0, -1]) == nil)
  }

  @Test func conversions() throws {
    let doubles = try ArrayData([1, -2.5, 1e300] as [Double], shape: [3])
    #expect(try doubles.floats() == [1, -2.5, .infinity])
    #expect(try doubles.doubles() == [1, -2.5, 1e300])
    expectError(.mismatch) { _ = try doubles.integers() }
    let bytes = try ArrayData([0, 1, 255] as [UInt8], shape: [3])
    #expect(try bytes.integers() == [0, 1, 255])
    #expect(try bytes.bools() == [false, true, true])
    let huge = [UInt8](repeating: 0xFF, count: 8)
    let unsigned = try ArrayData(elementType: .uint64, shape: [1], bytes: ByteSource(huge))
    #expect(try unsigned.doubles() == [0x1p64])
    expectError(.mismatch) { _ = try unsigned.integers() }
    #expect(try ArrayData([.nan] as [Float], shape: []).floats()[0].isNaN)
    expectError(.mismatch) { _ = try ArrayData([.nan] as [Float], shape: []).integers() }
  }

  @Test func halfPrecision() {
    let cases: [(UInt16, Float)] = [
      (0, 0), (0x8000, -0.0), (0x3C00, 1), (0xC000, -2), (0x3555, 0.33325195), (1, 0x1p-24), (0x3FF, 1023 * 0x1p-24),
      (0x400, 0x1p-14), (0x7BFF, 65504), (0x7C00, .infinity), (0xFC00, -.infinity),
    ]
    for (bits, value) in cases {
      #expect(HalfPrecision.float(fromBinary16: bits).bitPattern == value.bitPattern)
    }
    #expect(HalfPrecision.float(fromBinary16: 0x7E00).isNaN)
    #expect(HalfPrecision.float(fromBfloat16: 0x3F80) == 1)
    #expect(HalfPrecision.float(fromBfloat16: 0xC000) == -2)
  }
}
