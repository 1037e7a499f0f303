import ModelFiles

/// An HDF5 file read whole, to be written again with changes.
struct HDF5Copy {
  let root: HDF5Group

  init(_ bytes: [UInt8]) throws {
    root = try HDF5File(ByteSource(bytes)).root
  }

  /// The file with JSON attributes of the root changed and with datasets left out or doubled.
  func rewritten(
    attribute change: (JSONValue) -> JSONValue, keepDataset: () -> Bool = { true }
  ) throws -> [UInt8] {
    let writer = HDF5Writer()
    func copyAttributes(_ source: some HDF5Attributed, to target: HDF5ObjectBuilder) throws {
      for (name, value) in try source.attributes where name != "dtype" || target is HDF5GroupBuilder {
        if case .string(let text) = value, let json = try? JSONValue(parsing: Array(text.utf8)), json.object != nil {
          try target.setAttribute(name, .string(change(json).serialized()))
        } else {
          try target.setAttribute(name, value)
        }
      }
    }
    func copy(_ group: HDF5Group, to target: HDF5GroupBuilder) throws {
      try copyAttributes(group, to: target)
      for name in group.names {
        switch try group.child(name) {
        case .group(let inner): try copy(inner, to: target.addGroup(name))
        case .dataset(let dataset):
          guard keepDataset() else { continue }
          try copyAttributes(dataset, to: target.addDataset(name, dataset.read()))
        case .datatype: break
        }
      }
    }
    try copy(root, to: writer.root)
    let sink = MemorySink()
    try writer.image().write(to: sink)
    return sink.bytes
  }
}
