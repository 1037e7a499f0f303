extension CallArguments {
  /// Symbolic tensors among the arguments as the calls before compute them from stand-ins for the model's inputs: only
  /// so numbers are known that follow from extents.
  ///
  /// - Parameter onlyMeasured: whether to compute only tensors whose numbers follow from extents alone.
  func computed(
    in trace: Trace, onlyMeasured: Bool, _ standIn: (SymbolicTensor) -> Tensor
  ) throws -> [ObjectIdentifier: Tensor] {
    let wanted = tensors.compactMap { tensor -> SymbolicTensor? in
      guard case .symbolic(let symbol) = tensor.content, symbol.node?.isInput == false else { return nil }
      return symbol.isMeasured || !onlyMeasured ? symbol : nil
    }
    guard !wanted.isEmpty else { return [:] }
    var inputs: [SymbolicTensor] = []
    var seen: Set<ObjectIdentifier> = []
    var waiting = wanted
    while let symbol = waiting.popLast() {
      guard seen.insert(ObjectIdentifier(symbol)).inserted, let node = symbol.node else { continue }
      // What was measured has a shape that stands for it.
      if node.isInput || (onlyMeasured && !symbol.isMeasured) { inputs.append(symbol) } else { waiting += node.inputs }
    }
    let graph = try FunctionalGraph(
      inputs: inputs.map { Tensor(.symbolic($0)) }, outputs: wanted.map { Tensor(.symbolic($0)) }, name: "model")
    let results = trace.recording(training: false) { graph.call(inputs.map(standIn), training: false) }
    if let failure = results.first?.failure { throw failure }
    return Dictionary(zip(wanted.map(ObjectIdentifier.init), results)) { first, _ in first }
  }
}
