import Foundation
import Keras
import ModelFiles

/// Damages files of every format and uses them as a program would: opens the model, predicts and trains on a batch and
/// saves it; fills a sound model with the weights of a damaged file.
///
/// Everything about a case follows from its number.
public struct ModelFuzzer: Sendable {
  private let seeds: [[ModelSeed]]
  private let folder: String

  /// What became of a damaged file.
  public enum Outcome: Sendable {
    case success
    case refused(String)
    /// An error of a type that a caller cannot expect.
    case foreign(String)
  }

  /// - Parameter folder: where damaged files are written.
  public init(seeds: [ModelSeed], folder: String) {
    self.seeds = ModelSeed.Format.allCases.map { format in seeds.filter { $0.format == format } }.filter { !$0.isEmpty }
    self.folder = folder
  }

  /// The damaged file of a number.
  public func file(_ number: UInt64) -> (seed: ModelSeed, bytes: [UInt8]) {
    var generator = SplitMix64(seed: number)
    _ = generator.next()
    // Models have by far the most code to reach.
    let format = Bool.random(using: &generator) ? 0 : Int.random(in: 0..<seeds.count, using: &generator)
    let seed = seeds[format][Int.random(in: 0..<seeds[format].count, using: &generator)]
    let other = seeds[format][Int.random(in: 0..<seeds[format].count, using: &generator)]
    let bytes = (try? damaged(seed, other: other, &generator)) ?? seed.bytes
    return (seed, bytes)
  }

  private func damaged(_ seed: ModelSeed, other: ModelSeed, _ generator: inout SplitMix64) throws -> [UInt8] {
    func raw(_ bytes: [UInt8]) -> [UInt8] {
      var mutator = ByteMutator(SplitMix64(seed: generator.next()))
      return mutator.mutate(bytes, landmarks: ByteMutator.landmarks(in: bytes), other: other.bytes)
    }
    func edited(_ value: JSONValue) -> JSONValue {
      var mutator = JSONMutator(SplitMix64(seed: generator.next()))
      return mutator.mutate(value)
    }
    let structured = Int.random(in: 0..<4, using: &generator) > 0
    switch seed.format {
    case .json where structured:
      return Array(edited(try JSONValue(parsing: seed.bytes)).serialized().utf8)
    case .h5 where structured, .weights where structured:
      let dropsWeights = Int.random(in: 0..<4, using: &generator) == 0
      return try HDF5Copy(seed.bytes).rewritten(attribute: edited) {
        !dropsWeights || Int.random(in: 0..<6, using: &generator) > 0
      }
    case .keras where structured:
      let zip = try ZipArchive(ByteSource(seed.bytes))
      let sink = MemorySink()
      let writer = ZipWriter(sink)
      for member in zip.members {
        let bytes = try zip.contents(of: member.name).bytes()
        if member.name.hasSuffix(".json"), Int.random(in: 0..<4, using: &generator) > 0 {
          try writer.add(member.name, text: edited(try JSONValue(parsing: bytes)).serialized())
        } else if member.name.hasSuffix(".h5"), Int.random(in: 0..<4, using: &generator) == 0 {
          try writer.add(member.name, raw(bytes))
        } else {
          try writer.add(member.name, bytes)
        }
      }
      try writer.finish()
      return sink.bytes
    default: return raw(seed.bytes)
    }
  }

  /// Uses the damaged file of a number.
  ///
  /// - Parameter stage: told what comes next: `load`, then `predict`, `train` and `save`.
  public func run(_ number: UInt64, stage: (String) -> Void = { _ in }) -> Outcome {
    let (seed, bytes) = file(number)
    do {
      stage("load")
      guard let model = try load(seed, bytes, number) else { return .success }
      stage("predict")
      guard let batch = try ModelBatch(model) else { return .success }
      // A training step takes long to compile, and saving waits for the disk.
      if number % 4 == 0 {
        stage("train")
        try batch.train()
      }
      if number % 16 == 0 {
        stage("save")
        try reopen(model, number)
      }
      return .success
    } catch let error as KerasError {
      return .refused(error.description)
    } catch let error as ModelFileError {
      return .refused(error.description)
    } catch {
      return .foreign("\(error)")
    }
  }

  /// The model that a damaged file gives, or `nil` where its format holds no model.
  private func load(_ seed: ModelSeed, _ bytes: [UInt8], _ number: UInt64) throws -> Model? {
    switch seed.format {
    case .keras, .h5, .weights, .safetensors:
      let path = "\(folder)/fuzz.\(seed.format.rawValue)"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      if let sound = seed.model, seed.format != .h5 || number % 4 == 0 {
        return try fill(Model.load(sound), from: path, number)
      }
      if seed.format == .safetensors {
        let file = try SafetensorsFile(ByteSource(bytes))
        for name in file.names { _ = try Tensor(file.array(name)) }
        return nil
      }
      return try Model.load(path, compile: number % 8 != 1)
    case .json:
      return try Model.fromJSON(String(decoding: bytes, as: UTF8.self))
    case .npz:
      let file = try NPZFile(ByteSource(bytes))
      for name in file.names { _ = try Tensor(file.array(name)) }
    case .npy: _ = try Tensor(NPYFile(ByteSource(bytes)).read())
    case .csv: _ = try CSVFile(ByteSource(bytes))
    }
    return nil
  }

  /// Loads weights from a damaged file; where that fails, the model must be as before.
  private func fill(_ model: Model, from path: String, _ number: UInt64) throws -> Model {
    let before = model.getWeights()
    do {
      try model.loadWeights(path, byName: number % 3 == 0, skipMismatch: number % 2 == 0)
    } catch {
      for (old, new) in zip(before, model.getWeights()) where try old.arrayData() != new.arrayData() {
        throw Unexpected(description: "weights changed though loading failed: \(error)")
      }
      throw error
    }
    return model
  }

  /// What was opened once can be saved, and what was saved can be opened.
  private func reopen(_ model: Model, _ number: UInt64) throws {
    let path = folder + (number % 32 == 0 ? "/saved.keras" : "/saved.h5")
    try model.save(path)
    do { _ = try Model.load(path) } catch { throw Unexpected(description: "saved but not opened: \(error)") }
  }

  /// What no damage to a file explains.
  private struct Unexpected: Error, CustomStringConvertible {
    let description: String
  }
}
