import Graph

/// A tensor of a functional model: what a node's call will give. Keras calls it a KerasTensor.
final class SymbolicTensor: @unchecked Sendable {
  let shape: [Int?]
  let dtype: DType
  /// The call this is a result of, set once when the node is made.
  private(set) var node: FunctionNode?
  private(set) var outputIndex = 0
  /// Whether the numbers follow from the extents of a model's tensors alone, as those of `tf.shape` do.
  private(set) var isMeasured = false

  init(shape: [Int?], dtype: DType) {
    self.shape = shape
    self.dtype = dtype
  }

  func attach(to node: FunctionNode, outputIndex: Int) {
    self.node = node
    self.outputIndex = outputIndex
    guard let operation = node.layer as? OperationLayer else { return }
    isMeasured =
      operation.isForeign && ["tf.shape", "tf.size"].contains(operation.operationClass)
      || node.inputs.allSatisfy(\.isMeasured)
  }
}
