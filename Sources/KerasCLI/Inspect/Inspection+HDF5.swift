import ModelFiles

extension Inspection {
  mutating func inspectHDF5(_ source: ByteSource) {
    guard let file = attempt({ try HDF5File(source) }) ?? (try? HDF5File(source, allowingTruncation: true)) else {
      return
    }
    var remaining = Inspection.objectLimit
    inspect(file.root, &remaining)
    endArrays()
    if remaining == 0 {
      note("\(source.name): holds more than \(Inspection.objectLimit) objects; the rest is not listed")
    }
  }

  /// A crafted file can reach a few objects by very many paths.
  private static var objectLimit: Int { 100_000 }

  /// A group, its attributes and what is below it. A child that cannot be read does not hide the others.
  private mutating func inspect(_ group: HDF5Group, _ remaining: inout Int) {
    inspectAttributes(of: group, at: group.path)
    for name in group.names where remaining > 0 {
      remaining -= 1
      guard let child = attempt({ try group.child(name) }) else { continue }
      switch child {
      case .group(let inner): inspect(inner, &remaining)
      case .dataset(let dataset):
        inspectAttributes(of: dataset, at: dataset.path)
        add(
          ArrayRow(
            name: dataset.path, shape: dataset.shape, type: dataset.typeName, byteCount: dataset.byteCount))
      case .datatype: break
      }
    }
  }

  private mutating func inspectAttributes(of object: some HDF5Attributed, at path: String) {
    guard let names = attempt({ try object.attributeNames }) else { return }
    for name in names {
      guard let value = attempt({ try object.attribute(name) }), let value else { continue }
      if path == "/", name == "model_config", let text = value.string {
        inspectConfig(ByteSource(Array(text.utf8), name: "model_config"))
      } else {
        add(shortened("\(path) @\(name) = \(text(of: value))"), indent: 2)
      }
    }
  }

  private func text(of value: HDF5AttributeValue) -> String {
    switch value {
    case .string(let text): "\"\(text)\""
    case .strings(let texts): "[" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
    case .array(let array): "\(array.elementType.rawValue) of shape \(array.shape)"
    case .bytes(let bytes): "\(bytes.count) bytes"
    case .null: "nothing"
    }
  }
}
