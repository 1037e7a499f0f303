import ModelFiles

/// The metrics that files and strings can name. A loss's name stands for the mean of that loss.
enum MetricRegistry {
  static let classes = Registry<Metric>(
    "metric",
    [
      BinaryAccuracy.self, CategoricalAccuracy.self, SparseCategoricalAccuracy.self, TopKCategoricalAccuracy.self,
      SparseTopKCategoricalAccuracy.self, Precision.self, Recall.self, AUC.self, Mean.self, Sum.self, Accuracy.self,
      RootMeanSquaredError.self, CosineSimilarityMetric.self,
    ])

  /// The metric in a file: a name, or an object with class_name and config.
  static func make(_ value: JSONValue) throws -> Metric {
    guard case (let className, var config)? = serializedObject(value) else { return try classes.make(value) }
    // Keras's logs call a metric as its user did.
    if let name = value.string { config["name"] = .string(name) }
    // The one loss that its metric's class does not share the name of.
    if className == "LogCoshError" { return MetricFromLoss(LogCosh(), name: config["name"]?.string) }
    if ["accuracy", "acc"].contains(className) { return AccuracyByName(name: className) }
    if !classes.contains(className), lossRegistry.contains(className) {
      var arguments = config
      for key in ["name", "dtype"] { arguments[key] = nil }
      return MetricFromLoss(try lossRegistry.make(className, arguments), name: config["name"]?.string)
    }
    return try classes.make(className, config)
  }
}

extension Metric {
  /// The metric that Keras knows by this name (`"accuracy"`, `"AUC"`), with Keras's defaults.
  ///
  /// - Throws: `KerasError` that lists the names there are.
  public static func named(_ name: String) throws -> Metric {
    if !["accuracy", "acc"].contains(name), !lossRegistry.contains(name) { try MetricRegistry.classes.checkName(name) }
    return try MetricRegistry.make(.string(name))
  }
}
