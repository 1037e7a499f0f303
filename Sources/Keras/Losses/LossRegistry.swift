/// The losses that files and strings can name.
let lossRegistry = Registry<any Loss>(
  "loss",
  [
    MeanSquaredError.self, MeanAbsoluteError.self, SparseCategoricalCrossentropy.self, CategoricalCrossentropy.self,
    BinaryCrossentropy.self,
  ],
  aliases: [
    "mse": "MeanSquaredError", "MSE": "MeanSquaredError", "mae": "MeanAbsoluteError", "MAE": "MeanAbsoluteError",
  ])
