import ModelFiles

/// The optimizers that files and strings can name.
let optimizerRegistry = Registry<Optimizer>(
  "optimizer",
  [
    SGD.self, RMSprop.self, Adam.self, AdamW.self, Adadelta.self, Adagrad.self, Adamax.self, Nadam.self, Ftrl.self,
    Lion.self, Lamb.self, Adafactor.self, ScheduleFreeAdamW.self, Muon.self, LossScaleOptimizer.self,
  ])

extension Optimizer {
  /// The optimizer that Keras knows by this name (`"adam"`, `"SGD"`), with Keras's defaults.
  ///
  /// - Parameter learningRate: the class's default unless given.
  /// - Throws: `KerasError` that lists the names there are.
  public static func named(_ name: String, learningRate: Double? = nil) throws -> Optimizer {
    try optimizerRegistry.checkName(name)
    return try optimizerRegistry.make(name, learningRate.map { ["learning_rate": .number($0)] } ?? [:])
  }
}
