import Graph

/// A tensor of a functional model: what a node's call will give. Keras calls it a KerasTensor.
final class SymbolicTensor: @unchecked Sendable {
  let shape: [Int?]
  let dtype: DType
  /// The call this is a result of, set once when the node is made.
  private(set) var node: FunctionNode?
  private(set) var outputIndex = 0

  init(shape: [Int?], dtype: DType) {
    self.shape = shape
    self.dtype = dtype
  }

  func attach(to node: FunctionNode, outputIndex: Int) {
    self.node = node
    self.outputIndex = outputIndex
  }
}
