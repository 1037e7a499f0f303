import ModelFiles

/// A node of a TensorFlow graph as Keras kept it in models until TensorFlow 2.3: an operation's name, its attributes and
/// those of its inputs that are constants. It is a call of one of the functions of `TensorFlowTable`.
struct TensorFlowNode: Sendable {
  private let form: Form
  private let attributes: JSONObject
  /// The inputs that are constants, by their places.
  private let constants: [(place: Int, value: JSONValue)]
  private let name: String

  var function: String { form.function }

  /// How an operation's inputs and attributes are called among a function's parameters.
  private struct Form {
    let function: String
    /// In the order of the inputs; the one that starts with `*` takes all that are left for it.
    let inputs: [String]
    var attributes: [String: String] = [:]
    var fixed: [String: JSONValue] = [:]
  }

  /// - Throws: `KerasError` where the operation is unknown or the description is damaged.
  init(_ config: Config, name: String) throws {
    guard let node = config["node_def"], let operation = node["op"]?.string else {
      throw KerasError(.unknownName, name, "holds a node of a TensorFlow graph in a form that is not read")
    }
    guard let form = Self.forms[operation] else {
      throw KerasError(
        .unknownName, name,
        "holds the operation \(operation) of a TensorFlow graph, which has no equal here; write it with layers or "
          + "keras.ops")
    }
    self.form = form
    self.name = name
    attributes = node["attr"]?.object ?? [:]
    constants = (config["constants"]?.object ?? [:]).compactMap { place, value in Int(place).map { ($0, value) } }
      .sorted { $0.0 < $1.0 }
  }

  /// The arguments of the function for the layer's inputs.
  func arguments(_ given: CallArguments) throws -> CallArguments {
    var inputs: [Argument] = given.positional.flatMap { argument -> [Argument] in
      if case .list(let items) = argument { items } else { [argument] }
    }
    for (place, value) in constants {
      guard (0...inputs.count).contains(place) else {
        throw KerasError(.invalidFile, name, "has \(inputs.count) inputs and a constant in place \(place)")
      }
      inputs.insert(.value(value), at: place)
    }
    var keyword: [String: Argument] = form.fixed.mapValues(Argument.value)
    let after = form.inputs.reversed().prefix { !$0.hasPrefix("*") }.count
    for (place, parameter) in form.inputs.enumerated() where !inputs.isEmpty {
      if parameter.hasPrefix("*") {
        let count = max(inputs.count - after, 0)
        keyword[String(parameter.dropFirst())] = .list(Array(inputs.prefix(count)))
        inputs.removeFirst(count)
      } else if place < form.inputs.count {
        keyword[parameter] = inputs.removeFirst()
      }
    }
    for (attribute, parameter) in form.attributes {
      if let value = attributes[attribute].flatMap(Self.plain) { keyword[parameter] = .value(value) }
    }
    // Operands after a function's first parameter may stand in a list of their own.
    if let operands = keyword.removeValue(forKey: "operands"), case .list(let items) = operands {
      return CallArguments([keyword.removeValue(forKey: "equation") ?? .value(nil)] + items, keyword: keyword)
    }
    return CallArguments([], keyword: keyword)
  }

  /// An attribute without the name of its kind. Integers are written as text, text in base 64.
  private static func plain(_ attribute: JSONValue) -> JSONValue? {
    guard let (kind, value) = attribute.object?.first(where: { _ in true }) else { return nil }
    switch kind {
    case "i": return integer(value)
    case "s": return value.string?.decodedBase64.map(JSONValue.string)
    case "type": return value.string.map { .string(types[$0] ?? $0) }
    case "list": return .array((value["i"]?.array ?? []).compactMap(integer))
    default: return value
    }
  }

  private static func integer(_ value: JSONValue) -> JSONValue? {
    (value.string.flatMap { Int($0) } ?? value.int).map { JSONValue($0) }
  }

  private static let types = [
    "DT_FLOAT": "float32", "DT_DOUBLE": "float64", "DT_HALF": "float16", "DT_BFLOAT16": "bfloat16", "DT_BOOL": "bool",
    "DT_INT8": "int8", "DT_INT16": "int16", "DT_INT32": "int32", "DT_INT64": "int64", "DT_UINT8": "uint8",
    "DT_UINT16": "uint16", "DT_UINT32": "uint32", "DT_UINT64": "uint64",
  ]

  private static let forms: [String: Form] = {
    var forms: [String: Form] = [:]
    let binary = [
      "AddV2": "add", "Add": "add", "Sub": "subtract", "Mul": "multiply", "RealDiv": "divide", "Div": "divide",
      "FloorDiv": "floordiv", "FloorMod": "floormod", "Maximum": "maximum", "Minimum": "minimum", "Pow": "pow",
      "SquaredDifference": "squared_difference", "DivNoNan": "divide_no_nan", "Equal": "equal",
      "NotEqual": "not_equal", "Less": "less", "LessEqual": "less_equal", "Greater": "greater",
      "GreaterEqual": "greater_equal", "LogicalAnd": "logical_and", "LogicalOr": "logical_or",
    ]
    for (operation, function) in binary { forms[operation] = Form(function: "math.\(function)", inputs: ["x", "y"]) }
    for name in """
    Exp Expm1 Log Log1p Sqrt Rsqrt Square Abs Sign Floor Ceil Round Rint Sin Cos Tan Sinh Cosh Asin Acos Atan Asinh
    Acosh Atanh Erf Erfc Reciprocal Tanh Sigmoid
    """.split(whereSeparator: \.isWhitespace) {
      forms[String(name)] = Form(function: "math.\(name.lowercased())", inputs: ["x"])
    }
    for name in ["Relu", "Relu6", "Elu", "Selu", "Softplus", "Softsign"] {
      forms[name] = Form(function: "nn.\(name.lowercased())", inputs: ["features"])
    }
    for name in ["Sum", "Mean", "Max", "Min", "Prod", "Any", "All"] {
      forms[name] = Form(
        function: "math.reduce_\(name.lowercased())", inputs: ["input_tensor", "axis"],
        attributes: ["keep_dims": "keepdims"])
    }
    for (name, function) in [("Cumsum", "math.cumsum"), ("Cumprod", "math.cumprod")] {
      forms[name] = Form(
        function: function, inputs: ["x", "axis"], attributes: ["exclusive": "exclusive", "reverse": "reverse"])
    }
    for (name, function) in [("ArgMax", "math.argmax"), ("ArgMin", "math.argmin")] {
      forms[name] = Form(function: function, inputs: ["input", "axis"], attributes: ["output_type": "output_type"])
    }
    for (name, function) in [("MaxPool", "nn.max_pool2d"), ("AvgPool", "nn.avg_pool2d")] {
      forms[name] = Form(
        function: function, inputs: ["input"], attributes: window.merging(["ksize": "ksize"]) { a, _ in a })
    }
    for (name, function) in [("DepthToSpace", "nn.depth_to_space"), ("SpaceToDepth", "nn.space_to_depth")] {
      forms[name] = Form(
        function: function, inputs: ["input"], attributes: ["block_size": "block_size", "data_format": "data_format"])
    }
    let grid = ["align_corners": "align_corners", "half_pixel_centers": "half_pixel_centers"]
    for (name, function) in [("ResizeBilinear", "bilinear"), ("ResizeNearestNeighbor", "nearest_neighbor")] {
      forms[name] = Form(function: "image.resize_\(function)", inputs: ["images", "size"], attributes: grid)
    }
    for (name, inputs) in [("Pad", ["tensor", "paddings"]), ("PadV2", ["tensor", "paddings", "constant_values"])] {
      forms[name] = Form(function: "pad", inputs: inputs)
    }
    return forms.merging(others) { first, _ in first }
  }()

  private static let window = [
    "strides": "strides", "padding": "padding", "data_format": "data_format", "dilations": "dilations",
  ]

  private static let others: [String: Form] = [
    "Neg": Form(function: "math.negative", inputs: ["x"]), "Inv": Form(function: "math.reciprocal", inputs: ["x"]),
    "LogicalNot": Form(function: "math.logical_not", inputs: ["x"]),
    "IsNan": Form(function: "math.is_nan", inputs: ["x"]), "IsInf": Form(function: "math.is_inf", inputs: ["x"]),
    "IsFinite": Form(function: "math.is_finite", inputs: ["x"]),
    "Identity": Form(function: "identity", inputs: ["input"]),
    "StopGradient": Form(function: "stop_gradient", inputs: ["input"]),
    "PreventGradient": Form(function: "stop_gradient", inputs: ["input"]),
    "ZerosLike": Form(function: "zeros_like", inputs: ["input"]),
    "OnesLike": Form(function: "ones_like", inputs: ["input"]), "L2Loss": Form(function: "nn.l2_loss", inputs: ["t"]),
    "Softmax": Form(function: "nn.softmax", inputs: ["logits"]),
    "LogSoftmax": Form(function: "nn.log_softmax", inputs: ["logits"]),
    "LeakyRelu": Form(function: "nn.leaky_relu", inputs: ["features"], attributes: ["alpha": "alpha"]),
    "Atan2": Form(function: "math.atan2", inputs: ["y", "x"]),
    "BiasAdd": Form(function: "nn.bias_add", inputs: ["value", "bias"], attributes: ["data_format": "data_format"]),
    "AddN": Form(function: "math.add_n", inputs: ["*inputs"]),
    "MatMul": Form(
      function: "linalg.matmul", inputs: ["a", "b"],
      attributes: ["transpose_a": "transpose_a", "transpose_b": "transpose_b"]),
    "BatchMatMul": Form(
      function: "linalg.matmul", inputs: ["a", "b"], attributes: ["adj_x": "adjoint_a", "adj_y": "adjoint_b"]),
    "BatchMatMulV2": Form(
      function: "linalg.matmul", inputs: ["a", "b"], attributes: ["adj_x": "adjoint_a", "adj_y": "adjoint_b"]),
    "Einsum": Form(function: "einsum", inputs: ["*operands"], attributes: ["equation": "equation"]),
    "Reshape": Form(function: "reshape", inputs: ["tensor", "shape"]),
    "Transpose": Form(function: "transpose", inputs: ["a", "perm"]),
    "ExpandDims": Form(function: "expand_dims", inputs: ["input", "axis"]),
    "Squeeze": Form(function: "squeeze", inputs: ["input"], attributes: ["squeeze_dims": "axis"]),
    "ConcatV2": Form(function: "concat", inputs: ["*values", "axis"]),
    "Concat": Form(function: "concat", inputs: ["axis", "*values"]),
    "Pack": Form(function: "stack", inputs: ["*values"], attributes: ["axis": "axis"]),
    "Unpack": Form(function: "unstack", inputs: ["value"], attributes: ["axis": "axis"]),
    "Split": Form(
      function: "split", inputs: ["axis", "value"], attributes: ["num_split": "num_or_size_splits"]),
    "SplitV": Form(function: "split", inputs: ["value", "num_or_size_splits", "axis"]),
    "Tile": Form(function: "tile", inputs: ["input", "multiples"]),
    "BroadcastTo": Form(function: "broadcast_to", inputs: ["input", "shape"]),
    "ReverseV2": Form(function: "reverse", inputs: ["tensor", "axis"]),
    "Roll": Form(function: "roll", inputs: ["input", "shift", "axis"]),
    "MirrorPad": Form(function: "pad", inputs: ["tensor", "paddings"], attributes: ["mode": "mode"]),
    "SpaceToBatchND": Form(function: "space_to_batch_nd", inputs: ["input", "block_shape", "paddings"]),
    "BatchToSpaceND": Form(function: "batch_to_space_nd", inputs: ["input", "block_shape", "crops"]),
    "Slice": Form(function: "slice", inputs: ["input_", "begin", "size"]),
    "StridedSlice": Form(
      function: "strided_slice", inputs: ["input_", "begin", "end", "strides"],
      attributes: [
        "begin_mask": "begin_mask", "end_mask": "end_mask", "ellipsis_mask": "ellipsis_mask",
        "new_axis_mask": "new_axis_mask", "shrink_axis_mask": "shrink_axis_mask",
      ]),
    "GatherV2": Form(
      function: "gather", inputs: ["params", "indices", "axis"], attributes: ["batch_dims": "batch_dims"]),
    "Gather": Form(function: "gather", inputs: ["params", "indices"], fixed: ["axis": 0]),
    "GatherNd": Form(function: "gather_nd", inputs: ["params", "indices"]),
    "OneHot": Form(
      function: "one_hot", inputs: ["indices", "depth", "on_value", "off_value"],
      attributes: ["axis": "axis", "T": "dtype"]),
    "Cast": Form(function: "cast", inputs: ["x"], attributes: ["DstT": "dtype"]),
    "Select": Form(function: "where", inputs: ["condition", "x", "y"]),
    "SelectV2": Form(function: "where", inputs: ["condition", "x", "y"]),
    "ClipByValue": Form(function: "clip_by_value", inputs: ["t", "clip_value_min", "clip_value_max"]),
    "Shape": Form(function: "shape", inputs: ["input"], attributes: ["out_type": "out_type"]),
    "Size": Form(function: "size", inputs: ["input"], attributes: ["out_type": "out_type"]),
    "Rank": Form(function: "rank", inputs: ["input"]), "Fill": Form(function: "fill", inputs: ["dims", "value"]),
    "Range": Form(function: "range", inputs: ["start", "limit", "delta"]),
    "TopKV2": Form(function: "math.top_k", inputs: ["input", "k"], attributes: ["sorted": "sorted"]),
    "MatrixBandPart": Form(function: "linalg.band_part", inputs: ["input", "num_lower", "num_upper"]),
    "MatrixInverse": Form(function: "linalg.inv", inputs: ["input"], attributes: ["adjoint": "adjoint"]),
    "Cholesky": Form(function: "linalg.cholesky", inputs: ["input"]),
    "Conv2D": Form(function: "nn.conv2d", inputs: ["input", "filters"], attributes: window),
    "DepthwiseConv2dNative": Form(function: "nn.depthwise_conv2d", inputs: ["input", "filter"], attributes: window),
  ]
}

extension String {
  /// The text that base 64 stands for, `nil` where this is none.
  fileprivate var decodedBase64: String? {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var (bits, count): (UInt32, UInt32) = (0, 0)
    var bytes: [UInt8] = []
    for character in utf8 where character != UInt8(ascii: "=") {
      guard let digit = alphabet.firstIndex(of: character) else { return nil }
      bits = bits << 6 | UInt32(digit)
      count += 6
      guard count >= 8 else { continue }
      count -= 8
      bytes.append(UInt8(truncatingIfNeeded: bits >> count))
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
