import ArgumentParser
import Keras
import ModelFiles

/// `keras evaluate`
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate",
    abstract: "Show a model's loss and metrics on data.",
    discussion: """
      \(TrainingData.form)

      Loss and metrics are those of the file; --loss and --metrics replace them. Each is printed as a line of name and \
      value.

        keras evaluate model.keras --data xy.npz
        keras evaluate model.keras --data xy.npz --loss mse --metrics mae,accuracy --json
      """)

  @Argument(help: "The model's file.")
  var model: String

  @Option(help: ArgumentHelp("Samples and targets: .npz or .csv.", valueName: "xy"))
  var data: String

  @OptionGroup var compileOptions: CompileOptions

  @Option(parsing: .unconditional, help: ArgumentHelp("Samples computed at a time.", valueName: "n"))
  var batchSize = 32

  @Flag(help: "Print one JSON object instead.")
  var json = false

  func validate() throws {
    try check(batchSize, "--batch-size")
  }

  func run() throws {
    let model = try Model.loaded(model)
    let data = try TrainingData(data, for: model)
    try compileOptions.compile(model, self.model)
    let logs = try model.evaluate(
      data.inputs, data.targets, batchSize: batchSize, verbose: json ? .silent : Terminal.progress,
      sampleWeights: data.sampleWeights)
    if json {
      var object = JSONObject()
      for (metric, names) in metrics(in: logs.map(\.name)) {
        let values = names.compactMap { logs[$0].map { JSONValue.number($0) } }
        object[metric] = names == [metric] ? values.first : .array(values)
      }
      print(JSONValue.object(object).serialized())
    } else {
      for (name, value) in logs { print("\(Terminal.escaped(name)): \(Float(value))") }
    }
  }
}
