import Keras

/// A batch of ones for a model that came from a damaged file, and what the model predicts from it.
struct ModelBatch {
  private let model: Model
  private let inputs: [Tensor]
  private let outputs: [Tensor]

  /// The most numbers that an input has here.
  private static let inputLimit = 1 << 20

  /// The most weights that are initialized here, where only an architecture is given.
  private static let weightLimit = 1 << 24

  /// Predicts the batch.
  ///
  /// - Returns: `nil` where the model asks for too large a batch, or for none.
  init?(_ model: Model) throws {
    var inputs: [Tensor] = []
    for input in model.inputs {
      let shape = Shape(input.partialShape.map { $0 ?? 2 })
      guard shape.isValid, shape.elementCount <= Self.inputLimit else { return nil }
      inputs.append(Tensor.full(shape, 1, dtype: input.dtype))
    }
    guard !inputs.isEmpty, model.parameterCount <= Self.weightLimit else { return nil }
    self.model = model
    self.inputs = inputs
    outputs = try model.predict(inputs)
  }

  /// Trains for a step towards 0, where the model is compiled.
  func train() throws {
    guard model.compilation != nil else { return }
    try model.trainOnBatch(inputs, outputs.map { Tensor.full($0.shape, 0, dtype: .float32) })
  }
}
