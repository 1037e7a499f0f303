import ModelFiles

/// A file of input arrays: `.npz` with several, `.npy` or `.csv` with one.
struct ArrayFile {
  private enum Content {
    case archive(NPZFile)
    case array(ArrayData)
    case table(ArrayData)
  }

  let path: String
  private let content: Content

  init(_ path: String) throws {
    self.path = path
    let source = try ByteSource(path: path)
    switch FileKind(path) {
    case .npz: content = .archive(try NPZFile(source))
    case .npy: content = .array(try NPYFile(source).read())
    case .csv: content = .table(try CSVFile(source).array())
    case nil: throw CommandError("\(path): expected a file that ends in .npz, .npy or .csv")
    }
  }

  /// Tells on standard error of arrays that no role has a use for, such as one whose name is mistyped.
  ///
  /// - Parameter names: those that the model's inputs and outputs go by.
  func warnOfOthers(_ names: [String]) {
    guard case .archive(let archive) = content else { return }
    let unknown = archive.names.filter { name in
      !names.contains(name)
        && !["x", "y", "sample_weight"].contains { role in
          name == role || (name.hasPrefix("\(role)_") && Int(name.dropFirst(role.count + 1)) != nil)
        }
    }
    guard !unknown.isEmpty else { return }
    Terminal.printWarning(
      "\(path): not used: \(unknown.prefix(8).joined(separator: ", ")); arrays go by the names x, y and sample_weight")
  }

  /// The table of a `.csv` file.
  var table: ArrayData? {
    if case .table(let table) = content { return table }
    return nil
  }

  /// The arrays of a role in order: `x`, or `x_0`, `x_1`…; none where the file has none.
  func arrays(_ role: String) throws -> [ArrayData] {
    switch content {
    case .array(let array), .table(let array): return role == "x" ? [array] : []
    case .archive(let archive):
      var names: [String] = []
      while archive.names.contains("\(role)_\(names.count)") { names.append("\(role)_\(names.count)") }
      let further = archive.names.first {
        $0.hasPrefix("\(role)_") && Int($0.dropFirst(role.count + 1)) ?? -1 >= names.count
      }
      if let further {
        throw CommandError("\(path): holds \(further) but no \(role)_\(names.count); number arrays from 0 on")
      }
      if archive.names.contains(role) {
        guard names.isEmpty else { throw CommandError("\(path): holds both \(role) and \(names[0]); keep one of them") }
        names = [role]
      }
      return try names.map { try archive.array($0) }
    }
  }

  /// The arrays of a role, of which there must be some: by the role's name or, where the file has none by that, by
  /// those of the model's places.
  func requiredArrays(_ role: String, _ names: [String]) throws -> [ArrayData] {
    let arrays = try arrays(role)
    guard arrays.isEmpty else { return arrays }
    switch content {
    case .archive(let archive):
      if !names.isEmpty, names.allSatisfy(archive.names.contains) { return try names.map { try archive.array($0) } }
      let found = archive.names.isEmpty ? "no arrays" : archive.names.joined(separator: ", ")
      let expected =
        names.count > 1
        ? "arrays named \(names.joined(separator: ", ")), or \(role)_0, \(role)_1, …"
        : "an array named \(([role] + names).joined(separator: " or "))"
      throw CommandError("\(path): expected \(expected), found \(found)")
    case .array, .table:
      throw CommandError("\(path): holds one array; \(role) needs a .npz file with arrays named x and \(role)")
    }
  }
}

/// The kinds of array files, by the end of their names.
enum FileKind: String {
  case npz, npy, csv

  init?(_ path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    self.init(rawValue: path[path.index(after: dot)...].lowercased())
  }
}
