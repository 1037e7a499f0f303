import ModelFiles

/// Two recurrent layers over the same sequence, one from each end, and their outputs joined.
///
/// Output: the two layers' outputs, the backward one's in the order of time, joined by `mergeMode`; with
/// `returnState` then the states of the forward and of the backward layer. `initial_state` holds both layers' states.
/// Source: Schuster and Paliwal 1997, `keras.layers.Bidirectional`.
///
/// ```swift
/// Bidirectional(LSTM(32, returnSequences: true))
/// ```
public final class Bidirectional: Layer, ConfigConstructible, @unchecked Sendable {
  public enum MergeMode: String, Sendable, CaseIterable {
    case sum, mul, ave, concat
  }

  public let forwardLayer: RecurrentLayer
  public let backwardLayer: RecurrentLayer
  /// `nil`: both outputs are given.
  public let mergeMode: MergeMode?

  /// - Parameters:
  ///   - layer: a copy of it, without its weights, reads the sequence forward.
  ///   - mergeMode: concatenation by default.
  ///   - backwardLayer: a layer with `goBackwards`; a copy of `layer` by default.
  public init(
    _ layer: RecurrentLayer, mergeMode: MergeMode? = .concat, backwardLayer: RecurrentLayer? = nil,
    name: String? = nil, dtype: DTypePolicy = .float32
  ) {
    self.mergeMode = mergeMode
    func copy(_ prefix: String, backwards: Bool?) throws -> RecurrentLayer {
      var config = layer.config.merging(layer.baseConfig)
      let base = layer.name.hasPrefix(prefix) ? String(layer.name.dropFirst(prefix.count)) : layer.name
      config["name"] = .string(prefix + base)
      if let backwards { config["go_backwards"] = .bool(backwards) }
      let className = CustomObjects.name(of: type(of: layer)) ?? type(of: layer).className
      return try LayerRegistry.make(className, config) as? RecurrentLayer ?? layer
    }
    var failure = layer.deferredError
    var (forward, backward): (RecurrentLayer?, RecurrentLayer?) = (nil, backwardLayer)
    do {
      if failure == nil { forward = try copy("forward_", backwards: nil) }
      if failure == nil, backward == nil { backward = try copy("backward_", backwards: true) }
    } catch {
      failure = KerasError(wrapping: error, subject: layer.name)
    }
    forwardLayer = forward ?? layer
    self.backwardLayer = backward ?? layer
    super.init(name: name, dtype: dtype)
    if let failure { fail(failure) } else { checkLayers() }
    for layer in [forwardLayer, self.backwardLayer] {
      layer.sequenceOptions.zeroOutputForMask = layer.returnSequences
    }
    inputSpec = forwardLayer.inputSpec
  }

  private func checkLayers() {
    let (forward, backward) = (forwardLayer, backwardLayer)
    if forward.goBackwards == backward.goBackwards {
      reject("backward_layer", "must go in the other direction than the forward layer")
    }
    let same =
      forward.stateful == backward.stateful && forward.returnSequences == backward.returnSequences
      && forward.returnState == backward.returnState && forward.timeMajor == backward.timeMajor
    if !same {
      reject("backward_layer", "must have the forward layer's stateful, return_sequences, return_state and time_major")
    }
  }

  public convenience init(from reader: ConfigReader) throws {
    func recurrent(_ layer: Layer, _ key: String) throws -> RecurrentLayer {
      guard let layer = layer as? RecurrentLayer else { throw reader.error(key, "must be a recurrent layer") }
      return layer
    }
    let mode: MergeMode? =
      reader.config["merge_mode"] == nil
      ? .concat : reader.value("merge_mode") == nil ? nil : try reader.choice("merge_mode", default: .concat)
    self.init(
      try recurrent(reader.layer("layer"), "layer"), mergeMode: mode,
      backwardLayer: try reader.optionalLayer("backward_layer").map { try recurrent($0, "backward_layer") },
      name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "a recurrent layer from each end, their outputs joined",
      example: "Bidirectional(LSTM(32, returnSequences: true))",
      arguments: ["layer": ["class_name": "LSTM", "config": ["units": 32]]], inputs: [[nil, 10, 8]])
  }

  public override var config: Config {
    [
      "merge_mode": JSONValue(mergeMode?.rawValue), "layer": forwardLayer.serialized,
      "backward_layer": backwardLayer.serialized,
    ]
  }

  public override var sublayers: [(attribute: String, layer: Layer)] {
    [("forward_layer", forwardLayer), ("backward_layer", backwardLayer)]
  }
  public override var supportsMasking: Bool { true }
  public override var inputNames: [String] { ["sequences"] }
  public override var argumentNames: [String] { ["initial_state", "mask", "training"] }

  override func bind(_ arguments: CallArguments) throws -> BoundArguments {
    var bound = try super.bind(arguments)
    bound.separateStates()
    return bound
  }

  public override func computeMask(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
    guard forwardLayer.returnSequences, let mask = masks.first else { return [] }
    return mergeMode == nil ? [mask, mask] : [mask]
  }

  public override func build(_ inputShape: [Int?]) throws {
    try forwardLayer.buildIfNeeded(shapes: [inputShape])
    try backwardLayer.buildIfNeeded(shapes: [inputShape])
  }

  /// Sets the states of both layers, if they are stateful, to zeros.
  public func resetStates() {
    forwardLayer.resetStates()
    backwardLayer.resetStates()
  }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard let input = inputs.first else { return inputs }
    let states = context.tensors["initial_state"] ?? Array(inputs.dropFirst())
    guard states.count % 2 == 0 else {
      return [rejected(name, "takes as many initial states for the backward layer as for the forward one")]
    }
    func run(_ layer: RecurrentLayer, _ states: ArraySlice<Tensor>) -> [Tensor] {
      var keyword: [String: Argument] = [:]
      if !states.isEmpty { keyword["initial_state"] = .list(states.map(Argument.tensor)) }
      if let mask = context.sequenceMask { keyword["mask"] = .tensor(mask) }
      return layer.apply(
        CallArguments([.tensor(input.masked(by: nil))], keyword: keyword), training: context.training)
    }
    let forward = run(forwardLayer, states.prefix(states.count / 2))
    let backward = run(backwardLayer, states.suffix(states.count / 2))
    if let failure = (forward + backward).lazy.compactMap(\.failure).first { return [Tensor(failure: failure)] }
    guard let y = forward.first?.masked(by: nil), var reversed = backward.first?.masked(by: nil) else { return [] }
    if forwardLayer.returnSequences { reversed = reversed.flip([forwardLayer.timeMajor ? 0 : 1]) }
    return merged(y, reversed) + forward.dropFirst() + backward.dropFirst()
  }

  private func merged(_ a: Tensor, _ b: Tensor) -> [Tensor] {
    switch mergeMode {
    case .concat: [concatenate([a, b], axis: -1)]
    case .sum: [a + b]
    case .ave: [(a + b) / 2]
    case .mul: [a * b]
    case nil: [a, b]
    }
  }

  /// Calls the layer on a sequence, the states of the forward and then of the backward layer given.
  public func callAsFunction(
    _ sequences: Tensor, initialState: [Tensor], mask: Tensor? = nil, training: Bool? = nil
  ) -> Tensor {
    single(apply(arguments(sequences, initialState, mask), training: training))
  }

  /// The output (both of them without a merge mode) and, from layers with `returnState`, the last states.
  public func callWithStates(
    _ sequences: Tensor, initialState: [Tensor] = [], mask: Tensor? = nil, training: Bool? = nil
  ) -> (outputs: [Tensor], states: [Tensor]) {
    let results = apply(arguments(sequences, initialState, mask), training: training)
    let count = mergeMode == nil ? 2 : 1
    return (Array(results.prefix(count)), Array(results.dropFirst(count)))
  }

  private func arguments(_ sequences: Tensor, _ initialState: [Tensor], _ mask: Tensor?) -> CallArguments {
    var keyword: [String: Argument] = [:]
    if !initialState.isEmpty { keyword["initial_state"] = .list(initialState.map(Argument.tensor)) }
    if let mask { keyword["mask"] = .tensor(mask) }
    return CallArguments([.tensor(sequences)], keyword: keyword)
  }
}
