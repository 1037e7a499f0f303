import COneDNN
import Graph

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
    let (bias, function) = postOperations.parts(of: absorbed, by: node)
    let primitive = try Primitive(
      try descriptors.forward(
        dnnl_forward_inference, hasBias: bias != nil, postOperations: try function.map(PostOperations.init)))
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
    let primitive = try Primitive(try descriptors.inputGradient())
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
    let entry = graph.nodes[node]
    func describe() throws -> (ConvolutionDescriptors, Primitive.Description)? {
      guard supportsConvolution(node) else { return nil }
      let descriptors = try ConvolutionDescriptors(
        convolution, entry.types[0].dtype, input: values.type(entry.inputs[0]).shape, kernel: kernel,
        output: values.type(entry.inputs[1]).shape)
      return try descriptors.kernelGradient(hasBias: !absorbed.isEmpty).map { (descriptors, $0) }
    }
    guard let (descriptors, description) = try describe() else {
      try lowerToInterpreter(node)
      for member in absorbed { try lower(member, absorbed: []) }
      return
    }
    let primitive = try Primitive(description)
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

  /// What a profile calls a primitive.
  func label(_ nodes: [Int], _ primitive: Primitive) -> String {
    nodes.map { graph.nodes[$0].op.name }.joined(separator: "+") + " (\(primitive.implementation))"
  }
}
