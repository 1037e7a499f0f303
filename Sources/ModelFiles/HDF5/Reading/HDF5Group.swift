/// A group: named children, and attributes.
///
/// Methods take paths with “/”; every component must be a hard link to an object of this file.
public struct HDF5Group: Sendable {
  /// Where the group was found, from “/”.
  public let path: String
  /// The names of the children in file order: by creation where the group keeps that, and else by name.
  public var names: [String] { links.names }
  let container: HDF5Container
  let header: HDF5ObjectHeader
  private let links: HDF5LinkTable
  private let ancestors: [Int]
  private static let depthLimit = 64

  init(
    _ container: HDF5Container, at address: Int, path: String, ancestors: [Int]
  ) throws(ModelFileError) {
    let context = container.source.context.inside(path)
    let header = try HDF5ObjectHeader(container, at: address, context)
    try self.init(container, header, path: path, ancestors: ancestors)
  }

  fileprivate init(
    _ container: HDF5Container, _ header: HDF5ObjectHeader, path: String, ancestors: [Int]
  ) throws(ModelFileError) {
    let context = container.source.context.inside(path)
    guard !ancestors.contains(header.address) else {
      throw context.malformed(expected: "groups without cycles", found: "a group that contains itself")
    }
    guard ancestors.count < HDF5Group.depthLimit else {
      throw context.error(
        .limitExceeded, expected: "at most \(HDF5Group.depthLimit) nested groups", found: "more")
    }
    guard
      header.contains(.symbolTable) || header.contains(.linkInfo) || header.contains(.link)
        || header.contains(.groupInfo)
    else {
      throw context.error(.mismatch, expected: "a group", found: "an object of another kind")
    }
    self.container = container
    self.header = header
    self.path = path
    self.ancestors = ancestors + [header.address]
    links = try container.linkTable(of: header, context)
  }

  /// A child.
  public enum Child: Sendable {
    case group(HDF5Group)
    case dataset(HDF5Dataset)
    /// A committed datatype, which holds no data.
    case datatype
  }

  /// Whether there is a child of this name, of whatever kind.
  public func contains(_ name: String) -> Bool {
    links[name] != nil
  }

  /// The child called `name`, a single component.
  ///
  /// - Throws: ``ModelFileError`` of kind `.missing`, or `.refused` for a link that is not a hard link.
  public func child(_ name: String) throws(ModelFileError) -> Child {
    let path = childPath(name)
    let context = container.source.context.inside(path)
    guard let link = links[name] else {
      let present = names.isEmpty ? "an empty group" : "only \(names.prefix(20).joined(separator: ", "))"
      throw context.error(.missing, expected: "“\(name)” in the group “\(self.path)”", found: present)
    }
    let header = try HDF5ObjectHeader(container, at: hardAddress(of: link, context), context)
    if header.contains(.layout) {
      return .dataset(try HDF5Dataset(container, header, path: path))
    }
    if header.contains(.datatype), !header.contains(.dataspace) { return .datatype }
    return .group(try HDF5Group(container, header, path: path, ancestors: ancestors))
  }

  /// The group at `path` below this one.
  public func group(_ path: String) throws(ModelFileError) -> HDF5Group {
    var group = self
    for name in try components(path) {
      guard case .group(let next) = try group.child(name) else {
        throw container.source.context.inside(group.childPath(name))
          .error(.mismatch, expected: "a group", found: "a dataset or datatype")
      }
      group = next
    }
    return group
  }

  /// The dataset at `path` below this group.
  public func dataset(_ path: String) throws(ModelFileError) -> HDF5Dataset {
    var names = try components(path)
    let last = names.removeLast()
    let group = names.isEmpty ? self : try group(names.joined(separator: "/"))
    guard case .dataset(let dataset) = try group.child(last) else {
      throw container.source.context.inside(group.childPath(last))
        .error(.mismatch, expected: "a dataset", found: "a group or datatype")
    }
    return dataset
  }

  /// Calls `body` with every group and dataset below this group, parents first, in file order.
  ///
  /// - Throws: ``ModelFileError`` of kind `.refused` when an object is reached twice, as a crafted file may do to make
  ///   a walk endless; whatever `body` throws.
  public func walk(_ body: (Child) throws(ModelFileError) -> Void) throws(ModelFileError) {
    var visited: Set<Int> = [header.address]
    try walk(&visited, body)
  }

  private func walk(
    _ visited: inout Set<Int>, _ body: (Child) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    for name in names {
      let child = try child(name)
      let address: Int? =
        switch child {
        case .group(let group): group.header.address
        case .dataset(let dataset): dataset.header.address
        case .datatype: nil
        }
      if let address, !visited.insert(address).inserted {
        throw container.source.context.inside(childPath(name)).error(
          .refused, expected: "objects with one name", found: "a second link to the same object")
      }
      try body(child)
      if case .group(let group) = child { try group.walk(&visited, body) }
    }
  }

  private func childPath(_ name: String) -> String {
    path == "/" ? "/\(name)" : "\(path)/\(name)"
  }

  private func components(_ path: String) throws(ModelFileError) -> [String] {
    let names = path.split(separator: "/").map(String.init)
    guard !names.isEmpty else {
      throw container.source.context.error(.invalidArgument, expected: "the path of an object", found: "“\(path)”")
    }
    return names
  }

  private func hardAddress(of link: HDF5Link, _ context: ErrorContext) throws(ModelFileError) -> Int {
    let found: String
    switch link.target {
    case .hard(let address): return address
    case .soft(let target): found = "a soft link to “\(target)”"
    case .external(let target): found = "a link to another file, “\(target.split(separator: "\0").first ?? "")”"
    case .userDefined(let type): found = "a link of type \(type)"
    }
    throw context.error(
      .refused, expected: "an object in this file", found: found,
      remedy: "links are never followed, for safety; save the data itself under this name")
  }
}
