import Graph
import ModelFiles

/// The layers there are, as the classes themselves describe them.
public enum LayerCatalogue {
  /// An argument of a layer's initializer.
  public struct Parameter: Sendable {
    /// Keras's name: `use_bias`. Swift's is the same in lower camel case.
    public let name: String
    /// The default as files write it; `nil` where the argument must be given.
    public let defaultValue: JSONValue?
  }

  /// What a layer looks like once it is built for its inputs.
  public struct Sample: Sendable {
    public let inputs: [[Int?]]
    /// Empty for a cell, which only a recurrent layer calls.
    public let outputs: [[Int?]]
    public let weights: [(name: String, shape: Shape, trainable: Bool)]
  }

  /// Class names and references, by group in the catalogue's order.
  public static var entries: [(className: String, reference: LayerReference)] {
    let all = LayerRegistry.classes.types.compactMap { type in
      (type as? Layer.Type).flatMap { layer in layer.reference.map { (layer.className, $0) } }
    }
    return LayerReference.Group.allCases.flatMap { group in all.filter { $0.1.group == group } }
  }

  /// The class of that name, in any spelling that files accept.
  ///
  /// - Throws: `KerasError` with the nearest names where there is none.
  public static func entry(_ name: String) throws -> (className: String, reference: LayerReference) {
    let entries = entries
    if let entry = entries.first(where: {
      $0.className.lowercased() == name.lowercased() || snakeCase($0.className) == name
    }) {
      return entry
    }
    throw KerasError.unknown(name, "layer", among: entries.map(\.className))
  }

  /// The arguments of a layer's initializer, besides name and dtype, in the order of its config.
  ///
  /// - Throws: `KerasError` for a layer that cannot be made from a config alone, as `Lambda`.
  public static func arguments(of className: String) throws -> [Parameter] {
    let (name, reference) = try entry(className)
    return try LayerRegistry.make(name, reference.arguments).config.map { key, value in
      Parameter(name: key, defaultValue: reference.arguments[key] == nil ? .some(value) : .none)
    }
  }

  /// The layer built for the reference's inputs.
  ///
  /// - Throws: `KerasError` for a layer that cannot be made from a config alone, as `Lambda`.
  public static func sample(of className: String) throws -> Sample {
    let (name, reference) = try entry(className)
    let layer = try LayerRegistry.make(name, reference.arguments)
    let outputs: [[Int?]]
    if let input = layer as? InputLayer {
      outputs = [input.batchShape]
    } else if layer is RecurrentCell {
      try layer.buildIfNeeded(shapes: reference.inputs)
      outputs = []
    } else {
      let inputs = reference.inputs.map { Argument.tensor(Input(shape: Array($0.dropFirst()))) }
      let isList = inputs.count > 1 && layer.inputNames.count == 1
      let results = layer.apply(CallArguments(isList ? [.list(inputs)] : inputs))
      if let failure = results.lazy.compactMap(\.failure).first { throw failure }
      outputs = results.map(\.partialShape)
    }
    let weights = layer.weights.map { weight in
      (
        name: weight.path.split(separator: "/").dropFirst().joined(separator: "/"), shape: weight.shape,
        trainable: weight.trainable
      )
    }
    return Sample(inputs: reference.inputs, outputs: outputs, weights: weights)
  }
}
