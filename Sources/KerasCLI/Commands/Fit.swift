import ArgumentParser
import Keras

/// `keras fit`
struct Fit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fit",
    abstract: "Train a model and save it.",
    discussion: """
      \(TrainingData.form)

      Without further options the model goes on training as its file says: optimizer with its state, loss, metrics. \
      --optimizer starts a new one with Keras's defaults; --learning-rate alone changes the rate of the file's; \
      --loss and --metrics replace the file's. A file that says nothing needs --loss, and is trained by rmsprop \
      unless --optimizer is given, as with Keras's compile.

        keras fit model.keras --data xy.npz --output trained.keras --epochs 10
        keras fit model.keras --data xy.npz --output trained.keras \\
          --optimizer sgd --learning-rate 0.05 --loss mse --metrics mae \\
          --validation-split 0.1 --history log.csv
      """)

  @Argument(help: "The model's file.")
  var model: String

  @Option(help: ArgumentHelp("Samples and targets: .npz or .csv.", valueName: "xy"))
  var data: String

  @Option(help: ArgumentHelp("Where the trained model goes.", valueName: "out.keras"))
  var output: String

  @Option(help: ArgumentHelp("Optimizer, by Keras's name (sgd, adam, RMSprop).", valueName: "name"))
  var optimizer: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Learning rate of that optimizer, or of the file's.", valueName: "rate")
  )
  var learningRate: Double?

  @OptionGroup var compileOptions: CompileOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Passes over the data.", valueName: "n"))
  var epochs = 1

  @Option(parsing: .unconditional, help: ArgumentHelp("Samples a step.", valueName: "n"))
  var batchSize = 32

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The last part of the data, from 0 to below 1, kept for validation.", valueName: "f"))
  var validationSplit = 0.0

  @Option(help: ArgumentHelp("Data for validation instead, in the form of --data.", valueName: "xy"))
  var validationData: String?

  @Option(parsing: .unconditional, help: ArgumentHelp("Make runs with equal seeds repeat bit for bit.", valueName: "n"))
  var seed: Int?

  @Flag(inversion: .prefixedNo, help: "Take the samples in a new order each epoch.")
  var shuffle = true

  @Option(help: ArgumentHelp("Write each epoch's loss and metrics: .csv or .json.", valueName: "file"))
  var history: String?

  @Flag(name: .shortAndLong, help: "Print a line an epoch even where no terminal watches.")
  var verbose = false

  func validate() throws {
    try check(epochs, "--epochs", atLeast: 0)
    try check(batchSize, "--batch-size")
    guard validationSplit >= 0, validationSplit < 1 else {
      throw ValidationError("--validation-split must be from 0 to below 1, found \(validationSplit)")
    }
    if let learningRate, !learningRate.isFinite || learningRate < 0 {
      throw ValidationError("--learning-rate must be a number from 0, found \(learningRate)")
    }
  }

  func run() throws {
    try OutputChecks.checkModel(output)
    let historyFile = try history.map { try HistoryFile($0) }
    if let history { try OutputChecks.check(history, against: [model, data, validationData].compactMap { $0 }) }
    if let seed { RandomSeed.set(seed) }
    let model = try Model.loaded(model)
    let data = try TrainingData(data, for: model)
    let validation = try validationData.map { try TrainingData($0, for: model) }
    try compileOptions.compile(model, self.model, optimizer: chosenOptimizer(for: model))
    let history = try model.fit(
      data.inputs, data.targets, batchSize: batchSize, epochs: epochs,
      verbose: verbose ? .line : Terminal.progress, validationSplit: validationSplit,
      validationData: validation.map { ValidationData($0.inputs, $0.targets, sampleWeights: $0.sampleWeights) },
      shuffle: shuffle, sampleWeights: data.sampleWeights)
    try model.save(output)
    try historyFile?.write(history)
  }

  /// The optimizer that was asked for, or the file's with the rate that was asked for.
  private func chosenOptimizer(for model: Model) throws -> Optimizer? {
    let saved = model.compilation?.optimizer
    guard optimizer == nil, let saved else {
      return try Optimizer.named(optimizer ?? "rmsprop", learningRate: learningRate)
    }
    guard let learningRate else { return saved }
    guard case .constant = saved.learningRate else {
      throw CommandError(
        "\(self.model): the learning rate follows a schedule, which --learning-rate alone cannot replace; give "
          + "--optimizer as well")
    }
    try saved.setLearningRate(learningRate)
    return saved
  }
}
