import Graph

extension FunctionalGraph {
  /// Runs the calls on values for the inputs.
  ///
  /// - Parameter training: the mode of all calls. As in Keras, what calls were recorded with counts where it is `nil`.
  func call(_ values: [Tensor], training: Bool?) -> [Tensor] {
    var known: [ObjectIdentifier: Tensor] = [:]
    for (symbol, value) in zip(inputs, values) { known[ObjectIdentifier(symbol)] = value }
    var declared = DeclaredMasks(isUsed: Trace.innermost(values) != nil)
    for node in nodes where !node.isInput {
      let symbols = node.outputs
      if symbols.allSatisfy({ $0.map { known[ObjectIdentifier($0)] != nil } ?? true }) { continue }
      var arguments = node.arguments.map { tensor in
        guard case .symbolic(let symbol) = tensor.content else { return tensor }
        return known[ObjectIdentifier(symbol)] ?? tensor
      }
      if training != nil, !arguments.keepsTraining { arguments.keyword["training"] = nil }
      if let mask = declared.argument(of: node) { arguments.keyword["mask"] = .tensor(mask) }
      declared.note(node, arguments)
      let results = node.layer.apply(arguments, training: training)
      if let failure = results.first?.failure { return [Tensor(failure: failure)] }
      for case (let symbol?, let result) in zip(symbols, results) { known[ObjectIdentifier(symbol)] = result }
    }
    return outputs.map {
      known[ObjectIdentifier($0)]
        ?? Tensor(failure: KerasError(.invalidModel, "model", "an output is not connected to the inputs"))
    }
  }
}

/// The masks that a model's tensors have where the model is put together.
///
/// Keras settles there, for good, which mask a call is given that has an argument for it. What the tensors carry when
/// the model runs can differ: there a layer may have taken the mask off one of them.
private struct DeclaredMasks {
  private let isUsed: Bool
  private var masks: [ObjectIdentifier: Tensor] = [:]

  init(isUsed: Bool) { self.isUsed = isUsed }

  /// The mask that Keras writes into a call: of one tensor, which is not converted, and without further arguments.
  func argument(of node: FunctionNode) -> Tensor? {
    guard !masks.isEmpty, node.arguments.keyword.isEmpty, node.arguments.positional.count == 1,
      case .tensor(let tensor)? = node.arguments.positional.first, case .symbolic(let symbol) = tensor.content,
      symbol.dtype == node.layer.dtypePolicy.computeDType, node.layer.argumentNames.contains("mask")
    else { return nil }
    return masks[ObjectIdentifier(symbol)]
  }

  /// Notes the masks of a call's results.
  ///
  /// - Parameter arguments: the call's, with values for its tensors.
  mutating func note(_ node: FunctionNode, _ arguments: CallArguments) {
    let layer = node.layer
    guard isUsed, layer.createsMask || !masks.isEmpty, !(layer is Model),
      let symbols = try? layer.bind(node.arguments).inputs, let bound = try? layer.bind(arguments)
    else { return }
    let carried = symbols.map { tensor -> Tensor? in
      guard case .symbolic(let symbol) = tensor.content else { return nil }
      return masks[ObjectIdentifier(symbol)]
    }
    let given = bound.masks ?? carried
    guard layer.createsMask || given.contains(where: { $0 != nil }) else { return }
    let results = layer.computeMask(bound.inputs.map(layer.convertedInput), given)
    for case (let symbol?, let mask?) in zip(node.outputs, results) { masks[ObjectIdentifier(symbol)] = mask }
  }
}
