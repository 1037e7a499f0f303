import FuzzSupport
import Testing

@testable import ModelFiles

/// A format with valid files to damage, and a reader that looks at everything in a file.
struct FuzzTarget {
  let name: String
  let seeds: [[UInt8]]
  let landmarks: [[Int]]
  let read: ([UInt8]) throws -> Void

  init(_ name: String, _ seeds: [[UInt8]], read: @escaping ([UInt8]) throws -> Void) {
    self.name = name
    self.seeds = seeds
    self.read = read
    landmarks = seeds.map { ByteMutator.landmarks(in: $0) }
  }

  /// What one file may make a reader allocate here.
  private static let budget = 8 << 20

  static func all() throws -> [FuzzTarget] {
    [
      FuzzTarget("HDF5", try hdf5Seeds()) { bytes in
        // Without checksums, damage reaches the code behind them.
        let verifies = bytes.count % 4 == 1
        let budget = AllocationBudget(limit: budget)
        try readAll(HDF5File(ByteSource(bytes), budget: budget, verifyingChecksums: verifies).root)
      },
      FuzzTarget("zip", try ["model.keras", "deflated.zip", "zip64.zip", "streamed.zip"].map(Fixture.bytes)) { bytes in
        let archive = try ZipArchive(ByteSource(bytes), budget: AllocationBudget(limit: budget))
        for member in archive.members {
          let contents = try archive.contents(of: member.name, verifyingChecksum: false)
          if HDF5File.isHDF5(contents) { try readAll(HDF5File(contents).root) }
          _ = try archive.contents(of: member.name)
        }
      },
      FuzzTarget("npy", try npySeeds.map(Fixture.bytes)) { bytes in
        let file = try NPYFile(ByteSource(bytes), budget: AllocationBudget(limit: budget))
        if file.elementType == .string {
          _ = try file.readStrings()
        } else {
          _ = try file.read().floats()
        }
      },
      FuzzTarget("npz", try ["arrays.npz", "compressed.npz"].map(Fixture.bytes)) { bytes in
        let file = try NPZFile(ByteSource(bytes), budget: AllocationBudget(limit: budget))
        for name in file.names { _ = try file.array(name).floats() }
      },
      FuzzTarget("safetensors", [try Fixture.bytes("weights.safetensors")]) { bytes in
        let file = try SafetensorsFile(ByteSource(bytes))
        for name in file.names { _ = try file.array(name).doubles() }
      },
      FuzzTarget("JSON", try jsonSeeds()) { bytes in
        let value = try JSONValue(parsing: bytes)
        #expect(try JSONValue(parsing: value.serialized()).serialized() == value.serialized())
      },
      FuzzTarget("CSV", [Array("a,b,\"c\"\n1,2.5,-3e4\nnan,inf,\"7\"\n\r\n0.1,12345678901234567890,1e-400\n".utf8)]) {
        _ = try CSVFile(ByteSource($0))
      },
    ]
  }

  private static let npySeeds = [
    "f4.npy", "big.npy", "fortran.npy", "scalar.npy", "strings.npy", "bytes.npy", "version2.npy", "object.npy",
  ]

  private static func hdf5Seeds() throws -> [[UInt8]] {
    let fixtures = [
      "earliest.h5", "tracked.h5", "latest.h5", "v108.h5", "userblock.h5", "links.h5", "links_latest.h5", "bomb.h5",
      "chunked_names.h5", "model.weights.h5", "legacy.h5",
    ]
    return try fixtures.map(Fixture.bytes)
  }

  private static func jsonSeeds() throws -> [[UInt8]] {
    let archive = try ZipArchive(Fixture.source("model.keras"))
    let escapes = #"{"a": [1, -2.5e-3, NaN, -Infinity, true, null], "\u00e9\ud83d\ude00\n": {"b": "\\\"", "c": []}}"#
    return [try archive.contents(of: "config.json").bytes(), Array(escapes.utf8)]
  }

  /// Reads every attribute and dataset, past those that are damaged.
  private static func readAll(_ root: HDF5Group) throws {
    try readAttributes(of: root)
    try? root.walk { child throws(ModelFileError) in
      do throws(ModelFileError) {
        switch child {
        case .group(let group): try readAttributes(of: group)
        case .dataset(let dataset): try read(dataset)
        case .datatype: break
        }
      } catch {
        // The rest of the file is read all the same.
      }
    }
    for name in root.names {
      do throws(ModelFileError) {
        if case .dataset(let dataset) = try root.child(name) { try read(dataset) }
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }

  private static func read(_ dataset: HDF5Dataset) throws(ModelFileError) {
    if dataset.elementType == .string {
      _ = try dataset.readStrings()
    } else if dataset.elementType != nil {
      // The bytes alone: a conversion may be larger than the budget.
      let bytes = try dataset.read().bytes
      if bytes.count <= budget { _ = try bytes.bytes() }
    } else if dataset.byteCount <= budget {
      _ = try dataset.readBytes()
    }
    try readAttributes(of: dataset)
  }

  private static func readAttributes(of object: some HDF5Attributed) throws(ModelFileError) {
    for name in try object.attributeNames {
      do throws(ModelFileError) {
        _ = try object.attribute(name)
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
    _ = try? object.chunkedStrings("layer_names")
  }
}
