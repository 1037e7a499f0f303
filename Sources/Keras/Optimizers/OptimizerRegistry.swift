/// The optimizers that files and strings can name.
let optimizerRegistry = Registry<Optimizer>(
  "optimizer",
  [
    SGD.self, RMSprop.self, Adam.self, AdamW.self, Adadelta.self, Adagrad.self, Adamax.self, Nadam.self, Ftrl.self,
    Lion.self, Lamb.self, Adafactor.self, ScheduleFreeAdamW.self,
  ])
