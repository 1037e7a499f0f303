import Foundation
import Testing

@testable import ModelFiles

/// Writes the files that `Fixtures/check_written.py` opens with h5py, NumPy, safetensors and Keras: set
/// `KERAS_WRITTEN_FILES` to a folder and run that script on it.
@Suite struct InteroperabilityTests {
  @Test func writeFiles() throws {
    let temporary = try TemporaryFolder()
    let folder = ProcessInfo.processInfo.environment["KERAS_WRITTEN_FILES"] ?? temporary.path
    let sample = try HDF5WriterTests.sample().image()
    try AtomicFile.write(to: folder + "/sample.h5") { file throws(ModelFileError) in try sample.write(to: file) }
    #expect(try HDF5File(ByteSource(path: folder + "/sample.h5")).root.contains("many"))

    try rewriteKeras("model.keras", to: folder + "/model.keras")
    let image = try copy(Fixture.hdf5("legacy.h5")).image()
    try AtomicFile.write(to: folder + "/legacy.h5") { file throws(ModelFileError) in try image.write(to: file) }
    #expect(try HDF5File(ByteSource(path: folder + "/legacy.h5")).root.attribute("model_config") != nil)
  }

  @Test func writeArrays() throws {
    let temporary = try TemporaryFolder()
    let folder = ProcessInfo.processInfo.environment["KERAS_WRITTEN_FILES"] ?? temporary.path
    try AtomicFile.write(to: folder + "/arrays.npz") { file throws(ModelFileError) in
      let writer = NPZWriter(file)
      for type in ElementType.allCases where type != .string && type != .bfloat16 {
        let bytes = [UInt8](repeating: 1, count: 6 * type.byteCount)
        try writer.add(type.rawValue, ArrayData(elementType: type, shape: [2, 3], bytes: ByteSource(bytes)))
      }
      try writer.add("scalar", ArrayData([2.5] as [Float], shape: []))
      try writer.add("empty", ArrayData([] as [Float], shape: [0, 3]))
      try writer.finish()
    }
    #expect(try NPZFile(ByteSource(path: folder + "/arrays.npz")).names.count == 14)

    let writer = SafetensorsWriter(metadata: ["format": "keras"])
    for type in ElementType.allCases where type != .string {
      let bytes = [UInt8](repeating: 1, count: 6 * type.byteCount)
      try writer.add(type.rawValue, ArrayData(elementType: type, shape: [2, 3], bytes: ByteSource(bytes)))
    }
    try AtomicFile.write(to: folder + "/arrays.safetensors") { file throws(ModelFileError) in
      try writer.write(to: file)
    }
    #expect(try SafetensorsFile(ByteSource(path: folder + "/arrays.safetensors")).names.count == 13)

    let table = try ArrayData([0.1, -2, 3e-20, 4] as [Float], shape: [2, 2])
    try AtomicFile.write(to: folder + "/table.csv") { file throws(ModelFileError) in
      try CSVFile.write(table, header: ["a", "b"], to: file)
    }
    #expect(try CSVFile(ByteSource(path: folder + "/table.csv")).array() == table)
  }

  /// Reads an archive of Keras and writes all of it anew.
  private func rewriteKeras(_ name: String, to path: String) throws {
    let archive = try ZipArchive(Fixture.source(name))
    let weights = try copy(HDF5File(archive.contents(of: "model.weights.h5")).root).image()
    let config = try JSONValue(parsing: archive.contents(of: "config.json").bytes())
    let metadata = try archive.contents(of: "metadata.json").bytes()
    try AtomicFile.write(to: path) { file throws(ModelFileError) in
      let writer = ZipWriter(file)
      try writer.add("metadata.json", metadata)
      try writer.add("config.json", text: config.serialized())
      try writer.add("model.weights.h5", byteCount: weights.byteCount) { member throws(ModelFileError) in
        try weights.write(to: member)
      }
      try writer.finish()
    }
    let written = try HDF5File(ZipArchive(ByteSource(path: path)).contents(of: "model.weights.h5"))
    #expect(
      written.root.names
        == ["_layer_checkpoint_dependencies", "layers", "optimizer", "vars"].filter {
          written.root.contains($0)
        })
  }

  private func copy(_ root: HDF5Group) throws -> HDF5Writer {
    let writer = HDF5Writer()
    for (name, value) in try root.attributes { try writer.root.setAttribute(name, value) }
    try root.walk { child throws(ModelFileError) in
      switch child {
      case .group(let group):
        let copy = try writer.root.group(at: group.path)
        for (name, value) in try group.attributes { try copy.setAttribute(name, value) }
      case .dataset(let dataset):
        let slash = dataset.path.lastIndex(of: "/") ?? dataset.path.startIndex
        let parent = try writer.root.group(at: String(dataset.path[..<slash]))
        let name = String(dataset.path[dataset.path.index(after: slash)...])
        let copy = try parent.addDataset(name, dataset.read())
        for (name, value) in try dataset.attributes { try copy.setAttribute(name, value) }
      case .datatype:
        break
      }
    }
    return writer
  }
}
