import Graph
import ModelFiles

/// Writes the calls between a functional model's layers as Keras's config does.
struct FunctionalConfig {
  let graph: FunctionalGraph
  /// The numbers of each layer's calls inside this model.
  private var callNumbers: [ObjectIdentifier: Int] = [:]
  private let masks: ImplicitMasks?

  init(_ graph: FunctionalGraph) {
    self.graph = graph
    masks = ImplicitMasks.areLeftOut ? ImplicitMasks(graph) : nil
    let inside = Set(graph.nodes.map(ObjectIdentifier.init))
    for layer in graph.layers {
      let nodes = layer.inboundNodes.filter { inside.contains(ObjectIdentifier($0)) || $0.isInput }
      for (number, node) in nodes.enumerated() { callNumbers[ObjectIdentifier(node)] = number }
    }
  }

  var config: Config {
    let inside = Set(graph.nodes.map(ObjectIdentifier.init))
    let layers = graph.layers.filter { masks?.contains($0) != true }.map { layer -> JSONValue in
      guard case .object(var object) = layer.serialized else { return nil }
      object["name"] = .string(layer.name)
      let calls = layer.inboundNodes.filter { inside.contains(ObjectIdentifier($0)) && !$0.isInput }
      object["inbound_nodes"] = .array(
        calls.map { node in
          var keyword: Config = [:]
          for (name, argument) in node.arguments.keyword.sorted(by: { $0.key < $1.key })
          where masks?.contains(argument) != true {
            keyword[name] = serialized(argument)
          }
          var call: JSONObject = [
            "args": .array(node.arguments.positional.map(serialized)), "kwargs": .object(keyword),
          ]
          if node.arguments.keepsTraining { call[Self.keepsTrainingKey] = true }
          return .object(call)
        })
      return .object(object)
    }
    return [
      "layers": .array(layers), "input_layers": graph.inputStructure.filled(graph.inputs.map { reference($0) }),
      "output_layers": graph.outputStructure.filled(graph.outputs.map(outputReference)),
    ]
  }

  /// Marks a call whose `training` counts in any step, which Keras 2 alone can say; Keras 3 passes over the mark and
  /// treats the call as it treats the file of Keras 2.
  static let keepsTrainingKey = "keeps_training"

  /// Whether Keras counts the making of a layer, a model inside this one, as its call 0 where it lists outputs.
  static func countsItsMaking(_ layer: Layer) -> Bool {
    !(layer is Sequential) && (layer as? Model)?.hasLayerList == true
  }

  private func outputReference(_ symbol: SymbolicTensor) -> JSONValue {
    let first = symbol.node.map { Self.countsItsMaking($0.layer) ? 1 : 0 } ?? 0
    return reference(symbol, first: first)
  }

  private func reference(_ symbol: SymbolicTensor, first: Int = 0) -> JSONValue {
    guard let node = symbol.node else { return nil }
    let call = first + (callNumbers[ObjectIdentifier(node)] ?? 0)
    return [.string(node.layer.name), JSONValue(call), JSONValue(symbol.outputIndex)]
  }

  private func serialized(_ argument: Argument) -> JSONValue {
    switch argument {
    case .value(let value): return value
    case .list(let items): return .array(items.map(serialized))
    case .tensor(let tensor):
      switch tensor.content {
      case .symbolic(let symbol):
        return [
          "class_name": "__keras_tensor__",
          "config": [
            "shape": JSONValue(symbol.shape), "dtype": .string(symbol.dtype.rawValue),
            "keras_history": reference(symbol),
          ],
        ]
      case .concrete(let buffer):
        return [
          "class_name": "__tensor__",
          "config": ["value": buffer.nested, "dtype": .string(buffer.type.dtype.rawValue)],
        ]
      case .traced, .failed: return nil
      }
    }
  }
}
