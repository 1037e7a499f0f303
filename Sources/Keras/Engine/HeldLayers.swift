import Synchronization

/// The layers that an object of the program's own class holds in its stored properties.
///
/// They are found by reflection, whenever somebody asks for the layers inside: a model's own steps, once compiled, do
/// not. Layers of this library say themselves what is inside them and are never looked into.
enum HeldLayers {
  /// The layers in the properties of `owner`, those of its superclasses first, each in the order of declaration, under
  /// the names that a Keras class with the same attributes would give them. A list's name ends in `/`.
  static func of(_ owner: Layer) -> [(attribute: String, layer: Layer)] {
    var levels: [Mirror] = []
    var level: Mirror? = isLibrary(type(of: owner)) ? nil : Mirror(reflecting: owner)
    while let mirror = level, let type = mirror.subjectType as? Layer.Type, !isLibrary(type) {
      levels.append(mirror)
      level = mirror.superclassMirror
    }
    return levels.reversed().flatMap(\.children).flatMap { label, value in
      label.map { layers(in: value, named: attribute($0)) } ?? []
    }.filter { $0.layer !== owner }
  }

  private static func layers(in value: Any, named name: String) -> [(attribute: String, layer: Layer)] {
    if let layer = value as? Layer { return [(name, layer)] }
    let mirror = Mirror(reflecting: value)
    let items: [Any]
    switch mirror.displayStyle {
    case .optional: return mirror.children.first.map { layers(in: $0.value, named: name) } ?? []
    case .collection, .tuple: items = mayHold(mirror) ? mirror.children.map(\.value) : []
    case .dictionary: items = mayHold(mirror) ? members(mirror) : []
    default: return []
    }
    var lists = 0
    return items.flatMap { item in
      if let layer = item as? Layer { return [(attribute: "\(name)/", layer: layer)] }
      let list = lists == 0 ? "container" : "container_\(lists)"
      lists += 1
      return layers(in: item, named: "\(name)/\(list)")
    }
  }

  /// Whether a collection is more than one of numbers or texts, which may be long.
  private static func mayHold(_ mirror: Mirror) -> Bool {
    guard let first = mirror.children.first?.value else { return false }
    return first is Layer || Mirror(reflecting: first).displayStyle != nil
  }

  /// The values of a dictionary in the order of their keys.
  private static func members(_ dictionary: Mirror) -> [Any] {
    dictionary.children.map { Array(Mirror(reflecting: $0.value).children.map(\.value)) }
      .filter { $0.count == 2 }.map { (key: "\($0[0])", value: $0[1]) }.sorted { $0.key < $1.key }.map(\.value)
  }

  /// Python's name for a property: `queryDense` is `query_dense`.
  private static func attribute(_ property: String) -> String {
    let lazy = "$__lazy_storage_$_"
    return snakeCase(property.hasPrefix(lazy) ? String(property.dropFirst(lazy.count)) : property)
  }

  private static let library = String(reflecting: Layer.self).dropLast("Layer".count)
  private static let known = Mutex<[ObjectIdentifier: Bool]>([:])

  /// Whether the class is one of this library.
  private static func isLibrary(_ type: Layer.Type) -> Bool {
    known.withLock { known in
      if let answer = known[ObjectIdentifier(type)] { return answer }
      let answer = String(reflecting: type).hasPrefix(library)
      known[ObjectIdentifier(type)] = answer
      return answer
    }
  }
}
