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
        var arguments = arguments
        if let training { arguments.keyword["training"] = .value(.bool(training)) }
        return try applySymbolic(arguments)
      }
      // Of constants alone inside another layer's call: part of its recording, as it may read variables.
      let trace = Trace.innermost(tensors) ?? Trace.current
      let outputs =
        try trace.map { try applyTraced(arguments, $0, training: training ?? $0.mode) }
        ?? applyEagerly(arguments, training: training)
      try checkCaller()
      return outputs
    } catch {
      return [Tensor(failure: KerasError(wrapping: error, subject: name))]
    }
  }

  /// - Throws: `KerasError` where the layer is called by one that does not know it, which would lose its weights.
  private func checkCaller() throws {
    guard let caller = NameScope.stranger(to: self), !weights.isEmpty else { return }
    throw KerasError(
      .invalidModel, "\(caller.name) (\(type(of: caller).className))",
      "calls \(name) (\(Self.className)), whose weights would not be saved with it: keep that layer in a stored "
        + "property, or list it in sublayers where these are overridden")
  }

  // MARK: The three kinds of call

  private func applySymbolic(_ arguments: CallArguments) throws -> [Tensor] {
    try buildIfNeeded(arguments)
    let specs = try knownOutputSpecs(arguments) ?? OutputInference(layer: self, arguments: arguments).specs()
    let outputs = specs.map { SymbolicTensor(shape: $0.shape, dtype: $0.dtype) }
    _ = FunctionNode(layer: self, arguments: arguments, outputs: outputs)
    return outputs.map { Tensor(.symbolic($0)) }
  }

  func applyTraced(_ arguments: CallArguments, _ trace: Trace, training: Bool?) throws -> [Tensor] {
    try buildIfNeeded(arguments)
    let outputs = trace.builder.withScope(name) { invoke(arguments, trace, training: training) }
    if let failure = outputs.lazy.compactMap(\.failure).first { throw failure }
    if let error = trace.builder.firstError { throw error }
    return outputs
  }

  private func applyEagerly(_ arguments: CallArguments, training: Bool?) throws -> [Tensor] {
    try buildIfNeeded(arguments)
    let tensors = arguments.tensors
    let masks = tensors.map(\.mask)
    let buffers = try (tensors + masks.compactMap { $0 }).map { try $0.buffer() }
    let key =
      "\(training.map(String.init) ?? "") \(buffers.map(\.type)) \(masks.map { $0 != nil }) \(arguments.signature)"
    let function = try eagerFunctions.function(key) {
      try CompiledFunction.trace(buffers.map(\.type), training: training, keepingMasks: true) { trace, inputs in
        var maskInputs = inputs.dropFirst(tensors.count).makeIterator()
        let masked = zip(inputs, masks).map { $0.masked(by: $1 == nil ? nil : maskInputs.next()) }
        var values = masked.makeIterator()
        let results = try self.applyTraced(arguments.map { values.next() ?? $0 }, trace, training: training)
        trace.unmaskedInputs = masked.indices.filter { masks[$0] != nil && masked[$0].mask == nil }
        return results
      }
    }
    let results = try function(buffers)
    for position in function.unmaskedInputs { tensors[position].dropMask() }
    return results
  }

  // MARK: Parts

  /// Builds the layer for the shapes of a call's main inputs, once.
  func buildIfNeeded(_ arguments: CallArguments) throws {
    let bound = try bind(arguments)
    StandInBuilds.current?.note(self, bound.inputs.map(\.partialShape))
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
    if dtypePolicy.quantization != nil, !(self is Quantizable) {
      throw KerasError(.invalidArgument, name, "has no quantized form for the dtype policy \(dtypePolicy.name)")
    }
    let shapes = StandInBuilds.current?.entering(self, shapes) ?? shapes
    buildInputShapes = shapes
    unbuiltInputSpec = inputSpec
    try NameScope.within(self) { try build(inputShapes: shapes) }
    built = true
  }

  /// Runs `call` inside a trace, with masks, conversions and regularizers.
  private func invoke(_ arguments: CallArguments, _ trace: Trace, training: Bool?) -> [Tensor] {
    do {
      let bound = try bind(arguments)
      let inputs = bound.inputs.map { convertedInput($0) }
      let mode = bound.training ?? training
      let context = CallContext(
        mode: mode, masks: bound.masks ?? bound.inputs.map(\.mask),
        tensors: bound.tensors.mapValues { $0.map(convertedInput) }, options: bound.options, layer: self, trace: trace,
        arguments: arguments)
      let outputs = NameScope.within(self) { trace.recording(training: mode) { call(inputs, context) } }
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

  /// A floating-point input in the type that the layer computes in.
  func convertedInput(_ input: Tensor) -> Tensor {
    guard autocast, input.dtype.isFloatingPoint, input.dtype != dtypePolicy.computeDType else { return input }
    return input.asType(dtypePolicy.computeDType).masked(by: input.mask)
  }
}
