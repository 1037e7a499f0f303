extension FunctionalGraph {
  /// The graph of a model that may start inside another: from tensors that are no inputs on, the calls are made again
  /// on inputs of its own, as Keras does, so that the model can be saved.
  ///
  /// - Throws: as the initializer.
  static func withOwnInputs(inputs: [Tensor], outputs: [Tensor], name: String) throws -> FunctionalGraph {
    let graph = try FunctionalGraph(inputs: inputs, outputs: outputs, name: name)
    guard graph.inputs.contains(where: { $0.node?.isInput != true }) else { return graph }
    let own = graph.inputs.map { symbol in
      symbol.node?.isInput == true
        ? Tensor(.symbolic(symbol)) : InputLayer(batchShape: symbol.shape, dtype: symbol.dtype).output
    }
    var result = try FunctionalGraph(inputs: own, outputs: graph.call(own, training: nil), name: name)
    result.inputStructure = graph.inputStructure
    result.outputStructure = graph.outputStructure
    return result
  }
}
