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

/// One call of a layer in a functional model.
final class FunctionNode: @unchecked Sendable {
  let layer: Layer
  /// Position among the layer's calls, as the config of a model counts them.
  let index: Int
  let arguments: CallArguments
  let inputs: [SymbolicTensor]
  private(set) var outputs: [SymbolicTensor]

  init(layer: Layer, arguments: CallArguments, outputs: [SymbolicTensor]) {
    self.layer = layer
    self.arguments = arguments
    self.outputs = outputs
    inputs = arguments.tensors.compactMap {
      if case .symbolic(let symbol) = $0.content { symbol } else { nil }
    }
    index = layer.inboundNodes.count
    for (position, output) in outputs.enumerated() { output.attach(to: self, outputIndex: position) }
    layer.inboundNodes.append(self)
  }

  var isInput: Bool { inputs.isEmpty }
}
