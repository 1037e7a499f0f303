/// The optimizers that files and strings can name.
let optimizerRegistry = Registry<Optimizer>("optimizer", [SGD.self, Adam.self])
