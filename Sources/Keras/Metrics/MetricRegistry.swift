import ModelFiles

/// The metrics that files and strings can name.
enum MetricRegistry {
  private static let types: [any DeserializableMetric.Type] = [
    BinaryAccuracy.self, CategoricalAccuracy.self, SparseCategoricalAccuracy.self, Mean.self,
  ]

  /// The metric in a file: a name or an object with class_name and config.
  static func make(_ value: JSONValue) throws -> Metric {
    guard let (className, config) = serializedObject(value) else {
      throw KerasError(.invalidArgument, "metrics", "must be names or objects with class_name, found \(value)")
    }
    return try make(className, config)
  }

  static func make(_ className: String, _ config: Config) throws -> Metric {
    if ["accuracy", "acc"].contains(className) { return AccuracyByName(name: className) }
    if let type = types.first(where: { $0.className == className || snakeCase($0.className) == className }) {
      return try type.init(ConfigReader(config, of: className))
    }
    if let loss = try? LossRegistry.make(className, [:]) {
      return MetricFromLoss(loss, name: config["name"]?.string ?? (className == loss.name ? nil : snakeCase(className)))
    }
    throw KerasError(
      .unknownName, className, "is no metric; known are \(types.map(\.className).joined(separator: ", "))")
  }
}

/// The losses that files and strings can name.
enum LossRegistry {
  private static let types: [any DeserializableLoss.Type] = [
    MeanSquaredError.self, MeanAbsoluteError.self, SparseCategoricalCrossentropy.self, CategoricalCrossentropy.self,
    BinaryCrossentropy.self,
  ]

  private static let aliases = ["mse": "MeanSquaredError", "mae": "MeanAbsoluteError"]

  static func make(_ value: JSONValue) throws -> any Loss {
    guard let (className, config) = serializedObject(value) else {
      throw KerasError(.invalidArgument, "loss", "must be a name or an object with class_name, found \(value)")
    }
    return try make(className, config)
  }

  static func make(_ className: String, _ config: Config) throws -> any Loss {
    let wanted = aliases[className.lowercased()] ?? className
    guard let type = types.first(where: { $0.className == wanted || snakeCase($0.className) == wanted }) else {
      throw KerasError(
        .unknownName, className, "is no loss; known are \(types.map(\.className).joined(separator: ", "))")
    }
    return try type.init(ConfigReader(config, of: className))
  }
}
