import Graph
import ModelFiles

extension Layer {
  /// Calls the layer on one tensor. Builds it first if this is its first call.
  ///
  /// - Parameter training: whether to behave as in training; by default as the step that is being traced says, and
  ///   not outside one.
  @discardableResult
  public func callAsFunction(_ input: Tensor, training: Bool? = nil) -> Tensor {
    single(apply(CallArguments([.tensor(input)]), training: training))
  }

  /// Calls the layer on several tensors.
  @discardableResult
  public func callAsFunction(_ inputs: [Tensor], training: Bool? = nil) -> Tensor {
    single(apply(CallArguments([.list(inputs.map(Argument.tensor))]), training: training))
  }

  /// The result of a layer with one output.
  func single(_ outputs: [Tensor]) -> Tensor {
    outputs.first ?? Tensor(failure: KerasError(.invalidModel, name, "gave no output"))
  }

  /// Calls the layer with arguments as a file writes them. Gives all outputs; none of them after a failure but one
  /// that remembers it.
  public func apply(_ arguments: CallArguments, training: Bool? = nil) -> [Tensor] {
    do {
      if let deferredError { throw deferredError }
      let tensors = arguments.tensors
      if let failure = tensors.lazy.compactMap(\.failure).first { throw failure }
      if tensors.contains(where: { if case .symbolic = $0.content { true } else { false } }) {
        return try applySymbolic(arguments)
      }
      if let trace = Trace.innermost(tensors) {
        return try applyTraced(arguments, trace, training: training ?? trace.training)
      }
      return try applyEagerly(arguments, training: training ?? false)
    } catch {
      return [Tensor(failure: KerasError(wrapping: error, subject: name))]
    }
  }

  // MARK: The three kinds of call

  private func applySymbolic(_ arguments: CallArguments) throws -> [Tensor] {
    try buildIfNeeded(arguments)
    let specs = try knownOutputSpecs(arguments) ?? outputSpecs(arguments)
    let outputs = specs.map { SymbolicTensor(shape: $0.shape, dtype: $0.dtype) }
    _ = FunctionNode(layer: self, arguments: arguments, outputs: outputs)
    return outputs.map { Tensor(.symbolic($0)) }
  }

  private func applyTraced(_ arguments: CallArguments, _ trace: Trace, training: Bool) throws -> [Tensor] {
    try buildIfNeeded(arguments)
    let outputs = trace.builder.withScope(name) { invoke(arguments, trace, training: training) }
    if let failure = outputs.lazy.compactMap(\.failure).first { throw failure }
    if let error = trace.builder.firstError { throw error }
    return outputs
  }

  private func applyEagerly(_ arguments: CallArguments, training: Bool) throws -> [Tensor] {
    try buildIfNeeded(arguments)
    let tensors = arguments.tensors
    let masks = tensors.map(\.mask)
    let buffers = try (tensors + masks.compactMap { $0 }).map { try $0.buffer() }
    let key = "\(training) \(buffers.map(\.type)) \(masks.map { $0 != nil }) \(arguments.signature)"
    let function = try eagerFunctions.function(key) {
      try CompiledFunction.trace(buffers.map(\.type), training: training, keepingMasks: true) { trace, inputs in
        var maskInputs = inputs.dropFirst(tensors.count).makeIterator()
        var values = zip(inputs, masks).map { $0.masked(by: $1 == nil ? nil : maskInputs.next()) }.makeIterator()
        return try self.applyTraced(arguments.map { values.next() ?? $0 }, trace, training: training)
      }
    }
    return try function(buffers)
  }

  // MARK: Parts

  /// Builds the layer for the shapes of a call's main inputs, once.
  func buildIfNeeded(_ arguments: CallArguments) throws {
    let bound = try bind(arguments)
    for (position, input) in bound.inputs.enumerated() where position == 0 {
      try inputSpec?.check(input.partialShape, layer: name)
    }
    if built { return }
    try buildIfNeeded(shapes: bound.inputs.map(\.partialShape))
    if let first = bound.inputs.first { try inputSpec?.check(first.partialShape, layer: name) }
  }

  /// Builds the layer for inputs of these shapes, once. In another layer's `build` or `call`, that one's name is the
  /// start of its variables' paths.
  public func buildIfNeeded(shapes: [[Int?]]) throws {
    if let deferredError { throw deferredError }
    if built { return }
    buildInputShapes = shapes
    try NameScope.within(self) { try build(inputShapes: shapes) }
    built = true
  }

  /// Runs `call` inside a trace, with masks, conversions and regularizers.
  private func invoke(_ arguments: CallArguments, _ trace: Trace, training: Bool) -> [Tensor] {
    do {
      let bound = try bind(arguments)
      let inputs = bound.inputs.map { convertedInput($0) }
      let context = CallContext(
        training: bound.training ?? training, masks: bound.masks ?? bound.inputs.map(\.mask),
        tensors: bound.tensors, options: bound.options, layer: self, trace: trace, arguments: arguments)
      let outputs = NameScope.within(self) { call(inputs, context) }
      for output in outputs {
        // Keras divides by the batch, so that the term does not grow with it.
        if let activityRegularizer { context.addLoss(activityRegularizer(output) / Double(max(output.shape[0], 1))) }
      }
      let masks = context.masks.contains { $0 != nil } || createsMask ? computeMask(inputs, context.masks) : []
      return outputs.enumerated().map { position, output in
        position < masks.count && output.mask == nil ? output.masked(by: masks[position]) : output
      }
    } catch {
      return [Tensor(failure: KerasError(wrapping: error, subject: name))]
    }
  }

  private func convertedInput(_ input: Tensor) -> Tensor {
    guard autocast, input.dtype.isFloatingPoint, input.dtype != dtypePolicy.computeDType else { return input }
    return input.asType(dtypePolicy.computeDType).masked(by: input.mask)
  }

  /// Shapes and types of the outputs of a symbolic call: `call` is recorded twice, with two different extents in
  /// place of each open one; an extent of the output that differs between the two is open as well.
  private func outputSpecs(_ arguments: CallArguments) throws -> [(shape: [Int?], dtype: DType)] {
    func types(_ extent: Int) throws -> [TensorType] {
      let trace = Trace(training: false)
      let filled = arguments.map { tensor in
        guard case .symbolic(let symbol) = tensor.content else { return tensor }
        return trace.input(TensorType(symbol.dtype, Shape(symbol.shape.map { $0 ?? extent })))
      }
      let outputs = try applyTraced(filled, trace, training: false)
      if let error = trace.firstError { throw error }
      return outputs.map { TensorType($0.dtype, $0.shape) }
    }
    let first = try types(OpenExtent.small)
    guard arguments.tensors.contains(where: { $0.partialShape.contains(nil) }) else {
      return first.map { ($0.shape.dimensions, $0.dtype) }
    }
    let second = try types(OpenExtent.large)
    guard first.count == second.count, zip(first, second).allSatisfy({ $0.shape.rank == $1.shape.rank }) else {
      throw KerasError(.incompatibleShape, name, "the number of outputs or axes depends on an open extent")
    }
    return zip(first, second).map { a, b in
      (zip(a.shape.dimensions, b.shape.dimensions).map { $0 == $1 ? $0 : nil }, a.dtype)
    }
  }
}

/// Stand-ins for open extents while a symbolic call is recorded: primes, far enough apart that strides and paddings
/// keep them different.
private enum OpenExtent {
  static let small = 89
  static let large = 1013
}
