extension Model {
  /// Refuses what Keras could not open: files are for it as well.
  ///
  /// - Throws: `KerasError` where a call in the model has no form in Keras's files.
  func requireWritable() throws {
    for layer in flattenedSublayers {
      if let obstacle = layer.savingObstacle { throw KerasError(.invalidModel, layer.name, obstacle) }
    }
    for case let model as Model in [self] + flattenedSublayers {
      for node in model.graph?.nodes ?? [] {
        let (layer, arguments) = (node.layer, node.arguments)
        if let operation = layer as? OperationLayer, operation.isForeign {
          throw KerasError(
            .invalidArgument, layer.name,
            "computes \(operation.operationClass) of TensorFlow with extents that only data give, which no file of "
              + "Keras 3 can say; write it with layers or keras.ops")
        }
        if layer is Merge, case .list(let inputs)? = arguments.positional.first ?? arguments.keyword["inputs"],
          case .tensor(let first)? = inputs.first, case .concrete = first.content
        {
          throw KerasError(
            .invalidArgument, layer.name,
            "has a constant as its first input, with which Keras cannot open a file; put a tensor of the model first")
        }
      }
    }
  }
}
