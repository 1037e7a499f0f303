import ModelFiles

/// The names by which losses, metrics and logs tell a model's outputs apart: the keys of a dictionary of outputs, else
/// the layers that the outputs come from.
struct OutputNames {
  let structure: TensorStructure
  /// The layer of each output; `nil` for a subclassed model, whose outputs have no names.
  let layers: [String]?

  /// What logs call the loss of an output: by the keys and places on the way to it, of which a last place goes by the
  /// output's name, or by the loss's where there is none.
  func lossName(_ index: Int, of loss: any Loss) -> String {
    let paths = structure.paths
    guard paths.indices.contains(index), let last = paths[index].last else { return layers?[index] ?? loss.name }
    let name = if case .place = last { layers?[index] ?? loss.name } else { last.text }
    return (paths[index].dropLast().map(\.text) + [name]).joined(separator: "/")
  }

  /// What stands before the names of an output's metrics.
  func metricPrefix(_ index: Int) -> String? { structure.keys?[index] ?? layers?[index] }

  /// The names under which losses and metrics of outputs may be given.
  var known: [String] { structure.keys ?? layers ?? [] }

  /// The parts of a dictionary in the outputs' order; an output that it leaves out has none.
  ///
  /// - Throws: `KerasError` where a name is no output's, or the model's outputs have none.
  func ordered<Part>(_ parts: [String: Part], subject: String) throws -> [Part?] {
    if let unknown = parts.keys.sorted().first(where: { !known.contains($0) }) { throw unknownName(unknown, subject) }
    return known.map { parts[$0] }
  }

  func unknownName(_ name: String, _ subject: String, kind: KerasError.Kind = .invalidArgument) -> KerasError {
    KerasError(
      kind, subject,
      known.isEmpty
        ? "names the output \(name), but the outputs of a subclassed model have no names; give a list in their order"
        : "names the output \(name); the model's outputs are \(known.joined(separator: ", "))")
  }
}

extension Model {
  /// The layers that the outputs come from, in the outputs' order; empty for a subclassed model. Logs, losses and metrics
  /// go by these names, or by the keys where a file gives the model a dictionary of outputs.
  public var outputNames: [String] { outputNaming.layers ?? [] }

  var outputNaming: OutputNames {
    OutputNames(
      structure: graph?.outputStructure ?? .list([]), layers: graph?.outputs.map { $0.node?.layer.name ?? "output" })
  }

  /// Targets or sample weights given by the outputs' names, in the order in which `fit` and `evaluate` take them. An
  /// output without a loss may be left out.
  ///
  /// ```swift
  /// try model.fit([x], model.inOutputOrder(["kind": kinds, "value": values]))
  /// ```
  /// - Throws: `KerasError` where a name is no output's, or an output with a loss has none.
  public func inOutputOrder(_ arrays: [String: Tensor]) throws -> [Tensor] {
    let ordered = try outputNaming.ordered(arrays, subject: name)
    for (index, array) in ordered.enumerated() where array == nil && compilation?.loss(ofOutput: index) != nil {
      throw KerasError(.invalidData, name, "nothing was given for the output \(outputNaming.known[index])")
    }
    return ordered.compactMap { $0 }
  }
}
