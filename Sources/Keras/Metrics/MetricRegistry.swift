import ModelFiles

/// The metrics that files and strings can name. A loss's name stands for the mean of that loss.
enum MetricRegistry {
  static let classes = Registry<Metric>(
    "metric",
    [
      BinaryAccuracy.self, CategoricalAccuracy.self, SparseCategoricalAccuracy.self, TopKCategoricalAccuracy.self,
      SparseTopKCategoricalAccuracy.self, Precision.self, Recall.self, AUC.self, Mean.self, Sum.self, Accuracy.self,
      RootMeanSquaredError.self, CosineSimilarityMetric.self, TruePositives.self, TrueNegatives.self,
      FalsePositives.self, FalseNegatives.self, SensitivityAtSpecificity.self, SpecificityAtSensitivity.self,
      PrecisionAtRecall.self, RecallAtPrecision.self, FBetaScore.self, F1Score.self, IoU.self, MeanIoU.self,
      BinaryIoU.self, OneHotIoU.self, OneHotMeanIoU.self, R2Score.self, PearsonCorrelation.self,
      ConcordanceCorrelation.self,
    ])

  /// The metric in a file: a name, or an object with class_name and config.
  ///
  /// - Throws: `KerasError` where the name is unknown or an argument makes no sense.
  static func make(_ value: JSONValue) throws -> Metric {
    // Logs call a metric that was named by a string by that string.
    if let name = value.string { return try make(name, ["name": .string(name)], called: name) }
    guard let (className, config) = serializedObject(value) else { return try classes.make(value) }
    if className == "MeanMetricWrapper", let function = config["fn"]?["config"]?.string ?? config["fn"]?.string {
      var arguments = config
      arguments["fn"] = nil
      return try make(function, arguments, called: nil)
    }
    return try make(className, config, called: nil)
  }

  private static func make(_ className: String, _ config: Config, called name: String?) throws -> Metric {
    if let name, ["accuracy", "acc"].contains(name.lowercased()) { return AccuracyByName(name: name) }
    // The one loss that its metric's class does not share the name of.
    let lossName = ["LogCoshError", "log_cosh_error"].contains(className) ? "LogCosh" : className
    if !classes.contains(className), lossRegistry.contains(lossName) {
      var arguments = config
      for key in ["name", "dtype"] { arguments[key] = nil }
      let defaultName = lossName == className ? nil : "logcosh"
      return MetricFromLoss(try lossRegistry.make(lossName, arguments), name: config["name"]?.string ?? defaultName)
    }
    return try classes.make(className, config)
  }
}

extension Metric {
  /// The metric that Keras knows by this name (`"accuracy"`, `"AUC"`), with Keras's defaults.
  ///
  /// - Throws: `KerasError` that lists the names there are.
  public static func named(_ name: String) throws -> Metric {
    let further = ["accuracy", "acc", "LogCoshError", "log_cosh_error"] + lossRegistry.names
    if !further.contains(name) { try MetricRegistry.classes.checkName(name, further: further) }
    return try MetricRegistry.make(.string(name))
  }
}
