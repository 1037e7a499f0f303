import ModelFiles

/// Operations in a functional model whose results are only masks that the layers pass on by themselves.
///
/// Keras 3 writes the mask of an `Embedding(maskZero: true)` as the operation `not_equal(x, 0)` and gives it to every
/// layer that it reaches. The older `.h5` format has no operations and leaves all of it to the layers.
struct ImplicitMasks {
  /// Whether configs are made without these operations and without the arguments that they are for.
  @TaskLocal static var areLeftOut = false

  private let nodes: Set<ObjectIdentifier>

  init(_ graph: FunctionalGraph) {
    var uses: [ObjectIdentifier: Bool] = [:]
    func note(_ argument: Argument, isImplicit: (SymbolicTensor) -> Bool) {
      for tensor in argument.tensors {
        guard case .symbolic(let symbol) = tensor.content, let node = symbol.node else { continue }
        let isMask = Self.source(of: node) != nil && isImplicit(symbol)
        uses[ObjectIdentifier(node)] = uses[ObjectIdentifier(node), default: true] && isMask
      }
    }
    for node in graph.nodes where !node.isInput {
      for argument in node.arguments.positional { note(argument) { _ in false } }
      for (key, argument) in node.arguments.keyword {
        let masked = Self.masked(by: key, in: node)
        note(argument) { mask in masked.flatMap(Self.embedded) === mask.node.flatMap(Self.source) }
      }
    }
    for output in graph.outputs { note(.tensor(Tensor(.symbolic(output)))) { _ in false } }
    nodes = Set(uses.filter(\.value).keys)
  }

  func contains(_ node: FunctionNode) -> Bool { nodes.contains(ObjectIdentifier(node)) }

  /// Whether a layer is nothing but one of these operations.
  func contains(_ layer: Layer) -> Bool {
    layer is OperationLayer && !layer.inboundNodes.isEmpty && layer.inboundNodes.allSatisfy(contains)
  }

  func contains(_ argument: Argument) -> Bool {
    guard case .tensor(let tensor) = argument, case .symbolic(let symbol) = tensor.content else { return false }
    return symbol.node.map(contains) ?? false
  }

  /// x, of a call not_equal(x, 0).
  private static func source(of node: FunctionNode) -> SymbolicTensor? {
    guard (node.layer as? OperationLayer)?.operationClass == "NotEqual", node.inputs.count == 1,
      case .value(let value)? = node.arguments.positional.dropFirst().first, value.double == 0
    else { return nil }
    return node.inputs.first
  }

  /// The input of a call that an argument is the mask of.
  private static func masked(by key: String, in node: FunctionNode) -> SymbolicTensor? {
    let names = node.layer.inputNames
    guard let index = key == "mask" ? 0 : names.firstIndex(where: { "\($0)_mask" == key }) else { return nil }
    let argument = node.arguments.positional.dropFirst(index).first ?? node.arguments.keyword[names[index]]
    guard case .tensor(let tensor)? = argument, case .symbolic(let symbol) = tensor.content else { return nil }
    return symbol
  }

  /// What an embedding was given whose mask a tensor carries.
  private static func embedded(_ tensor: SymbolicTensor) -> SymbolicTensor? {
    var node = tensor.node
    while let call = node {
      if let embedding = call.layer as? Embedding { return embedding.createsMask ? call.inputs.first : nil }
      guard call.layer.supportsMasking, !(call.layer is Model), !(call.layer is OperationLayer) else { return nil }
      node = call.inputs.first?.node
    }
    return nil
  }
}
