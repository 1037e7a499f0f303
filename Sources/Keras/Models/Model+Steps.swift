import Graph

/// What a compiled step of a model depends on.
struct StepKey: Hashable, Sendable {
  enum Kind: Hashable, Sendable { case train, evaluate, predict }
  let kind: Kind
  let inputs: [TensorType]
  var targets: [TensorType] = []
  var sampleWeights: [TensorType] = []
}

extension Model {
  /// The step that predicts a batch.
  func predictFunction(_ inputs: [TensorType]) throws -> CompiledFunction {
    try stepFunctions.function(StepKey(kind: .predict, inputs: inputs)) {
      try CompiledFunction.trace(inputs, training: false) { trace, values in
        try self.forwardFilled(values, trace)
      }
    }
  }

  /// The step that trains on, or evaluates, a batch: inputs, targets and weights. Gives the
  /// metrics' values.
  func lossFunction(_ key: StepKey) throws -> CompiledFunction {
    try stepFunctions.function(key) {
      let types = key.inputs + key.targets + key.sampleWeights
      return try CompiledFunction.trace(types, training: key.kind == .train) { trace, values in
        let inputs = Array(values.prefix(key.inputs.count))
        let targets = Array(values.dropFirst(key.inputs.count).prefix(key.targets.count))
        let weights = Array(values.suffix(key.sampleWeights.count))
        return try self.recordStep(inputs, targets, weights, trace, updating: key.kind == .train)
      }
    }
  }

  func forward(_ inputs: [Tensor], _ trace: Trace) throws -> [Tensor] {
    let outputs = apply(CallArguments(inputs.count == 1 ? [.tensor(inputs[0])] : [.list(inputs.map(Argument.tensor))]))
    if let failure = outputs.lazy.compactMap(\.failure).first { throw failure }
    return outputs
  }

  private func recordStep(
    _ inputs: [Tensor], _ targets: [Tensor], _ weights: [Tensor], _ trace: Trace, updating: Bool
  ) throws -> [Tensor] {
    var compilation = try requireCompilation()
    let outputs = try updating ? forward(inputs, trace) : forwardFilled(inputs, trace)
    let trainable = trainableWeights
    // Gradients are taken at the values the step started from.
    let parameters = updating ? trainable.map { Tensor(.traced(trace, trace.initialExpression($0))) } : []
    try compilation.check(outputCount: outputs.count, model: name)
    let positions = compilation.targetPositions(outputCount: outputs.count, targetCount: targets.count)
    try compilation.resolve(
      names: outputNaming, outputShapes: outputs.map(\.partialShape),
      targetShapes: positions.map { $0.map { targets[$0].partialShape } })
    self.compilation = compilation
    let step = StepContext(trace: trace)
    func weight(_ position: Int) -> Tensor? { weights.count > 1 ? weights[position] : weights.first }
    let batch = Tensor(Double(max(inputs[0].shape[0], 1)))

    var total: Tensor?
    for (index, output) in outputs.enumerated() {
      guard let loss = compilation.loss(ofOutput: index), let position = positions[index] else { continue }
      let value = loss(targets[position], output, sampleWeight: weight(position), mask: output.mask).asType(.float32)
      compilation.outputTrackers[index]?.add(value, weight: batch, step)
      let weighted = compilation.lossWeights.map { value * $0[min(index, $0.count - 1)] } ?? value
      total = total.map { $0 + weighted } ?? weighted
    }
    for penalty in trace.losses + regularization(trainable, trace) {
      let value = penalty.asType(.float32)
      total = total.map { $0 + value } ?? value
    }
    guard let total else {
      throw KerasError(.notReady, name, "has nothing to minimise: give compile a loss, or add one in a layer")
    }
    if updating {
      try compilation.optimizer.build(trainable)
      let scaled = compilation.optimizer.scaled(total, step)
      compilation.optimizer.apply(try gradients(of: scaled, parameters, trace), trace)
    }
    compilation.lossTracker.add(total, weight: batch, step)
    for (index, output) in outputs.enumerated() {
      guard let position = positions[index] else { continue }
      let prediction = output.stopGradient().masked(by: output.mask)
      for metric in compilation.resolved.flatMap({ $0.indices.contains(index) ? $0[index] : nil }) ?? [] {
        metric.update(targets[position], prediction, sampleWeight: nil, step)
      }
      for metric in compilation.resolvedWeighted.flatMap({ $0.indices.contains(index) ? $0[index] : nil }) ?? [] {
        metric.update(targets[position], prediction, sampleWeight: weight(position), step)
      }
    }
    return compilation.reported.map { $0.result(step).asType(.float32) }
  }

  private func regularization(_ variables: [Variable], _ trace: Trace) -> [Tensor] {
    variables.compactMap { variable in variable.regularizer.map { $0(trace.read(variable)) } }
  }

  private func gradients(of loss: Tensor, _ parameters: [Tensor], _ trace: Trace) throws -> [Tensor] {
    if let failure = loss.failure { throw failure }
    let results = trace.builder.gradients(of: trace.lift(loss), withRespectTo: parameters.map(trace.lift))
    if let error = trace.builder.firstError { throw error }
    return results.map { Tensor(.traced(trace, $0)) }
  }
}
