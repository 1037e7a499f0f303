import ModelFiles

/// An object that a config can describe: a layer, loss, metric, optimizer, initializer…
public protocol ConfigConstructible {
  /// The name under which files know the class.
  static var className: String { get }
  /// Makes the object from its constructor's arguments.
  init(from reader: ConfigReader) throws
}

/// The classes of one kind that files may name. Nothing outside it can be made from a file.
struct Registry<Product>: Sendable {
  /// What the classes are, for messages: "layer".
  let kind: String
  let types: [any (ConfigConstructible & Sendable).Type]
  private let byName: [String: any (ConfigConstructible & Sendable).Type]

  /// - Parameter aliases: further names of classes, as Keras knows them.
  init(_ kind: String, _ types: [any (ConfigConstructible & Sendable).Type], aliases: [String: String] = [:]) {
    self.kind = kind
    self.types = types
    var names: [String: any (ConfigConstructible & Sendable).Type] = [:]
    for type in types {
      names[type.className] = type
      names[snakeCase(type.className)] = type
      names[type.className.lowercased()] = type
    }
    for (alias, className) in aliases { names[alias] = names[className] }
    byName = names
  }

  /// The class names in the order of registration.
  var classNames: [String] { types.map { $0.className } }

  func contains(_ name: String) -> Bool { byName[name] != nil }

  /// The class of that name, unless the program has registered another under it.
  func type(named name: String) -> (any (ConfigConstructible & Sendable).Type)? {
    CustomObjects.type(named: name) == nil ? byName[name] ?? byName[name.lowercased()] : nil
  }

  /// - Parameter further: names that are known besides the registry's.
  /// - Throws: `KerasError` with the nearest names where this one is unknown.
  func checkName(_ name: String, further: [String] = []) throws {
    guard CustomObjects.type(named: name) == nil, !contains(name), !contains(name.lowercased()) else { return }
    // Further names are spellings of the classes; a list of all gives each once.
    let near = namesNear(name, among: (byName.keys + further).sorted(by: >))
    throw KerasError.unknown(name, kind, among: near.isEmpty ? classNames : near)
  }

  /// All names, with their other spellings.
  var names: [String] { Array(byName.keys) }

  /// - Throws: `KerasError` where the name is unknown or an argument makes no sense.
  func make(_ className: String, _ config: Config) throws -> Product {
    let custom = CustomObjects.type(named: className)
    guard let type = custom ?? byName[className] ?? byName[className.lowercased()] else {
      throw KerasError.unknown(
        className, "\(kind) that this program knows", among: classNames,
        remedy: "register your own with CustomObjects.register")
    }
    let reader = ConfigReader(config, of: type.className)
    guard let product = try type.init(from: reader) as? Product else {
      throw KerasError(.unknownName, className, "is not a \(kind)")
    }
    return product
  }

  /// The object in a file: a name, or an object with class_name and config.
  func make(_ value: JSONValue) throws -> Product {
    guard let (className, config) = serializedObject(value) else {
      throw KerasError(.invalidArgument, kind, "must be a name or an object with class_name, found \(value.excerpt)")
    }
    return try make(className, config)
  }
}
