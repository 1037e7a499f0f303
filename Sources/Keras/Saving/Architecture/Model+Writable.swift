extension Model {
  /// Refuses what Keras could not open: files are for it as well. `save` asks this itself.
  ///
  /// - Throws: `KerasError` where a call in the model has no form in Keras's files.
  public func requireWritable() throws {
    for layer in flattenedSublayers {
      if let obstacle = layer.savingObstacle { throw KerasError(.invalidModel, layer.name, obstacle) }
    }
    for case let model as Model in [self] + flattenedSublayers {
      for node in model.graph?.nodes ?? [] {
        if let problem = node.problemInFiles { throw KerasError(.invalidArgument, node.layer.name, problem) }
      }
    }
  }
}

extension FunctionNode {
  /// Why Keras could not open a file with this call.
  fileprivate var problemInFiles: String? {
    if layer is Merge, case .list(let inputs)? = arguments.positional.first ?? arguments.keyword["inputs"],
      case .tensor(let first)? = inputs.first, case .concrete = first.content
    {
      return "has a constant as its first input, with which Keras cannot open a file; put a tensor of the model first"
    }
    guard let operation = layer as? OperationLayer else { return nil }
    if operation.isForeign {
      return "computes \(operation.operationClass) of TensorFlow with extents that only data give, which no file of "
        + "Keras 3 can say; write it with layers or keras.ops"
    }
    switch operation.operationClass {
    case "ConvTranspose", "AdaptiveMaxPool", "AdaptiveAveragePool":
      return "is the operation \(operation.operationClass), with which Keras cannot open a file; use the layer for it"
    case "Conv" where hasGroups:
      return "is a convolution in groups, with which Keras cannot open a file; use the layer for it"
    default: return nil
    }
  }

  /// Whether a convolution's kernel takes fewer channels than there are.
  private var hasGroups: Bool {
    let operands = arguments.positional.flatMap(\.tensors)
    guard operands.count == 2, let kernel = operands[1].partialShape.dropLast().last else { return false }
    let shape = operands[0].partialShape
    let isFirst = (layer as? OperationLayer)?.operationConfig["data_format"] == "channels_first"
    let channels = isFirst ? shape.dropFirst().first : shape.last
    return channels != kernel
  }
}
