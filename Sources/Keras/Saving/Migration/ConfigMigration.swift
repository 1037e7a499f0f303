import ModelFiles

/// Rewrites what older Keras versions wrote into what the current one writes, so that constructors know one form only.
///
/// Every object with `class_name` and `config` in a description passes the rules of its class, outer ones first.
struct ConfigMigration {
  let version: KerasVersion

  init(from version: KerasVersion) { self.version = version }

  /// The description as the current version would have written it.
  ///
  /// - Throws: `KerasError` for what has no equal today.
  func migrated(_ value: JSONValue) throws -> JSONValue {
    switch value {
    case .array(let items):
      return .array(try items.map(migrated))
    case .object(let object):
      var result: JSONObject = [:]
      for (key, member) in try rewritten(object) { result[key] = try migrated(member) }
      return .object(result)
    default:
      return value
    }
  }

  /// The object after the rules of its class, what is inside it not yet.
  private func rewritten(_ object: JSONObject) throws -> JSONObject {
    guard let className = object["class_name"]?.string else { return object }
    var object = object
    if !version.isKeras3 {
      if className == "Sequential", let layers = object["config"]?.array {
        // Up to Keras 2.2.2.
        object["config"] = ["layers": .array(layers)]
      }
      object["class_name"] = .string(Self.currentNames[className] ?? className)
    }
    if version.isKeras1 { try migrateFromKeras1(&object) }
    guard var config = object["config"]?.object else { return object }
    // The older .h5 format keeps Keras 2's name in all versions.
    if className == "LeakyReLU" { config.rename("alpha", to: "negative_slope") }
    if !version.isKeras3 {
      try migrateFromKeras2(className, &config)
      try migrateCausalAttention(className, &config, &object)
    }
    object["config"] = .object(config)
    return object
  }
}

extension Config {
  /// Gives a member another name, unless there is one of that name.
  mutating func rename(_ old: String, to new: String) {
    guard let value = self[old] else { return }
    self[old] = nil
    if self[new] == nil { self[new] = value }
  }

  mutating func remove(_ keys: String...) {
    for key in keys { self[key] = nil }
  }
}
