/// The losses that files and strings can name.
let lossRegistry = Registry<any Loss>(
  "loss",
  [
    MeanSquaredError.self, MeanAbsoluteError.self, MeanAbsolutePercentageError.self, MeanSquaredLogarithmicError.self,
    LogCosh.self, Huber.self, CosineSimilarity.self, Poisson.self, KLDivergence.self, Hinge.self, SquaredHinge.self,
    CategoricalHinge.self, BinaryCrossentropy.self, BinaryFocalCrossentropy.self, CategoricalCrossentropy.self,
    CategoricalFocalCrossentropy.self, SparseCategoricalCrossentropy.self, CategoricalGeneralizedCrossEntropy.self,
    Dice.self, Tversky.self, Circle.self, CTC.self,
  ],
  aliases: [
    "mse": "MeanSquaredError", "MSE": "MeanSquaredError", "mae": "MeanAbsoluteError", "MAE": "MeanAbsoluteError",
    "mape": "MeanAbsolutePercentageError", "MAPE": "MeanAbsolutePercentageError",
    "msle": "MeanSquaredLogarithmicError", "MSLE": "MeanSquaredLogarithmicError", "logcosh": "LogCosh",
    "bce": "BinaryCrossentropy", "BCE": "BinaryCrossentropy", "kld": "KLDivergence", "KLD": "KLDivergence",
    "kullback_leibler_divergence": "KLDivergence", "kl_divergence": "KLDivergence",
  ])

/// The loss that Keras knows by this name (`"mse"`, `"MeanSquaredError"`), with Keras's defaults.
///
/// - Throws: `KerasError` that lists the names there are.
public func loss(named name: String) throws -> any Loss {
  try lossRegistry.checkName(name)
  return try lossRegistry.make(name, [:])
}
