import ModelFiles

extension Inspection {
  /// A member of an archive, whole or what is left of it.
  private struct Member {
    let name: String
    let byteCount: Int
    let contents: ByteSource?
  }

  mutating func inspectZip(_ source: ByteSource, _ size: String) {
    let members = members(of: source)
    let isModel = members.contains { $0.name == "config.json" }
    let isArrays = !members.isEmpty && members.allSatisfy { $0.name.hasSuffix(".npy") }
    add("\(isModel ? "Keras model (.keras)" : isArrays ? "NumPy arrays (.npz)" : "Zip archive"), \(size)")
    if isArrays {
      for member in members {
        guard let contents = member.contents, let file = attempt({ try NPYFile(contents) }) else { continue }
        add(file, named: String(member.name.dropLast(4)))
      }
      endArrays()
      return
    }
    add("Members")
    for member in members { add("\(member.name)  \(member.byteCount) bytes", indent: 2) }
    let contents = members.compactMap { member in member.contents.map { (member.name, $0) } }
    for (name, contents) in Inspection.sorted(contents) { inspectMember(name, contents) }
  }

  /// What tells of the model comes before its weights.
  static func sorted(_ members: [(name: String, contents: ByteSource)]) -> [(name: String, contents: ByteSource)] {
    let first = ["metadata.json", "config.json"]
    func rank(_ name: String) -> Int { first.firstIndex(of: name) ?? first.count }
    return members.sorted { rank($0.name) < rank($1.name) }
  }

  /// A part of a model's archive or folder.
  mutating func inspectMember(_ name: String, _ contents: ByteSource) {
    if name == "metadata.json" {
      inspectMetadata(contents)
    } else if name == "config.json" || name == "model.weights.json" {
      inspectConfig(contents)
    } else if HDF5File.isHDF5(contents) {
      add(name)
      inspectHDF5(contents)
    }
  }

  /// The members by the directory, or where that is damaged by their own headers.
  private mutating func members(of source: ByteSource) -> [Member] {
    if let archive = attempt({ try ZipArchive(source) }) {
      return archive.members.map { member in
        Member(
          name: member.name, byteCount: member.byteCount,
          contents: attempt { try archive.contents(of: member.name) }
            ?? (member.isStored ? try? archive.contents(of: member.name, verifyingChecksum: false) : nil))
      }
    }
    return ZipRecovery(source).members.map { member in
      if !member.isComplete {
        note("\(source.name): \(member.name): expected \(member.byteCount) bytes, found \(member.contents.count)")
      }
      return Member(name: member.name, byteCount: member.byteCount, contents: member.isStored ? member.contents : nil)
    }
  }

  private mutating func inspectMetadata(_ contents: ByteSource) {
    guard let value = attempt({ try JSONValue(parsing: contents.bytes(), name: contents.name) }) else { return }
    for (key, value) in value.object ?? [:] { add(shortened("\(key): \(value.string ?? value.description)")) }
  }
}
