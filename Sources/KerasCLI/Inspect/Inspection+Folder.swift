import ModelFiles

extension Inspection {
  /// A folder with what would be in a `.keras` file.
  mutating func inspect(_ folder: Folder) {
    let isModel = folder.names.contains("config.json")
    add(isModel ? "Keras model in a folder" : "Folder")
    guard isModel else {
      note("\(folder.path): expected a config.json as an unpacked .keras file has, found none")
      return
    }
    var members: [(name: String, contents: ByteSource)] = []
    add("Members")
    for name in folder.names {
      let path = "\(folder.path)/\(name)"
      if Folder(path) != nil {
        add("\(name)/", indent: 2)
      } else if let contents = attempt({ try ByteSource(path: path) }) {
        add("\(name)  \(contents.count) bytes", indent: 2)
        members.append((name, contents))
      }
    }
    let isSpread = folder.names.contains("model.weights.json")
    for (name, contents) in Inspection.sorted(members) where !(isSpread && name.hasSuffix(".h5")) {
      inspectMember(name, contents)
    }
  }
}
