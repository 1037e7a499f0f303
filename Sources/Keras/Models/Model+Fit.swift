import Graph

/// What validation is run on.
public struct ValidationData: Sendable {
  let inputs: [Tensor]
  let targets: [Tensor]
  let sampleWeights: [Tensor]

  public init(_ x: Tensor, _ y: Tensor, sampleWeight: Tensor? = nil) {
    self.init([x], [y], sampleWeights: sampleWeight.map { [$0] } ?? [])
  }

  /// - Parameter sampleWeights: none, one array for all outputs, or one for each.
  public init(_ x: [Tensor], _ y: [Tensor], sampleWeights: [Tensor] = []) {
    inputs = x
    targets = y
    self.sampleWeights = sampleWeights
  }
}

extension Model {
  /// Trains the model. Called again, it goes on from where it was.
  ///
  /// - Parameters:
  ///   - x: samples along the first axis, in the shape of the model's input.
  ///   - y: targets, one a sample.
  ///   - batchSize: samples a step; a last partial batch is used as well. Where the model's input fixes their number,
  ///     that one, and the samples must be a multiple of it.
  ///   - epochs: the number of the last epoch; passes over the data unless `initialEpoch` is given.
  ///   - validationSplit: the last part of the data that is kept for validation, from 0 to below 1.
  ///   - validationData: data for validation; counts instead of `validationSplit`.
  ///   - shuffle: whether samples come in a new order each epoch.
  ///   - seed: makes the order follow from it; by default from the program's seed (`RandomSeed`).
  ///   - classWeight: how much samples of a class count in training, by class index; 1 where none is given.
  ///   - sampleWeight: how much each sample counts, `[samples]`, or each part of one, as `[samples, time]`.
  ///   - validationFrequency: epochs between validations.
  /// - Returns: the logs of each epoch.
  /// - Throws: `KerasError` where the data does not fit the model, what a callback throws, or `CancellationError` after
  ///   the current batch where the task is cancelled; the model then has the weights so far and can be trained on.
  @discardableResult
  public func fit(
    _ x: Tensor, _ y: Tensor, batchSize: Int = 32, epochs: Int = 1, verbose: Verbosity = .automatic,
    callbacks: [Callback] = [], validationSplit: Double = 0, validationData: ValidationData? = nil,
    shuffle: Bool = true, seed: Int? = nil, classWeight: [Int: Double]? = nil, sampleWeight: Tensor? = nil,
    initialEpoch: Int = 0, validationFrequency: Int = 1
  ) throws -> History {
    try fit(
      [x], [y], batchSize: batchSize, epochs: epochs, verbose: verbose, callbacks: callbacks,
      validationSplit: validationSplit, validationData: validationData, shuffle: shuffle, seed: seed,
      classWeight: classWeight, sampleWeights: sampleWeight.map { [$0] } ?? [],
      initialEpoch: initialEpoch, validationFrequency: validationFrequency)
  }

  /// Trains a model with several inputs or outputs. See `fit(_:_:)` for one of each.
  ///
  /// - Parameters:
  ///   - classWeight: for a model with one output.
  ///   - classWeights: how much samples of a class count for each output, by the outputs' names.
  ///   - sampleWeights: none, one array for all outputs, or one for each.
  @discardableResult
  public func fit(
    _ x: [Tensor], _ y: [Tensor], batchSize: Int = 32, epochs: Int = 1, verbose: Verbosity = .automatic,
    callbacks: [Callback] = [], validationSplit: Double = 0, validationData: ValidationData? = nil,
    shuffle: Bool = true, seed: Int? = nil, classWeight: [Int: Double]? = nil,
    classWeights: [String: [Int: Double]] = [:], sampleWeights: [Tensor] = [], initialEpoch: Int = 0,
    validationFrequency: Int = 1
  ) throws -> History {
    let compilation = try requireCompilation()
    guard batchSize > 0 else {
      throw KerasError(.invalidArgument, "\(name), argument batchSize", "must be at least 1, found \(batchSize)")
    }
    guard validationSplit >= 0, validationSplit < 1 else {
      throw KerasError(
        .invalidArgument, "\(name), argument validationSplit", "must be from 0 to below 1, found \(validationSplit)")
    }
    guard epochs >= 0, initialEpoch >= 0, validationFrequency > 0 else {
      throw KerasError(
        .invalidArgument, "\(name), argument epochs",
        "epochs, initialEpoch and validationFrequency must not be negative, found \(epochs), \(initialEpoch), "
          + "\(validationFrequency)")
    }
    var training = try BatchSource(inputs: x, targets: y, sampleWeights: sampleWeights)
    try prepare(training)
    var validation: BatchSource?
    if let data = validationData {
      let source = try BatchSource(inputs: data.inputs, targets: data.targets, sampleWeights: data.sampleWeights)
      try check(source, withTargets: true)
      validation = source
    } else if validationSplit > 0 {
      let cut = Int((Double(training.count) * (1 - validationSplit)).rounded(.down))
      guard cut > 0, cut < training.count else {
        throw KerasError(
          .invalidData, "\(name), argument validationSplit",
          "leaves no samples on one side: \(training.count) samples, split \(validationSplit)")
      }
      validation = training.slice(cut..<training.count)
      training = training.slice(0..<cut)
    }
    if classWeight != nil || !classWeights.isEmpty {
      training = try training.weighted(by: weights(classWeight, classWeights, training.targets.count), model: name)
    }
    try checkFullSteps(of: training.count)
    var loop = TrainingLoop(
      model: self, compilation: compilation, source: training, batchSize: stepSize(batchSize),
      order: SampleOrder(count: training.count, shuffle: shuffle, seed: seed))
    return try loop.run(
      epochs: initialEpoch..<max(epochs, initialEpoch), validation: validation,
      validationFrequency: validationFrequency, verbose: verbose, callbacks: callbacks)
  }

  /// The weights of the classes of each target.
  private func weights(
    _ classWeight: [Int: Double]?, _ named: [String: [Int: Double]], _ count: Int
  ) throws -> [[Int: Double]?] {
    guard let classWeight else {
      let ordered = try outputNaming.ordered(named, subject: "\(name), argument classWeights")
      guard ordered.count == count else {
        throw KerasError(.invalidArgument, "\(name), argument classWeights", "needs a target for each output")
      }
      return ordered
    }
    guard count == 1, named.isEmpty else {
      throw KerasError(
        .invalidArgument, "\(name), argument classWeight",
        "needs a model with one output; give classWeights by the outputs' names")
    }
    return [classWeight]
  }

  /// Checks data against the model, building it first if this is the first data it sees.
  func prepare(_ source: BatchSource) throws {
    try buildIfNeeded(shapes: source.inputs.map { [nil] + $0.type.shape.dimensions.dropFirst().map(Optional.some) })
    try check(source, withTargets: true)
  }

  func check(_ source: BatchSource, withTargets: Bool) throws {
    if let graph {
      guard source.inputs.count == graph.inputs.count else {
        throw KerasError(
          .invalidData, name, "takes \(graph.inputs.count) inputs, \(source.inputs.count) were given")
      }
      for (buffer, symbol) in zip(source.inputs, graph.inputs) {
        let shape = buffer.type.shape.dimensions
        let padded = shape.count + 1 == symbol.shape.count && symbol.shape.last == 1 ? shape + [1] : shape
        guard padded.count == symbol.shape.count,
          zip(padded, symbol.shape).dropFirst().allSatisfy({ mayAgree($0, $1) })
        else {
          throw KerasError(
            .incompatibleShape, "\(name), input \(symbol.node?.layer.name ?? "x")",
            "expects samples of shape \(describe(Array(symbol.shape.dropFirst()))), found "
              + "\(describe(shape.dropFirst().map(Optional.some))) (array of shape \(buffer.type.shape))"
              + batchHint(shape, symbol.shape))
        }
      }
      guard withTargets else { return }
      let compilation = try requireCompilation()
      let trained = graph.outputs.indices.count { compilation.loss(ofOutput: $0) != nil }
      let isComplete = source.targets.count == graph.outputs.count
      guard isComplete || (source.targets.count == trained && !compilation.hasMetrics) else {
        throw KerasError(
          .invalidData, name, "has \(graph.outputs.count) outputs, \(source.targets.count) targets were given")
      }
      let positions = compilation.targetPositions(outputCount: graph.outputs.count, targetCount: source.targets.count)
      for (index, output) in graph.outputs.enumerated() {
        guard let position = positions[index] else { continue }
        try compilation.loss(ofOutput: index)?.validate(Tensor(source.targets[position]), outputShape: output.shape)
      }
    }
  }
}
