import ModelFiles

/// The metrics that files and strings can name. A loss's name stands for the mean of that loss.
enum MetricRegistry {
  static let classes = Registry<Metric>(
    "metric", [BinaryAccuracy.self, CategoricalAccuracy.self, SparseCategoricalAccuracy.self, Mean.self])

  /// The metric in a file: a name, or an object with class_name and config.
  static func make(_ value: JSONValue) throws -> Metric {
    guard let (className, config) = serializedObject(value) else { return try classes.make(value) }
    if ["accuracy", "acc"].contains(className) { return AccuracyByName(name: className) }
    if !classes.contains(className), lossRegistry.contains(className) {
      return MetricFromLoss(try lossRegistry.make(className, [:]), name: config["name"]?.string)
    }
    return try classes.make(className, config)
  }
}
