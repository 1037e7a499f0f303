import Graph

/// Finds what a product or convolution can do to its result before storing it: add a bias, apply an activation.
struct PostOperationMatcher {
  private let plan: FusionPlan
  private let consumer: [Int]
  /// The kernel gradients by the output gradient they read.
  private let kernelGradients: [Value: Int]

  init(plan: FusionPlan) {
    self.plan = plan
    let graph = plan.values.graph
    var consumer = [Int](repeating: -1, count: graph.nodes.count)
    for node in graph.nodes.indices where plan.required[node] {
      for source in plan.sources(of: node) { consumer[source.node] = node }
    }
    self.consumer = consumer
    var kernelGradients: [Value: Int] = [:]
    for node in graph.nodes.indices where plan.required[node] {
      guard case .convolutionKernelGradient = graph.nodes[node].op else { continue }
      kernelGradients[plan.values.root(graph.nodes[node].inputs[1])] = node
    }
    self.kernelGradients = kernelGradients
  }

  /// For the sum of a convolution's output gradient over all but the channels, a bias's gradient: the kernel gradient
  /// whose primitive computes it along the way. Only where nothing it reads comes after the sum.
  func kernelGradient(beside sum: Int) -> Int? {
    guard case .reduce(.sum, let axes) = graph.nodes[sum].op else { return nil }
    let gradient = graph.nodes[sum].inputs[0]
    let type = plan.values.type(gradient)
    guard axes.sorted() == Array(0..<(type.shape.rank - 1)), let node = kernelGradients[plan.values.root(gradient)],
      plan.values.type(graph.nodes[node].inputs[1]) == type,
      graph.nodes[node].inputs.allSatisfy({ plan.values.root($0).node < sum })
    else { return nil }
    return node
  }

  private var graph: Graph { plan.values.graph }

  /// The nodes, in order, whose work the node's primitive takes over.
  func absorbed(by node: Int) -> [Int] {
    switch graph.nodes[node].op {
    case .dot, .convolution: break
    default: return []
    }
    guard graph.nodes[node].types[0].dtype == .float32 || graph.nodes[node].types[0].dtype == .bfloat16 else {
      return []
    }
    var chain: [Int] = []
    var current = node
    if endsInColumns(node), let sum = onlyConsumer(of: current), bias(of: sum, addedTo: current) != nil {
      chain.append(sum)
      current = sum
    }
    if let activation = onlyConsumer(of: current), case .unary(let op) = graph.nodes[activation].op,
      PostOperations.supports(op)
    {
      chain.append(activation)
    }
    return chain
  }

  /// Whether the result's last axis is the primitive's last axis, along which a bias runs.
  private func endsInColumns(_ node: Int) -> Bool {
    guard case .dot(let dimensions) = graph.nodes[node].op else { return true }
    let right = plan.values.type(graph.nodes[node].inputs[1]).shape
    let columns = right.dimensions.indices.filter {
      !dimensions.rightBatch.contains($0) && !dimensions.rightContracting.contains($0)
    }
    return columns.count == 1
  }

  private func onlyConsumer(of node: Int) -> Int? {
    let value = Value(node: node)
    guard plan.useCounts[plan.values.index(value)] == 1, consumer[node] >= 0 else { return nil }
    return consumer[node]
  }

  /// What a product or convolution does besides, from the nodes that it absorbed.
  func parts(of absorbed: [Int], by product: Int) -> (bias: Value?, function: UnaryOp?) {
    var parts: (bias: Value?, function: UnaryOp?)
    for member in absorbed {
      if case .unary(let op) = graph.nodes[member].op {
        parts.function = op
      } else {
        parts.bias = bias(of: member, addedTo: product)
      }
    }
    return parts
  }

  /// The vector that `sum` adds along the last axis of `product`'s result.
  func bias(of sum: Int, addedTo product: Int) -> Value? {
    guard case .binary(.add) = graph.nodes[sum].op else { return nil }
    let type = graph.nodes[product].types[0]
    guard type.shape.rank >= 1, graph.nodes[sum].types[0].shape == type.shape else { return nil }
    for (input, other) in [(0, 1), (1, 0)] {
      let inputs = graph.nodes[sum].inputs
      guard plan.values.root(inputs[input]) == Value(node: product) else { continue }
      let root = plan.values.root(inputs[other])
      guard case .broadcast(let shape, let axes) = graph.nodes[root.node].op, shape == type.shape else { continue }
      let source = graph.nodes[root.node].inputs[0]
      // What comes later could depend on the product through others.
      guard plan.values.root(source).node < product || graph.nodes[plan.values.root(source).node].inputs.isEmpty else {
        continue
      }
      let view = StridedView(broadcast: plan.values.type(source).shape, to: shape, axes: axes)
      guard view.strides.dropLast().allSatisfy({ $0 == 0 }), view.strides.last == 1 else { continue }
      return source
    }
    return nil
  }
}
