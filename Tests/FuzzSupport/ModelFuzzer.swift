import Foundation
import Keras
import ModelFiles

/// Damages files of every format and uses them as a program would: opens the model and predicts a batch.
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
  /// - Parameter stage: told what comes next: `load`, then `predict`.
  public func run(_ number: UInt64, stage: (String) -> Void = { _ in }) -> Outcome {
    let (seed, bytes) = file(number)
    stage("load")
    do {
      guard let model = try load(seed, bytes) else { return .success }
      stage("predict")
      return try predict(model)
    } catch let error as KerasError {
      return .refused(error.description)
    } catch let error as ModelFileError {
      return .refused(error.description)
    } catch {
      return .foreign("\(error)")
    }
  }

  private func load(_ seed: ModelSeed, _ bytes: [UInt8]) throws -> Model? {
    switch seed.format {
    case .keras:
      let path = folder + "/fuzz.keras"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      return try Model.load(path)
    case .json:
      return try Model.fromJSON(String(decoding: bytes, as: UTF8.self))
    case .h5, .weights:
      let path = folder + "/fuzz.h5"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      return try Model.load(path)
    case .safetensors:
      let file = try SafetensorsFile(ByteSource(bytes))
      for name in file.names { _ = try Tensor(file.array(name)) }
    case .npz:
      let file = try NPZFile(ByteSource(bytes))
      for name in file.names { _ = try Tensor(file.array(name)) }
    case .npy: _ = try Tensor(NPYFile(ByteSource(bytes)).read())
    case .csv: _ = try CSVFile(ByteSource(bytes))
    }
    return nil
  }

  /// The most numbers that an input of a prediction has here.
  private static let inputLimit = 1 << 20

  private func predict(_ model: Model) throws -> Outcome {
    var inputs: [Tensor] = []
    for input in model.inputs {
      let shape = Shape(input.partialShape.map { $0 ?? 2 })
      guard shape.isValid, shape.elementCount <= Self.inputLimit else { return .success }
      inputs.append(Tensor.full(shape, 1, dtype: input.dtype))
    }
    guard !inputs.isEmpty else { return .success }
    _ = try model.predict(inputs)
    return .success
  }
}
