import Graph

extension Optimizer {
  /// Scaling, accumulation, clipping, decay, the optimizer's own rule, averages and constraints, in Keras's order.
  func recordStep(_ gradients: [Tensor], _ trace: Trace) {
    let context = StepContext(trace: trace)
    let count = context[iterations]
    // Steps that changed the variables: fewer than `count` where gradients are accumulated.
    let updates = options.gradientAccumulationSteps.map { count.floorDivide(Double($0)) } ?? count
    let number = updates.asType(.float32) + 1
    let rate =
      switch learningRate {
      case .constant: self.rate.map { context[$0] } ?? Tensor(0)
      case .schedule(let schedule): schedule(count.asType(.float32))
      }
    var gradients = gradients
    if let scale = options.lossScaleFactor { gradients = gradients.map { $0 / scale } }
    let step = OptimizerStep(context: context, learningRate: rate, number: number)
    if let steps = options.gradientAccumulationSteps {
      let isUpdate = (count + 1).mod(Double(steps)).equal(0)
      let sums = zip(gradients, accumulators).map { $0 + context[$1] }
      let changed = trainedVariables + slots.flatMap { $0 } + sharedSlots
      keepOld(changed, unless: isUpdate, trace) { self.update(sums.map { $0 / Double(steps) }, step) }
      for (sum, accumulator) in zip(sums, accumulators) {
        context.assign(accumulator, `where`(isUpdate, Tensor(0, dtype: sum.dtype), sum))
      }
    } else {
      update(gradients, step)
    }
    averageVariables(updates, context)
    for variable in trainedVariables {
      if let constraint = variable.constraint { context.assign(variable, constraint(context[variable])) }
    }
    context.assign(iterations, count + 1)
  }

  private func update(_ gradients: [Tensor], _ step: OptimizerStep) {
    updateShared(step)
    for ((variable, gradient), slots) in zip(zip(trainedVariables, options.clipped(gradients)), slots) {
      var value = step[variable]
      if let decay = weightDecay(of: variable), decay != 0 { value = value - value * (step.learningRate * decay) }
      step.assign(variable, update(value, gradient: gradient, slots: slots, step))
    }
  }

  /// Records changes that only count where `condition` (a scalar) holds.
  func keepOld(_ changed: [Variable], unless condition: Tensor, _ trace: Trace, _ change: () -> Void) {
    let context = StepContext(trace: trace)
    let old = changed.map { context[$0] }
    change()
    for (variable, value) in zip(changed, old) {
      context.assign(variable, `where`(condition, context[variable], value))
    }
  }

  private func averageVariables(_ count: Tensor, _ context: StepContext) {
    guard options.useEMA else { return }
    let momentum = `where`(count.equal(0), Tensor(0), Tensor(options.emaMomentum))
    let overwrites = options.emaOverwriteFrequency.map { (count + 1).mod(Double($0)).equal(0) }
    for (variable, average) in zip(trainedVariables, averages) {
      let value = context[variable]
      let next = context[average] * momentum + value * (1 - momentum)
      context.assign(average, next)
      if let overwrites { context.assign(variable, `where`(overwrites, next, value)) }
    }
  }
}
