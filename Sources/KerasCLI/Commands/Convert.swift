import ArgumentParser
import Keras
import ModelFiles

/// `keras convert`
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert",
    abstract: "Convert a model or its weights to another file format.",
    discussion: """
      IN is told by its contents; OUT by its ending: .keras and .h5 hold a whole model, as does a new folder whose name \
      ends in /; .weights.h5 and .safetensors hold weights, .json an architecture. An IN that holds weights alone needs \
      the model they are of.

      Every weight must be in IN and every one in IN be used, unless --by-name or --skip-mismatch allow otherwise; what \
      was left out is then told on standard error.

        keras convert model.h5 model.keras
        keras convert model.keras weights.safetensors
        keras convert weights.h5 model.keras --architecture model.json
        keras convert backbone.h5 tuned.keras --architecture model.keras --by-name
      """)

  @Argument(help: "The file to read, or the folder of an unpacked .keras file.")
  var input: String

  @Argument(help: "The file to write.")
  var output: String

  @Option(help: ArgumentHelp("The model of which IN holds the weights: a model's file, or .json.", valueName: "model"))
  var architecture: String?

  @Flag(help: "Load the weights that IN and the model both have, by the names of layers.")
  var byName = false

  @Flag(help: "Leave out weights of another shape than the model's.")
  var skipMismatch = false

  func validate() throws {
    guard architecture != nil || !(byName || skipMismatch) else {
      throw ValidationError("--by-name and --skip-mismatch go with --architecture")
    }
  }

  func run() throws {
    let write = try writer()
    try write(architecture.map { try weighted($0) } ?? whole())
  }

  /// How a model is written to OUT.
  private func writer() throws -> (Model) throws -> Void {
    if output.hasSuffix("/") {
      let folder = String(output.dropLast())
      try OutputChecks.checkFolder(of: folder)
      return { try $0.save(folder, zipped: false) }
    }
    try OutputChecks.checkFile(output)
    switch try? ModelFormat(endingOf: output) {
    case .keras, .hdf5: return { try $0.save(output) }
    case .weightsHDF5, .safetensors: return { try $0.saveWeights(output) }
    case .json:
      return { model in
        try model.requireWritable()
        let text = model.toJSON()
        try AtomicFile.write(to: output) { file throws(ModelFileError) in try file.write(Array(text.utf8)) }
      }
    case .legacyWeightsHDF5, .weightsIndex, .npz, nil:
      throw CommandError(
        "\(output): expected an output that ends in .keras, .h5, .weights.h5, .safetensors, .json or, for a folder, /")
    }
  }

  /// The model in IN.
  private func whole() throws -> Model {
    switch try ModelFormat(contentsOf: input) {
    case .keras, .hdf5: return try Model.loaded(input)
    case .json where output.hasSuffix(".json"): return try Model.load(input)
    case .json:
      throw CommandError(
        "\(input): holds an architecture without weights; give the weights' file as IN and this one as --architecture")
    case .weightsHDF5, .weightsIndex, .legacyWeightsHDF5, .safetensors, .npz:
      throw CommandError(
        "\(input): holds weights without the model they are of; give that as --architecture MODEL or --architecture JSON"
      )
    }
  }

  /// The model in another file, with the weights in IN.
  private func weighted(_ path: String) throws -> Model {
    let model = try ModelFormat(contentsOf: path) == .json ? Model.load(path) : Model.loaded(path)
    let report = try model.loadWeights(input, byName: byName, skipMismatch: skipMismatch)
    if !report.isComplete { Terminal.printWarning("\(input): \(report)") }
    return model
  }
}
