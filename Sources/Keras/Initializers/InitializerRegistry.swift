import ModelFiles

/// The initializers that files can name.
enum InitializerRegistry {
  private static let types: [any DeserializableInitializer.Type] = [
    Zeros.self, Ones.self, Constant.self, RandomUniform.self, VarianceScaling.self, GlorotUniform.self,
    GlorotNormal.self, HeUniform.self, HeNormal.self,
  ]

  private static let byName = Dictionary(
    types.flatMap { type in [(type.className, type), (snakeCase(type.className), type)] }, uniquingKeysWith: { a, _ in a })

  static func make(_ className: String, _ config: Config) throws -> any Initializer {
    guard let type = byName[className] else {
      throw KerasError(
        .unknownName, className, "is no initializer; known are \(types.map(\.className).joined(separator: ", "))")
    }
    return try type.init(ConfigReader(config, of: className))
  }
}

extension ConfigReader {
  public func initializer(_ key: String, default fallback: any Initializer) throws -> any Initializer {
    guard let (className, config) = try optionalObject(key) else { return fallback }
    return try InitializerRegistry.make(className, config)
  }
}
