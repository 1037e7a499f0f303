import ArgumentParser
import Keras
import ModelFiles

/// `keras convert`
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Convert a model or its weights to another file format.",
    discussion: """
      IN is told by its contents; OUT by its ending: .keras and .h5 hold a whole model, .weights.h5 and .safetensors \
      its weights, .json its architecture. An IN that holds weights alone needs the model they are of.

        keras convert model.h5 model.keras
        keras convert model.keras weights.safetensors
        keras convert weights.h5 model.keras --architecture model.json
      """)

  @Argument(help: "The file to read.")
  var input: String

  @Argument(help: "The file to write.")
  var output: String

  @Option(help: ArgumentHelp("The model of which IN holds the weights: a model's file, or .json.", valueName: "model"))
  var architecture: String?

  func run() throws {
    let format = try ModelFormat(endingOf: output)
    let model = try architecture.map { try weighted($0) } ?? whole(for: format)
    switch format {
    case .keras, .hdf5: try model.save(output)
    case .weightsHDF5, .safetensors: try model.saveWeights(output)
    case .json:
      try AtomicFile.write(to: output) { file throws(ModelFileError) in try file.write(Array(model.toJSON().utf8)) }
    case .legacyWeightsHDF5, .npz:
      throw CommandError("\(output): expected an output that ends in .keras, .h5, .weights.h5, .safetensors or .json")
    }
  }

  /// The model in IN.
  private func whole(for format: ModelFormat) throws -> Model {
    switch try ModelFormat(contentsOf: input) {
    case .keras, .hdf5: return try Model.load(input)
    case .json where format == .json: return try Model.architecture(input)
    case .json:
      throw CommandError(
        "\(input): holds an architecture without weights; give the weights' file as IN and this one as --architecture")
    case .weightsHDF5, .legacyWeightsHDF5, .safetensors, .npz:
      throw CommandError(
        "\(input): holds weights without the model they are of; give that as --architecture MODEL or --architecture JSON"
      )
    }
  }

  /// The model in another file, with the weights in IN.
  private func weighted(_ path: String) throws -> Model {
    let model = try ModelFormat(contentsOf: path) == .json ? Model.architecture(path) : Model.load(path)
    try model.loadWeights(input)
    return model
  }
}

extension Model {
  /// A model with new weights from a `.json` file.
  fileprivate static func architecture(_ path: String) throws -> Model {
    try fromJSON(String(decoding: ByteSource(path: path).bytes(), as: UTF8.self))
  }
}
