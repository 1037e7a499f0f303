import Testing

@testable import ModelFiles

/// Files of every version of the format that h5py writes.
@Suite struct HDF5ReadingTests {
  static let variants = ["earliest.h5", "tracked.h5", "latest.h5", "v108.h5"]

  @Test(arguments: variants)
  func numbersOfEitherByteOrder(_ name: String) throws {
    let root = try Fixture.hdf5(name)
    let types: [(String, ElementType)] = [
      ("f2", .float16), ("f4", .float32), ("f8", .float64), ("i1", .int8), ("i2", .int16), ("i4", .int32),
      ("i8", .int64), ("u1", .uint8), ("u2", .uint16), ("u4", .uint32), ("u8", .uint64),
    ]
    for (label, type) in types {
      for order in ["little", "big"] {
        let dataset = try root.dataset("\(order)_\(label)")
        #expect(dataset.shape == [2, 3])
        #expect(dataset.elementType == type)
        let array = try dataset.read()
        #expect(try array.floats() == [0, 1, 2, 3, 4, 5])
        #expect(try array.integers() == [0, 1, 2, 3, 4, 5])
      }
    }
  }

  @Test(arguments: variants)
  func specialTypes(_ name: String) throws {
    let root = try Fixture.hdf5(name)
    #expect(try root.dataset("bool").read().bools() == [true, false, true])
    #expect(try root.dataset("bfloat16").elementType == .bfloat16)
    #expect(try root.dataset("bfloat16").read().floats() == [1, -2, 0.5])
    #expect(try root.dataset("scalar").shape == [])
    #expect(try root.dataset("scalar").read().floats() == [2.5])
    #expect(try root.dataset("empty").shape == [0, 3])
    #expect(try root.dataset("empty").read().floats() == [])
    #expect(try root.dataset("fixed_strings").readStrings() == ["ab", "cde", ""])
    #expect(try root.dataset("strings").readStrings() == ["alpha", "β", ""])
    #expect(try root.dataset("string").readStrings() == ["one"])
    #expect(try root.dataset("void").readBytes() == [1, 2, 3])
    #expect(try root.dataset("filled").read().floats() == [1.5, 1.5, 1.5, 1.5])
    #expect(try root.dataset("of_named_type").read().floats() == [0, 1, 2])
    expectError(.mismatch) { _ = try root.dataset("complex").read() }
    expectError(.mismatch) { _ = try root.dataset("string").read() }
    expectError(.mismatch) { _ = try root.group("named_type") }
  }

  @Test(arguments: variants)
  func chunks(_ name: String) throws {
    let root = try Fixture.hdf5(name)
    let expected = (0..<300).map { Float($0) }
    for label in ["chunked", "gzip", "fletcher", "growing", "growing_columns", "growing_both", "single"] {
      let dataset = try root.dataset(label)
      #expect(!dataset.isContiguous)
      #expect(dataset.shape == [20, 15])
      #expect(try dataset.read().floats() == expected, "\(label)")
    }
    var sparse = [Float](repeating: -1, count: 300)
    sparse[9 * 15 + 9] = 7
    #expect(try root.dataset("sparse").read().floats() == sparse)
    expectError(.unsupported) { _ = try root.dataset("lzf").read() }
  }

  @Test func manyChunks() throws {
    let root = try Fixture.hdf5("latest.h5")
    #expect(try root.dataset("growing_far").read().integers() == (0..<3000).map { Int64($0) })
    #expect(try root.dataset("paged").read().integers() == (0..<2500).map { Int64($0) })
  }

  @Test(arguments: variants)
  func attributes(_ name: String) throws {
    let root = try Fixture.hdf5(name)
    #expect(try root.attribute("text") == .string("Grüße"))
    #expect(try root.attribute("bytes") == .string("bytes"))
    #expect(try root.attribute("texts") == .strings(["a", "bc"]))
    #expect(try root.attribute("fixed") == .strings(["kernel", "bias"]))
    #expect(try root.attribute("integer")?.int == 42)
    #expect(try root.attribute("floats") == .array(ArrayData([1.5, 2.5] as [Double], shape: [2])))
    #expect(try root.attribute("none") == .null)
    #expect(try root.attribute("nothing")?.strings == [])
    #expect(try root.attribute("long_text")?.string == String(repeating: "x", count: 5000))
    #expect(try root.attribute("absent") == nil)

    let group = try root.group("attributes")
    #expect(try group.attributeNames.count == 21)
    for index in 0..<20 {
      #expect(try group.attribute("attribute_\(index)") == .string("value \(index)"))
    }
    guard case .array(let large) = try group.attribute("large") else {
      Issue.record("no array")
      return
    }
    #expect(try large.integers() == (0..<1500).map { Int64($0) })
  }

  @Test(arguments: variants)
  func groups(_ name: String) throws {
    let root = try Fixture.hdf5(name)
    let many = try root.group("many")
    let numbers = (0..<60).map { String($0) }
    let tracksOrder = name == "tracked.h5" || name == "latest.h5"
    #expect(many.names == (tracksOrder ? numbers : numbers.sorted()))
    for index in [0, 2, 10, 59] {
      #expect(try many.dataset("\(index)").read().integers() == [Int64(index)])
    }
    #expect(try root.dataset("a/b/c/d").read().doubles() == [4])
    #expect(try root.group("/a/b").path == "/a/b")
    #expect(!root.contains("absent"))
    expectError(.missing) { _ = try root.group("a/absent/c") }
    expectError(.missing) { _ = try root.group("a/..") }
    expectError(.mismatch) { _ = try root.group("scalar") }
    expectError(.mismatch) { _ = try root.dataset("a") }
  }

  @Test func userBlock() throws {
    #expect(try Fixture.hdf5("userblock.h5").dataset("data").read().floats() == [0, 1, 2])
  }

  @Test func contiguousDataIsNotCopied() throws {
    let dataset = try Fixture.hdf5("earliest.h5").dataset("little_f4")
    #expect(dataset.isContiguous)
    let file = try HDF5File(Fixture.source("earliest.h5"), budget: AllocationBudget(limit: 0))
    #expect(try file.root.dataset("little_f4").read().floats() == [0, 1, 2, 3, 4, 5])
    expectError(.limitExceeded) { _ = try file.root.dataset("chunked").read() }
  }

  @Test func splitAttributes() throws {
    let root = try Fixture.hdf5("chunked_names.h5")
    let names = try #require(try root.chunkedStrings("layer_names"))
    #expect(names.count == 13)
    #expect(names[12] == "layer_00012xxxxxxxxxx")
    #expect(try root.chunkedStrings("weight_names") == ["kernel:0"])
    #expect(try root.chunkedStrings("absent") == nil)
  }

  @Test func kerasWeights() throws {
    let expected = try JSONValue(parsing: Fixture.bytes("model.weights.json"))
    let weights = try ZipArchive(Fixture.source("model.keras")).contents(of: "model.weights.h5")
    for root in [try Fixture.hdf5("model.weights.h5"), try HDF5File(weights).root] {
      for path in try #require(expected.object).keys {
        let values = try #require(expected[path]?.array).map { Float($0.double ?? .nan) }
        #expect(try root.dataset(path).read().floats() == values, "\(path)")
      }
    }
    let legacy = try Fixture.hdf5("legacy.h5")
    #expect(try legacy.attribute("keras_version")?.string?.hasPrefix("3.") == true)
    let config = try JSONValue(parsing: #require(try legacy.attribute("model_config")?.string))
    #expect(config["class_name"] == "Sequential")
    #expect(try legacy.group("model_weights").chunkedStrings("layer_names")?.count == 2)
  }
}
