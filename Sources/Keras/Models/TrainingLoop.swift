import Graph

/// The order in which samples are taken.
struct SampleOrder {
  private(set) var positions: [Int]
  private let shuffle: Bool
  private var generator: Philox64

  init(count: Int, shuffle: Bool, seed: Int?) {
    positions = Array(0..<count)
    self.shuffle = shuffle
    generator = Philox64(seed: seed.map { UInt64(bitPattern: Int64($0)) } ?? (shuffle ? RandomSeed.next() : 0))
  }

  mutating func nextEpoch() {
    if shuffle { positions.shuffle(using: &generator) }
  }
}

/// The loop of `fit`: batches are gathered into memory that is made once, and each step runs a compiled function.
struct TrainingLoop {
  let model: Model
  let compilation: Compilation
  let source: BatchSource
  let batchSize: Int
  var order: SampleOrder

  private var steps: Int { (source.count + batchSize - 1) / batchSize }

  init(model: Model, compilation: Compilation, source: BatchSource, batchSize: Int, order: SampleOrder) {
    self.model = model
    self.compilation = compilation
    self.source = source
    self.batchSize = min(batchSize, source.count)
    self.order = order
  }

  mutating func run(
    epochs: Range<Int>, validation: BatchSource?, validationFrequency: Int, verbose: Verbosity, callbacks: [Callback]
  ) throws -> History {
    let state = TrainingState(model: model, epochs: epochs.upperBound, steps: steps, isValidated: validation != nil)
    model.history = History()
    model.stopTraining = false
    for callback in callbacks { try callback.onTrainBegin(state) }
    let result = Result { try runEpochs(epochs, validation, validationFrequency, verbose, callbacks, state) }
    // A run that ends early leaves what a whole one does: the averages of the weights, where the optimizer keeps them.
    if epochs.upperBound > 0 { try compilation.optimizer.finalizeVariableValues() }
    let logs = try result.get()
    for callback in callbacks { try callback.onTrainEnd(logs, state) }
    return model.history
  }

  private mutating func runEpochs(
    _ epochs: Range<Int>, _ validation: BatchSource?, _ validationFrequency: Int, _ verbose: Verbosity,
    _ callbacks: [Callback], _ state: TrainingState
  ) throws -> Logs {
    var logs = Logs()
    for epoch in epochs {
      var progress = ProgressBar(steps: steps, verbose: verbose)
      progress.announce("Epoch \(epoch + 1)/\(epochs.upperBound)")
      for callback in callbacks { try callback.onEpochBegin(epoch, state) }
      logs = try runEpoch(&progress, callbacks, state)
      if let validation, (epoch + 1) % validationFrequency == 0 {
        for (name, value) in try model.evaluate(validation, batchSize: batchSize) { logs["val_\(name)"] = value }
      }
      for callback in callbacks { try callback.addLogs(epoch, to: &logs, state) }
      progress.finish(logs)
      for callback in callbacks { try callback.onEpochEnd(epoch, logs, state) }
      model.history.append(logs, epoch: epoch)
      if model.stopTraining { break }
    }
    return logs
  }

  private mutating func runEpoch(_ progress: inout ProgressBar, _ callbacks: [Callback], _ state: TrainingState) throws
    -> Logs
  {
    order.nextEpoch()
    var step: BatchStep?
    var logs = Logs()
    for index in 0..<steps {
      try Task.checkCancellation()
      let range = index * batchSize..<min((index + 1) * batchSize, source.count)
      if step?.count != range.count {
        // The first batch, or a last partial one. The metrics live on in their variables.
        let next = try BatchStep(model, source, count: range.count, kind: .train)
        if step == nil { model.resetMetrics() }
        step = next
      }
      guard let step else { break }
      try step.run(order.positions[range])
      if !callbacks.isEmpty {
        logs = step.logs
        for callback in callbacks { try callback.onBatchEnd(index, logs, state) }
      }
      progress.step(index + 1, step.logs)
      if model.stopTraining { break }
    }
    return step?.logs ?? logs
  }
}

/// A compiled step on batches of one size, with the memory that a batch is gathered into.
struct BatchStep {
  let count: Int
  private let function: CompiledFunction
  private let source: BatchSource
  private let batch: [Buffer]
  private let results: [Buffer]
  /// Where the logs' numbers are; of several with one name the last counts, as in Keras.
  private let columns: [(name: String, position: Int)]

  init(_ model: Model, _ source: BatchSource, count: Int, kind: StepKey.Kind) throws {
    func type(_ buffer: Buffer) -> TensorType {
      TensorType(buffer.type.dtype, buffer.type.shape.replacing(axis: 0, with: count))
    }
    let key = StepKey(
      kind: kind, inputs: source.inputs.map(type), targets: source.targets.map(type),
      sampleWeights: source.sampleWeights.map(type))
    function = try model.lossFunction(key)
    self.count = count
    self.source = source
    batch = source.arrays.map { Buffer(type($0)) }
    results = function.outputTypes.map(Buffer.init)
    let names = try model.requireCompilation().logNames(model.outputNaming)
    let last = Dictionary(zip(names, names.indices), uniquingKeysWith: { $1 })
    columns = names.enumerated().compactMap { last[$1] == $0 ? ($1, $0) : nil }
  }

  /// Runs the step on the samples with these positions.
  func run(_ positions: ArraySlice<Int>) throws {
    for (target, array) in zip(batch, source.arrays) { target.gatherRows(positions, from: array) }
    try function.run(batch, into: results)
  }

  /// Runs the step on consecutive samples, without copying them.
  func run(_ range: Range<Int>) throws { try function.run(source.arrays.map { $0.rows(range) }, into: results) }

  /// The metrics after the last step. Where one has a value for each class, these are numbered: `f1_score[0]`.
  var logs: Logs {
    Logs(
      columns.flatMap { name, position in
        let result = results[position]
        let count = result.type.shape.elementCount
        return (0..<count).map { index in
          let value = result.pointer.load(fromByteOffset: index * MemoryLayout<Float>.stride, as: Float.self)
          return (count == 1 ? name : "\(name)[\(index)]", Double(value))
        }
      })
  }
}
