/// Which of Keras's metrics improve by growing, as Keras's classes say it of themselves.
enum MetricDirection {
  private static let rising = [
    "AUC", "Accuracy", "BinaryAccuracy", "BinaryIoU", "CategoricalAccuracy", "ConcordanceCorrelation",
    "CosineSimilarity", "F1Score", "FBetaScore", "IoU", "MeanIoU", "OneHotIoU", "OneHotMeanIoU", "PearsonCorrelation",
    "Precision", "PrecisionAtRecall", "R2Score", "Recall", "RecallAtPrecision", "SensitivityAtSpecificity",
    "SparseCategoricalAccuracy", "SparseTopKCategoricalAccuracy", "SpecificityAtSensitivity",
    "TopKCategoricalAccuracy",
  ]

  static let byClass: [String: Bool] = Dictionary(uniqueKeysWithValues: rising.map { ($0, true) })
    .merging([RootMeanSquaredError.className: false, MetricFromLoss.className: false]) { $1 }
}
