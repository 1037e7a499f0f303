import Keras
import ModelFiles

/// Inputs, targets and sample weights of a file.
///
/// In a table the last columns are a sample and those before them its targets.
struct TrainingData {
  let inputs: [Tensor]
  let targets: [Tensor]
  /// None, one array for all outputs, or one for each.
  let sampleWeights: [Tensor]

  /// How such a file looks, for help texts.
  static let form = """
    XY is a .npz file with arrays named x and y (for several inputs or outputs x_0, x_1, …, y_0, y_1, … in the model's \
    order, or by their names, which keras summary shows) and, if samples count differently, sample_weight (or one for each output: sample_weight_0, …); or a .csv table of which each row ends in a sample and \
    begins with its target.
    """

  init(_ path: String, for model: Model) throws {
    let file = try ArrayFile(path)
    inputs = try Samples(file, for: model).inputs
    if let table = file.table {
      targets = [try TrainingData.targets(in: table, inputs[0], path)]
      sampleWeights = []
      return
    }
    targets = try file.requiredArrays("y", model.outputKeys).map {
      try Tensor($0, dtype: $0.elementType.isFloatingPoint ? .float32 : nil)
    }
    sampleWeights = try file.arrays("sample_weight").map { try Tensor($0, dtype: .float32) }
    file.warnOfOthers(model.inputKeys + model.outputKeys)
  }

  private static func targets(in table: ArrayData, _ inputs: Tensor, _ path: String) throws -> Tensor {
    let features = inputs.shape.dimensions.dropFirst().reduce(1, *)
    let columns = table.shape[1]
    guard features < columns else {
      throw CommandError(
        "\(path): expected the targets in columns before the \(features) of a sample, found \(columns) columns in all")
    }
    let targets = try Tensor(table).slice(axis: 1, 0..<columns - features)
    return columns - features == 1 ? targets.squeeze(-1) : targets
  }
}
