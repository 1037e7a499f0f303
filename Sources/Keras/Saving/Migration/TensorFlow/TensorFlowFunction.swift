import ModelFiles

/// Functions of TensorFlow in functional models of Keras 2, as the operations of Keras 3 that compute the same.
///
/// Keras 2 wraps a function into a layer `TFOpLambda`, a subscript into `SlicingOpLambda`. The first argument of a call
/// is positional, the others have TensorFlow's names.
enum TensorFlowOperation {
  private struct Entry: Sendable {
    let className: String
    /// Keras's names of the arguments that TensorFlow calls otherwise.
    var names: [String: String] = [:]
    /// Arguments that must have this value or be missing, as Keras's operation has none like them.
    var fixed: [String: JSONValue] = [:]
  }

  private static func binary(_ className: String) -> Entry { Entry(className: className, names: ["y": "x2"]) }

  private static let entries: [String: Entry] = {
    var entries: [String: Entry] = [
      "math.add": binary("Add"), "__operators__.add": binary("Add"),
      "math.subtract": binary("Subtract"), "math.multiply": binary("Multiply"),
      "math.divide": binary("TrueDivide"), "math.truediv": binary("TrueDivide"), "math.pow": binary("Power"),
      "math.maximum": binary("Maximum"), "math.minimum": binary("Minimum"), "math.floordiv": binary("FloorDivide"),
      "math.greater": binary("Greater"), "math.greater_equal": binary("GreaterEqual"), "math.less": binary("Less"),
      "math.less_equal": binary("LessEqual"), "math.equal": binary("Equal"), "math.not_equal": binary("NotEqual"),
      "linalg.matmul": Entry(
        className: "Matmul", names: ["b": "x2"],
        fixed: [
          "transpose_a": false, "transpose_b": false, "adjoint_a": false, "adjoint_b": false, "a_is_sparse": false,
          "b_is_sparse": false, "grad_a": false, "grad_b": false,
        ]),
      "nn.softmax": Entry(className: "Softmax"), "nn.log_softmax": Entry(className: "LogSoftmax"),
      "reshape": Entry(className: "Reshape", names: ["shape": "newshape"]),
      "transpose": Entry(className: "Transpose", names: ["perm": "axes"], fixed: ["conjugate": false]),
      "expand_dims": Entry(className: "ExpandDims"), "squeeze": Entry(className: "Squeeze"),
      "concat": Entry(className: "Concatenate"), "stack": Entry(className: "Stack"),
      "cast": Entry(className: "Cast"),
      "clip_by_value": Entry(
        className: "Clip", names: ["clip_value_min": "x_min", "clip_value_max": "x_max"]),
    ]
    let unary = [
      "math.exp": "Exp", "math.log": "Log", "math.log1p": "Log1p", "math.sqrt": "Sqrt", "math.rsqrt": "Rsqrt",
      "math.square": "Square", "math.abs": "Absolute", "math.negative": "Negative", "math.sign": "Sign",
      "math.floor": "Floor", "math.ceil": "Ceil", "math.sin": "Sin", "math.cos": "Cos", "math.tanh": "Tanh",
      "math.sigmoid": "Sigmoid", "math.softplus": "Softplus", "math.erf": "Erf", "math.reciprocal": "Reciprocal",
      "nn.relu": "Relu", "nn.relu6": "Relu6", "nn.elu": "Elu", "nn.selu": "Selu", "nn.sigmoid": "Sigmoid",
      "nn.tanh": "Tanh", "nn.softsign": "Softsign", "nn.softplus": "Softplus", "nn.silu": "Silu", "nn.swish": "Silu",
      "stop_gradient": "StopGradient",
    ]
    for (function, className) in unary { entries[function] = Entry(className: className) }
    for name in ["mean", "sum", "max", "min", "prod", "any", "all"] {
      entries["math.reduce_\(name)"] = Entry(className: name.prefix(1).uppercased() + name.dropFirst())
    }
    return entries
  }()

  /// The operation that stands for a layer of Keras 2, or `nil` for what is no TensorFlow function.
  ///
  /// - Throws: `KerasError` for a function that has no equal here.
  static func migrated(_ layer: JSONObject, _ className: String) throws -> JSONObject? {
    let name = layer["config"]?["name"]?.string ?? className
    switch className {
    case "TFOpLambda":
      let function = (layer["config"]?["function"]?.string ?? "").replacing("compat.v1.", with: "")
      guard let entry = entries[function], OperationRegistry.contains(entry.className) else {
        throw KerasError(
          .unknownName, name,
          "applies the TensorFlow function tf.\(function), which has no equal here; write it with layers or keras.ops")
      }
      return try operation(layer, name, entry.className) { try arguments($0, of: entry, name) }
    case "SlicingOpLambda":
      return try operation(layer, name, "GetItem") { arguments in
        let spec = arguments["slice_spec"] ?? nil
        return ["key": .array((spec.array ?? [spec]).map(index))]
      }
    case "TensorFlowOpLayer":
      throw KerasError(
        .unknownName, name, "holds a node of a TensorFlow graph, which is not read; write it with layers or keras.ops")
    default:
      return nil
    }
  }

  private static func operation(
    _ layer: JSONObject, _ name: String, _ className: String, _ arguments: (Config) throws -> Config
  ) throws -> JSONObject {
    var config: Config = ["name": .string(name)]
    let nodes = try (layer["inbound_nodes"]?.array ?? []).map { node in
      let references = node[0]?.string != nil ? [node] : node.array ?? []
      return JSONValue.array(
        try references.map { reference in
          var items = reference.array ?? []
          var keyword: Config = [:]
          // Keras 3 gives operands to the call, everything else to the constructor.
          for (key, value) in try arguments(items.count > 3 ? items[3].object ?? [:] : [:]) {
            if ["x2", "key"].contains(key) { keyword[key] = value } else { config[key] = value }
          }
          items = Array(items.prefix(3)) + [.object(keyword)]
          return .array(items)
        })
    }
    return [
      "module": .string(OperationRegistry.module(of: className)), "class_name": .string(className),
      "config": .object(config),
      "registered_name": .string(className), "name": layer["name"] ?? .string(name), "inbound_nodes": .array(nodes),
    ]
  }

  private static func arguments(_ given: Config, of entry: Entry, _ name: String) throws -> Config {
    var result: Config = [:]
    for (key, value) in given where key != "name" && !value.isNull {
      if let fixed = entry.fixed[key] {
        guard value == fixed else {
          throw KerasError(.unknownName, name, "is called with \(key) = \(value), which has no equal here")
        }
      } else {
        result[entry.names[key] ?? key] = value
      }
    }
    return result
  }

  /// One axis of a subscript.
  private static func index(_ value: JSONValue) -> JSONValue {
    if value.string == "Ellipsis" { return ["class_name": "__ellipsis__", "config": [:]] }
    guard value.object != nil, value["class_name"] == nil else { return value }
    return [
      "class_name": "__slice__",
      "config": ["start": value["start"] ?? nil, "stop": value["stop"] ?? nil, "step": value["step"] ?? nil],
    ]
  }
}
