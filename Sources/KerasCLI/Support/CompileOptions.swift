import ArgumentParser
import Keras

/// How a model is trained or judged, where that differs from what its file says.
struct CompileOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Loss, by Keras's name (mse, sparse_categorical_crossentropy, Huber); one for all outputs, or one each.",
      valueName: "name,…"))
  var loss: String?

  @Option(help: ArgumentHelp("Metrics, by Keras's names (accuracy, mae, AUC), for every output.", valueName: "name,…"))
  var metrics: String?

  /// Compiles the model with what was given; what was not stays as the file has it.
  func compile(_ model: Model, _ path: String, optimizer: Optimizer? = nil) throws {
    let saved = model.compilation
    let losses = try loss.map { try names(in: $0).map { try Keras.loss(named: $0) } } ?? saved?.losses ?? []
    guard losses.contains(where: { $0 != nil }) else {
      throw CommandError("\(path): says no loss; give one with --loss, for example --loss mean_squared_error")
    }
    var metrics = saved?.metrics ?? []
    if let given = self.metrics {
      metrics = try (0..<max(model.outputs.count, 1)).map { _ in
        try names(in: given).map { try Metric.named($0) }
      }
    }
    try model.compile(
      optimizer: try optimizer ?? saved?.optimizer ?? Optimizer.named("rmsprop"), losses: losses,
      lossWeights: saved?.lossWeights, metrics: metrics, weightedMetrics: saved?.weightedMetrics ?? [])
  }

  private func names(in list: String) -> [String] {
    list.split(separator: ",").map { $0.split(separator: " ").joined(separator: " ") }
  }
}
