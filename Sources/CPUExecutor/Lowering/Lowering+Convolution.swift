import COneDNN
import Graph

/// A convolution in oneDNN's terms: channels-last activations by their strides, weights in the layout it likes best.
private struct ConvolutionDescriptors {
  let source: MemoryDescriptor
  let destination: MemoryDescriptor
  /// The weights as the graph stores them.
  let plainWeights: MemoryDescriptor
  let anyWeights: MemoryDescriptor
  let bias: MemoryDescriptor
  let strides: [Int64]
  let dilations: [Int64]
  let paddingLow: [Int64]
  let paddingHigh: [Int64]

  init(_ convolution: Convolution, _ dtype: DType, input: Shape, kernel: Shape, output: Shape) throws(GraphError) {
    func channelsLast(_ shape: Shape) throws(GraphError) -> MemoryDescriptor {
      let order = [0, shape.rank - 1] + Array(1..<(shape.rank - 1))
      let view = StridedView(shape).permuted(order)
      return try MemoryDescriptor(dtype, view.extents, strides: view.strides)
    }
    source = try channelsLast(input)
    destination = try channelsLast(output)
    let spatial = Array(0..<convolution.spatialRank)
    let rank = kernel.rank
    let view = StridedView(kernel).permuted([rank - 1, rank - 2] + spatial)
    var (extents, steps) = (view.extents, view.strides)
    if convolution.groups > 1 {
      let (groups, outputs) = (convolution.groups, extents[0] / convolution.groups)
      extents = [groups, outputs] + extents.dropFirst()
      steps = [outputs, 1] + steps.dropFirst()
    }
    plainWeights = try MemoryDescriptor(dtype, extents, strides: steps)
    anyWeights = try .any(dtype, extents)
    bias = try MemoryDescriptor(dtype, [kernel[-1]])
    strides = convolution.strides.map(Int64.init)
    dilations = convolution.dilations.map { Int64($0 - 1) }
    paddingLow = convolution.paddingLow.map(Int64.init)
    paddingHigh = convolution.paddingHigh.map(Int64.init)
  }
}

extension Lowering {
  private func supportsConvolution(_ node: Int) -> Bool {
    let entry = graph.nodes[node]
    let dtype = entry.types[0].dtype
    return (dtype == .float32 || dtype == .bfloat16) && (1...3).contains(entry.types[0].shape.rank - 2)
      && entry.inputs.allSatisfy { values.type($0).shape.elementCount > 0 }
  }

  /// `from`'s weights in the layout a primitive chose.
  func reordered(_ location: Location, _ from: MemoryDescriptor, to: MemoryDescriptor, scope: String)
    throws -> Location
  {
    if from.isEqual(to: to) { return location }
    let packed = builder.temporary(byteCount: to.byteCount)
    try emitReorder(location, from, packed, to, scope: scope)
    return packed
  }

  func emitReorder(
    _ from: Location, _ fromDescriptor: MemoryDescriptor, _ to: Location, _ toDescriptor: MemoryDescriptor,
    scope: String
  ) throws {
    let engine = try Engine.shared()
    let primitive = try Primitive("reorder") { description, attributes in
      dnnl_reorder_primitive_desc_create(
        description, fromDescriptor.handle, engine.handle, toDescriptor.handle, engine.handle, attributes)
    }
    builder.emit(
      primitive, "reorder weights", scope: scope,
      [(Role.from, from, fromDescriptor), (Role.to, to, toDescriptor)])
  }

  func lowerConvolution(_ node: Int, _ convolution: Convolution, absorbed: [Int]) throws {
    guard supportsConvolution(node) else { return try lowerToInterpreter(node) }
    let entry = graph.nodes[node]
    let type = entry.types[0]
    let descriptors = try ConvolutionDescriptors(
      convolution, type.dtype, input: values.type(entry.inputs[0]).shape,
      kernel: values.type(entry.inputs[1]).shape, output: type.shape)
    let post = try PostOperations()
    var bias: Value?
    for member in absorbed {
      if case .unary(let op) = graph.nodes[member].op {
        try post.append(op)
      } else {
        bias = postOperations.bias(of: member, addedTo: node)
      }
    }
    let engine = try Engine.shared()
    let primitive = try Primitive("convolution", postOperations: post.count > 0 ? post : nil) { pd, attributes in
      dnnl_convolution_forward_primitive_desc_create(
        pd, engine.handle, dnnl_forward_inference, dnnl_convolution_direct, descriptors.source.handle,
        descriptors.anyWeights.handle, bias == nil ? nil : descriptors.bias.handle, descriptors.destination.handle,
        descriptors.strides, descriptors.dilations, descriptors.paddingLow, descriptors.paddingHigh, attributes)
    }
    let chosen = try primitive.descriptor(dnnl_query_weights_md)
    let weights = try reordered(
      try location(entry.inputs[1]), descriptors.plainWeights, to: chosen, scope: entry.scope)
    var arguments = [
      (role: Role.source, location: try location(entry.inputs[0]), descriptor: descriptors.source),
      (role: Role.weights, location: weights, descriptor: chosen),
    ]
    if let bias { arguments.append((Role.bias, try location(bias), descriptors.bias)) }
    arguments.append((Role.destination, allocate(Value(node: absorbed.last ?? node)), descriptors.destination))
    builder.emit(
      primitive, label([node] + absorbed, primitive), scope: entry.scope, arguments)
  }

  func lowerConvolutionInputGradient(_ node: Int, _ convolution: Convolution, input: Shape) throws {
    guard supportsConvolution(node) else { return try lowerToInterpreter(node) }
    let entry = graph.nodes[node]
    let descriptors = try ConvolutionDescriptors(
      convolution, entry.types[0].dtype, input: input, kernel: values.type(entry.inputs[1]).shape,
      output: values.type(entry.inputs[0]).shape)
    let engine = try Engine.shared()
    let hint = try forwardHint(descriptors)
    let primitive = try Primitive("convolutionInputGradient") { pd, attributes in
      dnnl_convolution_backward_data_primitive_desc_create(
        pd, engine.handle, dnnl_convolution_direct, descriptors.source.handle, descriptors.anyWeights.handle,
        descriptors.destination.handle, descriptors.strides, descriptors.dilations, descriptors.paddingLow,
        descriptors.paddingHigh, hint.description, attributes)
    }
    let chosen = try primitive.descriptor(dnnl_query_weights_md)
    let weights = try reordered(
      try location(entry.inputs[1]), descriptors.plainWeights, to: chosen, scope: entry.scope)
    builder.emit(
      primitive, label([node], primitive), scope: entry.scope,
      [
        (Role.destinationGradient, try location(entry.inputs[0]), descriptors.destination),
        (Role.weights, weights, chosen),
        (Role.sourceGradient, allocate(Value(node: node)), descriptors.source),
      ])
  }

  /// The gradient of the kernel and, where `absorbed` sums the same gradient over all but the channels, of the bias.
  func lowerConvolutionKernelGradient(
    _ node: Int, _ convolution: Convolution, kernel: Shape, absorbed: [Int]
  ) throws {
    guard supportsConvolution(node) else {
      try lowerToInterpreter(node)
      for member in absorbed { try lower(member, absorbed: []) }
      return
    }
    let entry = graph.nodes[node]
    let descriptors = try ConvolutionDescriptors(
      convolution, entry.types[0].dtype, input: values.type(entry.inputs[0]).shape, kernel: kernel,
      output: values.type(entry.inputs[1]).shape)
    let engine = try Engine.shared()
    let hint = try forwardHint(descriptors)
    let bias = absorbed.isEmpty ? nil : descriptors.bias.handle
    let primitive = try Primitive("convolutionKernelGradient") { pd, attributes in
      dnnl_convolution_backward_weights_primitive_desc_create(
        pd, engine.handle, dnnl_convolution_direct, descriptors.source.handle, descriptors.anyWeights.handle, bias,
        descriptors.destination.handle, descriptors.strides, descriptors.dilations, descriptors.paddingLow,
        descriptors.paddingHigh, hint.description, attributes)
    }
    let chosen = try primitive.descriptor(dnnl_query_diff_weights_md)
    let result = allocate(Value(node: node))
    let isPlain = descriptors.plainWeights.isEqual(to: chosen)
    let packed = isPlain ? result : builder.temporary(byteCount: chosen.byteCount)
    var arguments = [
      (role: Role.source, location: try location(entry.inputs[0]), descriptor: descriptors.source),
      (role: Role.destinationGradient, location: try location(entry.inputs[1]), descriptor: descriptors.destination),
      (role: Role.weightsGradient, location: packed, descriptor: chosen),
    ]
    if let sum = absorbed.first {
      arguments.append((Role.biasGradient, allocate(Value(node: sum)), descriptors.bias))
    }
    builder.emit(
      primitive, label([node] + absorbed, primitive), scope: entry.scope, arguments)
    if !isPlain { try emitReorder(packed, chosen, result, descriptors.plainWeights, scope: entry.scope) }
  }

  /// Backward primitives are described together with the forward one they belong to.
  private func forwardHint(_ descriptors: ConvolutionDescriptors) throws -> Primitive.Description {
    let engine = try Engine.shared()
    return try Primitive.Description("convolution") { pd, attributes in
      dnnl_convolution_forward_primitive_desc_create(
        pd, engine.handle, dnnl_forward_training, dnnl_convolution_direct, descriptors.source.handle,
        descriptors.anyWeights.handle, nil, descriptors.destination.handle, descriptors.strides,
        descriptors.dilations, descriptors.paddingLow, descriptors.paddingHigh, attributes)
    }
  }

  /// What a profile calls a primitive.
  func label(_ nodes: [Int], _ primitive: Primitive) -> String {
    nodes.map { graph.nodes[$0].op.name }.joined(separator: "+") + " (\(primitive.implementation))"
  }
}
