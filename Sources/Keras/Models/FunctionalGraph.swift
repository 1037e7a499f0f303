/// The calls between a functional model's inputs and outputs, in an order in which they can run.
struct FunctionalGraph: Sendable {
  let inputs: [SymbolicTensor]
  let outputs: [SymbolicTensor]
  /// How files put inputs and outputs together.
  var inputStructure: TensorStructure
  var outputStructure: TensorStructure
  /// Every call after those it depends on, in the order in which Keras makes them: it matters where a layer takes the
  /// masks off its inputs.
  let nodes: [FunctionNode]
  /// The layers from inputs to outputs: by depth, then in the order a search from the outputs meets them, as Keras
  /// numbers them in its files.
  let layers: [Layer]

  /// - Throws: `KerasError` where an output does not follow from the inputs or two layers share a name.
  init(inputs: [Tensor], outputs: [Tensor], name: String) throws {
    self.inputs = try inputs.map { try FunctionalGraph.symbol($0, "input", name) }
    self.outputs = try outputs.map { try FunctionalGraph.symbol($0, "output", name) }
    inputStructure = TensorStructure(count: inputs.count)
    outputStructure = TensorStructure(count: outputs.count)
    var search = NodeSearch(inputs: self.inputs)
    for output in self.outputs { try search.visit(output, model: name) }
    let depths = NodeDepths(search.finished)
    nodes = depths.ordered
    layers = try FunctionalGraph.orderedLayers(depths, search.layerOrder, self.inputs, model: name)
  }

  private static func symbol(_ tensor: Tensor, _ role: String, _ name: String) throws -> SymbolicTensor {
    switch tensor.content {
    case .symbolic(let symbol): return symbol
    case .failed(let error): throw error
    case .concrete, .traced:
      throw KerasError(.invalidModel, name, "each \(role) of a model must come from Input(…) or a layer called on one")
    }
  }

  private static func orderedLayers(
    _ depths: NodeDepths, _ layerOrder: [ObjectIdentifier: Int], _ inputs: [SymbolicTensor], model: String
  ) throws -> [Layer] {
    var (found, layerDepth) = (depths.layers, depths.ofLayer)
    var order = layerOrder
    for input in inputs {
      guard let layer = input.node?.layer, layer is InputLayer, layerDepth[ObjectIdentifier(layer)] == nil else {
        continue
      }
      layerDepth[ObjectIdentifier(layer)] = 0
      order[ObjectIdentifier(layer)] = -1
      found.append(layer)
    }
    let layers = found.enumerated().sorted { a, b in
      let (x, y) = (ObjectIdentifier(a.element), ObjectIdentifier(b.element))
      let (depthX, depthY) = (layerDepth[x] ?? 0, layerDepth[y] ?? 0)
      if depthX != depthY { return depthX > depthY }
      let (orderX, orderY) = (order[x] ?? 0, order[y] ?? 0)
      return orderX != orderY ? orderX < orderY : a.offset < b.offset
    }.map(\.element)
    var names: Set<String> = []
    for layer in layers where !names.insert(layer.name).inserted {
      throw KerasError(
        .invalidModel, model, "the name \(layer.name) is used by two layers; give one of them another name")
    }
    return layers
  }
}

/// How far calls and layers are from the outputs, by the longest way.
private struct NodeDepths {
  private(set) var ofLayer: [ObjectIdentifier: Int] = [:]
  /// The layers in the order they were met.
  private(set) var layers: [Layer] = []
  /// The calls by depth, the deepest first, and then as they were met.
  let ordered: [FunctionNode]

  /// - Parameter nodes: every call after those it depends on.
  init(_ nodes: [FunctionNode]) {
    let inGraph = Set(nodes.map(ObjectIdentifier.init))
    var depthOf: [ObjectIdentifier: Int] = [:]
    var met: [FunctionNode] = []
    func note(_ node: FunctionNode, _ depth: Int) {
      if depthOf.updateValue(depth, forKey: ObjectIdentifier(node)) == nil { met.append(node) }
    }
    for node in nodes.reversed() {
      let layer = ObjectIdentifier(node.layer)
      if ofLayer[layer] == nil { layers.append(node.layer) }
      let depth = max(depthOf[ObjectIdentifier(node)] ?? 0, ofLayer[layer] ?? 0)
      ofLayer[layer] = depth
      note(node, depth)
      for input in node.inputs {
        guard let parent = input.node, inGraph.contains(ObjectIdentifier(parent)) else { continue }
        note(parent, max(depth + 1, depthOf[ObjectIdentifier(parent)] ?? 0))
      }
    }
    ordered = met.enumerated().sorted { a, b in
      let (x, y) = (depthOf[ObjectIdentifier(a.element)] ?? 0, depthOf[ObjectIdentifier(b.element)] ?? 0)
      return x != y ? x > y : a.offset < b.offset
    }.map(\.element)
  }
}

/// A depth-first search from outputs to inputs.
private struct NodeSearch {
  private let inputs: Set<ObjectIdentifier>
  private(set) var finished: [FunctionNode] = []
  private(set) var layerOrder: [ObjectIdentifier: Int] = [:]
  private var entered: Set<ObjectIdentifier> = []

  init(inputs: [SymbolicTensor]) { self.inputs = Set(inputs.map(ObjectIdentifier.init)) }

  /// Visits a tensor's call and all it depends on, without recursion: models can be thousands of layers deep.
  mutating func visit(_ tensor: SymbolicTensor, model: String) throws {
    var stack: [(node: FunctionNode, next: Int)] = []
    func node(of tensor: SymbolicTensor) throws -> FunctionNode? {
      guard let node = tensor.node else { return nil }
      if node.isInput, !inputs.contains(ObjectIdentifier(tensor)) {
        throw KerasError(
          .invalidModel, model, "an output depends on \(node.layer.name), which is not among the model's inputs")
      }
      return node
    }
    func enter(_ tensor: SymbolicTensor) throws {
      guard let node = try node(of: tensor), entered.insert(ObjectIdentifier(node)).inserted else { return }
      if layerOrder[ObjectIdentifier(node.layer)] == nil { layerOrder[ObjectIdentifier(node.layer)] = layerOrder.count }
      stack.append((node, 0))
    }
    try enter(tensor)
    while let top = stack.last {
      // What stands before an intermediate input of the model is not part of it.
      let isBoundary =
        !top.node.isInput && top.node.outputs.allSatisfy { $0.map { inputs.contains(ObjectIdentifier($0)) } ?? true }
      if !isBoundary, top.next < top.node.inputs.count {
        stack[stack.count - 1].next += 1
        try enter(top.node.inputs[top.next])
      } else {
        stack.removeLast()
        if !isBoundary { finished.append(top.node) }
      }
    }
  }
}
