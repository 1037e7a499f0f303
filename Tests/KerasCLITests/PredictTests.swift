import Keras
import ModelFiles
import Testing

/// `keras predict`
@Suite struct PredictTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func predictions(_ path: String) throws -> NPZFile { try NPZFile(ByteSource(path: path)) }

  @Test(arguments: [
    "sequential_cnn", "functional_multi", "nested_shared", "recurrent_text", "attention", "masked_sequence",
    "preprocessing", "not_compiled", "scheduled",
  ])
  func equalsKeras(_ name: String) throws {
    let fixture = try ModelFixture("\(name).keras")
    let x = try folder.archive("x.npz", fixture.named())
    let p = folder.file("p.npz")
    let output = try expectSuccess("predict", fixture.path, "--input", x, "--output", p)
    #expect(output.isEmpty)
    let expected = try fixture.arrays("output")
    let names = expected.count == 1 ? ["p"] : expected.indices.map { "p_\($0)" }
    #expect(try predictions(p).names == names)
    for (name, array) in zip(names, expected) { try expectClose(try predictions(p).array(name), array, name) }
  }

  @Test func batchesOfOtherSizesGiveTheSame() throws {
    let fixture = try ModelFixture("sequential_cnn.keras")
    let x = try folder.archive("x.npz", fixture.named())
    let p = folder.file("p.npz")
    try expectSuccess("predict", fixture.path, "--input", x, "--output", p, "--batch-size", "3")
    try expectClose(try predictions(p).array("p"), try fixture.arrays("output")[0])
  }

  @Test func otherTypesAndOrdersAreConverted() throws {
    let fixture = try ModelFixture("not_compiled.keras")
    let (input, expected) = (try fixture.arrays("input")[0], try fixture.arrays("output")[0])
    let (rows, columns) = (input.shape[0], input.shape[1])
    // Big-endian doubles, column by column.
    let values = try input.doubles()
    let header = "{'descr': '>f8', 'fortran_order': True, 'shape': (\(rows), \(columns)), }"
    var bytes: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
    for column in 0..<columns {
      for row in 0..<rows {
        let pattern = values[row * columns + column].bitPattern
        bytes += (0..<8).map { UInt8(truncatingIfNeeded: pattern >> (56 - 8 * $0)) }
      }
    }
    let x = try folder.file("x.npy", bytes)
    let p = folder.file("p.npy")
    try expectSuccess("predict", fixture.path, "--input", x, "--output", p)
    try expectClose(try NPYFile(ByteSource(path: p)).read(), expected)
  }

  @Test(arguments: [false, true], [0, 2])
  func tables(hasHeader: Bool, extraColumns: Int) throws {
    let fixture = try ModelFixture("not_compiled.keras")
    let input = try fixture.arrays("input")[0]
    let values = try input.floats()
    var lines = hasHeader ? [(0..<input.shape[1] + extraColumns).map { "c\($0)" }.joined(separator: ",")] : []
    for row in 0..<input.shape[0] {
      let sample = values[row * input.shape[1]..<(row + 1) * input.shape[1]]
      lines.append(([Float](repeating: 7, count: extraColumns) + sample).map { "\($0)" }.joined(separator: ","))
    }
    let x = try folder.file("x.csv", lines.joined(separator: "\n"))
    let p = folder.file("p.csv")
    try expectSuccess("predict", fixture.path, "--input", x, "--output", p)
    try expectClose(try CSVFile(ByteSource(path: p)).array(), try fixture.arrays("output")[0])
  }

  @Test func rowsOfTablesAreImages() throws {
    let fixture = try ModelFixture("sequential_cnn.keras")
    let input = try fixture.arrays("input")[0]
    let table = try ArrayData(
      elementType: .float32, shape: [input.shape[0], input.count / input.shape[0]], bytes: input.bytes)
    let x = folder.file("x.csv")
    try AtomicFile.write(to: x) { file throws(ModelFileError) in try CSVFile.write(table, to: file) }
    let p = folder.file("p.npz")
    try expectSuccess("predict", fixture.path, "--input", x, "--output", p)
    try expectClose(try predictions(p).array("p"), try fixture.arrays("output")[0])
  }

  @Test func wrongInputs() throws {
    let fixture = try ModelFixture("sequential_cnn.keras")
    let two = try ModelFixture("functional_multi.keras")
    let p = folder.file("p.npz")
    let flat = try folder.archive("flat.npz", [("x", ArrayData([1, 2, 3] as [Float], shape: [3]))])
    let sample = try folder.archive(
      "sample.npz", [("x", ArrayData([Float](repeating: 0, count: 36), shape: [6, 6, 1]))])
    let missing = try folder.archive("missing.npz", [("images", ArrayData([1] as [Float], shape: [1]))])
    let empty = try folder.archive("empty.npz", [("x", ArrayData([] as [Float], shape: [0, 6, 6, 1]))])
    func fail(_ model: String, _ input: String, _ parts: [String]) throws {
      try expectFailure("predict", model, "--input", input, "--output", p, saying: parts)
    }
    try fail(fixture.path, flat, ["flat.npz: x", "(6, 6, 1)", "[3]"])
    let scalar = try folder.archive("scalar.npz", [("x", ArrayData([1] as [Float], shape: []))])
    try fail(fixture.path, scalar, ["scalar.npz: x", "a first axis"])
    let gap = try folder.archive(
      "gap.npz", ["x_0", "x_2"].map { ($0, try ArrayData([1] as [Float], shape: [1])) })
    try fail(two.path, gap, ["holds x_2 but no x_1"])
    try fail(fixture.path, sample, ["shape of one sample", "reshape it to [1, 6, 6, 1]"])
    try fail(fixture.path, missing, ["an array named x", "images"])
    try fail(fixture.path, empty, ["samples along a first axis", "[0, 6, 6, 1]"])
    try fail(fixture.path, folder.file("nowhere.npz"), ["nowhere.npz"])
    try fail(fixture.path, folder.file("x.txt", "1"), [".npz, .npy or .csv"])
    try fail(two.path, flat, ["takes 2 inputs: x_0 (", "x_1 (", "found 1"])
    try fail(folder.file("nowhere.keras"), flat, ["nowhere.keras"])
    #expect(try folder.contents().contains("p.npz") == false)
  }

  /// Arrays by the names of the model's inputs, as `summary` shows them.
  @Test func inputsByTheirNames() throws {
    let fixture = try ModelFixture("functional_multi.keras")
    let summary = try expectSuccess("summary", fixture.path)
    let line = try #require(summary.split(separator: "\n").first { $0.hasPrefix("Inputs: ") })
    let names = line.dropFirst("Inputs: ".count).split(separator: ", ").map(String.init)
    let x = try folder.archive("x.npz", Array(zip(names, fixture.arrays("input"))).reversed())
    let p = folder.file("p.npz")
    try expectSuccess("predict", fixture.path, "--input", x, "--output", p)
    for (index, expected) in try fixture.arrays("output").enumerated() {
      try expectClose(try predictions(p).array("p_\(index)"), expected)
    }
    let half = try folder.archive("half.npz", [(names[0], fixture.arrays("input")[0])])
    try expectFailure("predict", fixture.path, "--input", half, "--output", p, saying: names + ["x_0, x_1", "found"])
  }

  /// A model that takes 4 samples at a time, 10 samples.
  @Test func aFixedNumberOfSamples() throws {
    let model = Sequential {
      Input(shape: [3], batchSize: 4)
      Dense(2)
    }
    try model.compile(loss: .meanSquaredError)
    try model.save(folder.file("m.keras"))
    let values = (0..<30).map { Float($0) / 30 }
    let (x, y) = (try ArrayData(values, shape: [10, 3]), try ArrayData(Array(values.prefix(20)), shape: [10, 2]))
    let data = try folder.archive("xy.npz", [("x", x), ("y", y)])
    let p = folder.file("p.npz")
    try expectSuccess("predict", folder.file("m.keras"), "--input", data, "--output", p)
    let expected = try model.predict(Tensor(x)).arrayData()
    #expect(expected.shape == [10, 2])
    try expectClose(try predictions(p).array("p"), expected)
    try expectSuccess("evaluate", folder.file("m.keras"), "--data", data)
    try expectFailure(
      "fit", folder.file("m.keras"), "--data", data, "--output", folder.file("t.keras"), saying: ["a multiple of 4"])
  }

  /// Not mangled and written under another name.
  @Test func namesThatAreNotText() throws {
    let fixture = try ModelFixture("sequential_cnn.keras")
    let x = try folder.archive("x.npz", fixture.named())
    let command = try Command(
      shell: "cd '\(folder.path)' && keras predict '\(fixture.path)' --input '\(x)' --output \"$(printf 'p\\377.npz')\""
    )
    #expect(command.status == 1)
    #expect(command.errors.contains("is not UTF-8"))
    #expect(try folder.contents() == ["x.npz"])
  }

  /// `ulimit -f` counts in blocks of 512 bytes.
  @Test func aFileSizeLimitIsAnError() throws {
    let fixture = try ModelFixture("sequential_cnn.keras")
    let out = folder.file("out.keras")
    let command = try Command(shell: "ulimit -f 1; keras convert '\(fixture.path)' '\(out)'")
    #expect(command.status == 1)
    #expect(command.errors.hasPrefix("keras: ") && command.errors.contains("files this large"))
    #expect(try folder.contents().isEmpty)
  }

  @Test func wrongOutputs() throws {
    let fixture = try ModelFixture("functional_multi.keras")
    let x = try folder.archive("x.npz", fixture.named())
    try expectFailure(
      "predict", fixture.path, "--input", x, "--output", folder.file("p.npy"), saying: ["2 outputs", ".npz"])
    try expectFailure(
      "predict", fixture.path, "--input", x, "--output", folder.file("p"), saying: [".npz, .npy or .csv"])
    try expectFailure(
      "predict", fixture.path, "--input", x, "--output", folder.file("nowhere/p.npz"), saying: ["nowhere/p.npz"])
  }

  @Test func inputsAreNotReplaced() throws {
    let fixture = try ModelFixture("not_compiled.keras")
    let x = try folder.archive("x.npz", fixture.named())
    let before = try ByteSource(path: x).bytes()
    try expectFailure("predict", fixture.path, "--input", x, "--output", x, saying: ["would replace the input"])
    #expect(try ByteSource(path: x).bytes() == before)
  }

  @Test func arraysThatNobodyAskedForAreTold() throws {
    let fixture = try ModelFixture("not_compiled.keras")
    let extra = try folder.archive(
      "x.npz",
      fixture.named() + [("y", ArrayData([1] as [Float], shape: [1])), ("z", ArrayData([1] as [Float], shape: [1]))])
    let command = try Command("predict", fixture.path, "--input", extra, "--output", folder.file("p.npz"))
    #expect(command.status == 0)
    #expect(command.errors.hasPrefix("warning: ") && command.errors.contains("not used: z;"))
  }

  @Test func wrongUse() throws {
    try expectFailure("predict", status: 64, saying: ["--help"])
    try expectFailure(
      "predict", "m.keras", "--input", "x.npz", status: 64, saying: ["--output", "(see keras predict --help)"])
    try expectFailure(
      "predict", "m.keras", "--input", "x.npz", "--output", "p.npz", "--batch-size", "0", status: 64,
      saying: ["--batch-size must be at least 1, found 0"])
    try expectFailure(
      "predict", "m.keras", "--input", "x.npz", "--output", "p.npz", "--batch-size", "-3", status: 64,
      saying: ["at least 1, found -3"])
    try expectFailure("prophesy", status: 64, saying: ["prophesy"])
  }
}
