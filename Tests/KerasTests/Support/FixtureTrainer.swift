import Graph

@testable import Keras

/// The steps that the fixtures were trained with: SGD at 0.05 on the sum over the outputs of the mean squared error,
/// plus the layer's own losses.
struct FixtureTrainer {
  let layer: Layer
  let targets: [Tensor]
  let arguments: ([Tensor]) throws -> CallArguments

  private func loss(_ inputs: [Tensor], _ trace: Trace) throws -> Tensor {
    let outputs = layer.apply(try arguments(inputs), training: true)
    if let failure = outputs.first?.failure { throw failure }
    var total = Tensor(0)
    for (output, target) in zip(outputs, targets) { total = total + (output - target).square().mean() }
    for penalty in trace.losses { total = total + penalty }
    for variable in layer.trainableWeights {
      if let regularizer = variable.regularizer { total = total + regularizer(trace.read(variable)) }
    }
    return total
  }

  /// Trains one step and gives the loss before it.
  func step(_ inputs: [Tensor]) throws -> Tensor {
    let optimizer = SGD(learningRate: 0.05)
    let variables = layer.trainableWeights
    try optimizer.build(variables)
    return try run(inputs) { trace, values in
      let parameters = variables.map(trace.initialExpression)
      let loss = try self.loss(values, trace)
      let gradients = trace.builder.gradients(of: trace.lift(loss), withRespectTo: parameters)
      optimizer.apply(gradients.map { Tensor(.traced(trace, $0)) }, trace)
      return [loss]
    }[0]
  }

  /// The first loss's gradients with respect to the inputs; zeros for those that are not floating-point.
  func inputGradients(_ inputs: [Tensor]) throws -> [Tensor] {
    try run(inputs) { trace, values in
      let loss = try self.loss(values, trace)
      return trace.builder.gradients(of: trace.lift(loss), withRespectTo: values.map(trace.lift)).map {
        Tensor(.traced(trace, $0))
      }
    }
  }

  private func run(_ inputs: [Tensor], _ body: (Trace, [Tensor]) throws -> [Tensor]) throws -> [Tensor] {
    let masks = inputs.compactMap(\.mask)
    let buffers = try (inputs + masks).map { try $0.buffer() }
    let function = try CompiledFunction.trace(buffers.map(\.type), training: true) { trace, values in
      var rest = values.dropFirst(inputs.count).makeIterator()
      return try body(trace, zip(values, inputs).map { $0.masked(by: $1.mask == nil ? nil : rest.next()) })
    }
    return try function.run(buffers).map { Tensor($0) }
  }
}
