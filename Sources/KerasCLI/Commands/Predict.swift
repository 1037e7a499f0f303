import ArgumentParser
import Keras

/// `keras predict`
struct Predict: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "predict",
    abstract: "Compute a model's outputs for the samples of a file.",
    discussion: """
      X is a .npz file with an array named x (for several inputs x_0, x_1, … in the order of the model's inputs, \
      or by their names, which keras summary shows), a .npy file, or a .csv table of one sample a row, with or without a first line of names; where its rows are longer \
      than a sample, the sample stands at their end. Numbers of other types are converted to the input's.

      P is a .npz file with the predictions as p (for several outputs p_0, p_1, …), or a .npy or .csv file for one \
      output.

        keras predict model.keras --input x.npz --output p.npz
        keras predict model.keras --input table.csv --output p.csv --batch-size 256
      """)

  @Argument(help: "The model's file.")
  var model: String

  @Option(help: ArgumentHelp("The samples: .npz, .npy or .csv.", valueName: "x"))
  var input: String

  @Option(help: ArgumentHelp("Where the predictions go: .npz, .npy or .csv.", valueName: "p"))
  var output: String

  @Option(parsing: .unconditional, help: ArgumentHelp("Samples computed at a time.", valueName: "n"))
  var batchSize = 32

  func validate() throws {
    try check(batchSize, "--batch-size")
  }

  func run() throws {
    let predictions = try Predictions(output)
    try OutputChecks.check(output, against: [input, self.model])
    let model = try Model.loaded(model)
    let file = try ArrayFile(input)
    let samples = try Samples(file, for: model)
    file.warnOfOthers(model.inputKeys)
    try predictions.write(model.predict(samples.inputs, batchSize: batchSize, verbose: Terminal.progress))
  }
}
