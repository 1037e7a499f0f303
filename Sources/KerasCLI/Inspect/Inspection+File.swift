import ModelFiles

extension Inspection {
  /// Looks into a file of any format, by its contents.
  mutating func inspect(_ source: ByteSource) {
    guard let start = attempt({ try source.bytes(at: 0, count: min(source.count, 16)) }) else { return }
    let size = "\(source.count) bytes"
    if start.starts(with: [0x50, 0x4B]) {
      inspectZip(source, size)
    } else if HDF5File.isHDF5(source) {
      add("HDF5 file, \(size)")
      inspectHDF5(source)
    } else if start.starts(with: [0x93] + "NUMPY".utf8) {
      add("NumPy array (.npy), \(size)")
      inspectArray(source)
    } else if start.count > 8, start[8] == UInt8(ascii: "{"), start[4..<8].allSatisfy({ $0 == 0 }) {
      add("safetensors file, \(size)")
      inspectSafetensors(source)
    } else if let first = start.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }), first == UInt8(ascii: "{") {
      add("JSON, \(size)")
      inspectConfig(source)
    } else {
      add("Unknown, \(size)")
      note("\(source.name): expected zip, HDF5, .npy, safetensors or JSON, found none of their signatures")
    }
  }

  private mutating func inspectArray(_ source: ByteSource) {
    guard let file = attempt({ try NPYFile(source) }) else { return }
    add(file, named: "array")
    endArrays()
  }

  mutating func add(_ file: NPYFile, named name: String) {
    let count = file.elementType.byteCount(shape: file.shape) ?? 0
    add(ArrayRow(name: name, shape: file.shape, type: file.elementType.rawValue, byteCount: count))
  }

  private mutating func inspectSafetensors(_ source: ByteSource) {
    guard let file = attempt({ try SafetensorsFile(source) }) else { return }
    for (key, value) in file.metadata.sorted(by: { $0.key < $1.key }) { add(shortened("\(key) = \(value)"), indent: 2) }
    for name in file.names {
      guard let array = attempt({ try file.array(name) }) else { continue }
      add(ArrayRow(name: name, shape: array.shape, type: array.elementType.rawValue, byteCount: array.bytes.count))
    }
    endArrays()
  }

  /// At most some hundred characters of a text.
  func shortened(_ text: String) -> String { text.count > 120 ? text.prefix(117) + "…" : text }
}
