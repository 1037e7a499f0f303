import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Weights come from the file whole, or the file is refused.
@Suite struct WeightsSafetyTests {
  private func dense(units: Int = 3) -> CraftedArchive {
    CraftedArchive.sequential([CraftedArchive.layer("Dense", ["name": "dense", "units": JSONValue(units)])])
  }

  private func write(_ archive: CraftedArchive, _ path: String, _ shape: [Int]) throws {
    let parts = path.split(separator: "/").map(String.init)
    let group = try archive.weights.root.group(at: parts.dropLast().joined(separator: "/"))
    try group.addDataset(
      parts.last ?? "", ArrayData([Float](repeating: 0.5, count: shape.reduce(1, *)), shape: shape))
  }

  @Test func wholeWeightsLoad() throws {
    let archive = dense()
    try write(archive, "layers/dense/vars/0", [4, 3])
    try write(archive, "layers/dense/vars/1", [3])
    #expect(try archive.load().predict(Tensor.ones([1, 4])).scalars() == [2.5, 2.5, 2.5])
  }

  @Test func missingWeightsAreListed() throws {
    let archive = dense()
    try write(archive, "layers/dense/vars/0", [4, 3])
    archive.expectRefused("dense/bias")
  }

  @Test func weightsOfNobodyAreListed() throws {
    let archive = dense()
    try write(archive, "layers/dense/vars/0", [4, 3])
    try write(archive, "layers/dense/vars/1", [3])
    try write(archive, "layers/other/vars/0", [3])
    archive.expectRefused("other")
  }

  @Test func weightsOfAnotherShapeAreRefused() throws {
    for shape in [[3, 4], [4, 3, 1], [12], [0]] {
      let archive = dense()
      try write(archive, "layers/dense/vars/0", shape)
      try write(archive, "layers/dense/vars/1", [3])
      archive.expectRefused("[4, 3]")
    }
  }

  /// The model is large, the file is not: nothing of the model's size is allocated before the file is refused.
  @Test func largeModelsInSmallFilesTakeNoMemory() throws {
    let archive = dense(units: 1 << 34)
    try write(archive, "layers/dense/vars/0", [4, 3])
    try write(archive, "layers/dense/vars/1", [3])
    archive.expectRefused()
  }

  /// Groups that have the next one twice, on and on: paths without end.
  @Test func groupsWithTwoNamesAreRefused() throws {
    let archive = dense()
    try write(archive, "layers/dense/vars/0", [4, 3])
    try write(archive, "layers/dense/vars/1", [3])
    var group = archive.weights.root
    for _ in 0..<24 {
      try group.addGroup("a")
      group = try group.addGroup("b")
    }
    var bytes = try archive.bytes()
    // Each node of two links has both point at the second group.
    var start = 0
    while let node = bytes[start...].firstRange(of: Array("SNOD".utf8))?.lowerBound {
      if bytes[node + 6] == 2 {
        bytes.replaceSubrange(node + 8 + 8..<node + 8 + 16, with: bytes[node + 8 + 48..<node + 8 + 56])
      }
      start = node + 4
    }
    let damaged = bytes
    let time = ContinuousClock().measure {
      #expect(throws: (any Error).self) { try CraftedArchive.load(damaged) }
    }
    #expect(time < .seconds(5))
  }

  @Test func deflatedBombsAreRefused() throws {
    // 256 MiB of zeros in a few hundred kilobytes.
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    let sink = MemorySink()
    let zip = ZipWriter(sink)
    try zip.add("metadata.json", text: "{}")
    try zip.add("config.json", text: String(repeating: "[", count: 1 << 20))
    try zip.add("model.weights.h5", zeros)
    try zip.finish()
    #expect(throws: ModelFileError.self) { try CraftedArchive.load(sink.bytes) }
  }

  @Test func modelsGoWhenNobodyUsesThem() throws {
    let archive = dense()
    try write(archive, "layers/dense/vars/0", [4, 3])
    try write(archive, "layers/dense/vars/1", [3])
    weak var model: Model?
    weak var variable: Variable?
    do {
      let loaded = try archive.load()
      _ = try loaded.predict(Tensor.ones([1, 4]))
      (model, variable) = (loaded, loaded.weights[0])
      #expect(variable != nil)
    }
    #expect(model == nil)
    #expect(variable == nil)
  }

  /// Releasing a chain must not take a stack as deep as the chain is long.
  @Test func longChainsOfCallsGo() {
    var value = Input(4)
    let shared = ReLU()
    for _ in 0..<20_000 {
      let next = SymbolicTensor(shape: [nil, 4], dtype: .float32)
      _ = FunctionNode(layer: shared, arguments: CallArguments([.tensor(value)]), outputs: [next])
      value = Tensor(.symbolic(next))
    }
    #expect(shared.inboundNodes.count == 20_000)
    value = Input(4)
    #expect(shared.inboundNodes.isEmpty)
  }
}
