import Graph
import ModelFiles

extension TensorFlowTable {
  mutating func addNeural() {
    let unary: [(String, @Sendable (Tensor) -> Tensor)] = [
      ("nn.relu", { $0.relu() }), ("nn.relu6", { $0.relu6() }), ("nn.elu", { $0.elu() }), ("nn.selu", { $0.selu() }),
      ("nn.softsign math.softsign", { $0.softsign() }), ("nn.softplus math.softplus", { $0.softplus() }),
      ("nn.sigmoid math.sigmoid", { $0.sigmoid() }), ("nn.tanh math.tanh", { $0.tanh() }),
      ("math.log_sigmoid", { $0.logSigmoid() }),
    ]
    for (names, body) in unary {
      add(names, ["x"]) { call in
        let given = ["features", "_x"].first { call.arguments.keyword[$0] != nil } ?? "x"
        return body(try call.tensor(given))
      }
    }
    add("nn.silu nn.swish", ["features", "beta"]) { call in
      let (x, beta) = (try call.tensor("features"), try call.double("beta", 1))
      return beta == 1 ? x.silu() : x * (x * beta).sigmoid()
    }
    add("nn.crelu", ["features", "name", "axis"]) { call in
      let x = try call.tensor("features")
      return concatenate([x.relu(), (-x).relu()], axis: try call.int("axis", -1))
    }
    add("nn.leaky_relu", ["features", "alpha"]) {
      try $0.tensor("features").leakyRelu(negativeSlope: $0.double("alpha", 0.2))
    }
    add("nn.gelu", ["features", "approximate"]) {
      try $0.tensor("features").gelu(approximate: $0.flag("approximate"))
    }
    add("nn.softmax", ["logits", "axis"]) {
      try $0.tensor("logits").softmax(axis: $0.axes("axis", "dim")?.first ?? -1)
    }
    add("nn.log_softmax", ["logits", "axis"]) {
      try $0.tensor("logits").logSoftmax(axis: $0.axes("axis", "dim")?.first ?? -1)
    }
    add("math.l2_normalize nn.l2_normalize", ["x", "axis", "epsilon"]) { call in
      let (x, epsilon) = (try call.tensor("x"), try call.double("epsilon", 1e-12))
      return x * x.square().sum(axis: try call.axes("axis", "dim"), keepDims: true).maximum(epsilon).rsqrt()
    }
    add("nn.l2_loss", ["t"]) { try $0.tensor("t").square().sum() / 2 }
    add("nn.bias_add", ["value", "bias", "data_format"]) { call in
      let x = try call.tensor("value")
      let bias = try call.tensor("bias", like: x)
      guard try call.isChannelsFirst(), x.rank > 2 else { return x + bias }
      return x + bias.reshape([-1] + [Int](repeating: 1, count: x.rank - 2))
    }
    addMultiple("nn.moments", ["x", "axes", "shift", "keepdims"]) { call in
      let (x, axes) = (try call.tensor("x"), try call.ints("axes"))
      let keepDims = try call.flag("keepdims") || call.flag("keep_dims")
      return [x.mean(axis: axes, keepDims: keepDims), x.variance(axis: axes, keepDims: keepDims)]
    }
    let normalization = ["x", "mean", "variance", "offset", "scale", "variance_epsilon"]
    add("nn.batch_normalization", normalization) { call in
      let x = try call.tensor("x")
      func operand(_ name: String) throws -> Tensor? {
        call.argument(name) == nil ? nil : try call.tensor(name, like: x)
      }
      guard let mean = try operand("mean"), let variance = try operand("variance") else {
        throw call.error("mean", "is missing")
      }
      var factor = (variance + (try call.double("variance_epsilon"))).rsqrt()
      if let scale = try operand("scale") { factor = factor * scale }
      let centered = (x - mean) * factor
      return try operand("offset").map { centered + $0 } ?? centered
    }
    add("nn.sigmoid_cross_entropy_with_logits", ["labels", "logits"]) { call in
      let (labels, logits) = try call.pair("labels", "logits")
      return logits.relu() - logits * labels + (-logits.absolute()).exp().log1p()
    }
    let entropy = ["labels", "logits", "axis"]
    add("nn.softmax_cross_entropy_with_logits nn.softmax_cross_entropy_with_logits_v2", entropy) { call in
      let (labels, logits) = try call.pair("labels", "logits")
      let axis = try call.axes("axis", "dim")?.first ?? -1
      return -(labels * logits.logSoftmax(axis: axis)).sum(axis: [axis])
    }
    add("nn.sparse_softmax_cross_entropy_with_logits", entropy) { call in
      let (labels, logits) = (try call.tensor("labels"), try call.tensor("logits"))
      let hot = labels.oneHot(try call.extent(logits, -1), dtype: logits.dtype)
      return -(hot * logits.logSoftmax()).sum(axis: [-1])
    }
    // Probabilities are kept off 0 and 1 as Keras 2 does.
    let crossentropy = ["target", "output", "from_logits", "axis"]
    add("keras.backend.categorical_crossentropy", crossentropy) {
      try $0.tensor("output").categoricalCrossentropy(
        $0.tensor("target"), fromLogits: $0.flag("from_logits"), axis: $0.int("axis", -1))
    }
    add("keras.backend.sparse_categorical_crossentropy", crossentropy) { call in
      try call.require("ignore_class", nil)
      return try call.tensor("output").sparseCategoricalCrossentropy(
        call.tensor("target"), fromLogits: call.flag("from_logits"), axis: call.int("axis", -1))
    }
    add("keras.backend.binary_crossentropy", crossentropy) { call in
      let (target, output) = (try call.tensor("target"), try call.tensor("output"))
      if try call.flag("from_logits") { return output.binaryCrossentropy(target, fromLogits: true) }
      let (epsilon, p) = (1e-7, output.clip(1e-7, 1 - 1e-7))
      return -(target * (p + epsilon).log() + (1 - target) * (1 - p + epsilon).log())
    }
    add("math.in_top_k nn.in_top_k", ["predictions", "targets", "k"]) {
      try $0.tensor("targets").inTopK($0.tensor("predictions"), k: $0.int("k"))
    }
    addMultiple("math.top_k nn.top_k", ["input", "k", "sorted"]) { call in
      let (values, indices) = try call.tensor("input").topK(call.int("k", 1), sorted: call.flag("sorted", true))
      return [values, indices.asType(.int32)]
    }
    let response = ["input", "depth_radius", "bias", "alpha", "beta"]
    add("nn.local_response_normalization nn.lrn", response) { call in
      let x = try call.tensor("input")
      let (radius, depth) = (try call.length("depth_radius", 5), try call.extent(x, -1))
      try call.checkTable("input", depth, depth)
      // The sum over neighbouring channels is a product with a band of ones.
      let band = Tensor.tri(depth, k: radius) - Tensor.tri(depth, k: -radius - 1)
      let scale = x.square().matmul(band) * (try call.double("alpha", 1)) + (try call.double("bias", 1))
      return x / scale.power(try call.double("beta", 0.5))
    }
  }

  mutating func addWindows() {
    for (name, rank) in [("nn.conv1d", 1), ("nn.conv2d", 2), ("nn.conv3d", 3), ("nn.convolution", 0)] {
      add(name, ["input", "filters", "strides", "padding", "data_format", "dilations"]) { call in
        let x = try call.tensor(call.arguments.keyword["value"] == nil ? "input" : "value")
        let kernel = try call.tensor(call.arguments.keyword["filter"] == nil ? "filters" : "filter")
        let strides = try call.arguments.keyword["stride"] == nil ? call.window("strides", 1) : call.window("stride", 1)
        guard rank == 0 || x.rank == rank + 2 else {
          throw call.error("input", "must have \(rank + 2) axes, found shape \(describe(x.partialShape))")
        }
        return x.conv(
          kernel, strides: strides, padding: try call.padding(), dataFormat: try call.format(),
          dilationRate: try call.window("dilations", 1))
      }
    }
    add("nn.depthwise_conv2d", ["input", "filter", "strides", "padding", "data_format", "dilations"]) { call in
      let dilation = call.argument("dilations") == nil ? "rate" : "dilations"
      return try call.tensor("input").depthwiseConv(
        call.tensor("filter"), strides: call.window("strides", 1), padding: call.padding(), dataFormat: call.format(),
        dilationRate: call.window(dilation, 1))
    }
    for suffix in ["", "1d", "2d", "3d"] {
      add("nn.max_pool\(suffix)", ["input", "ksize", "strides", "padding", "data_format"]) { call in
        try call.pooled().maxPool(
          call.window("ksize", 1), strides: call.window("strides", 1), padding: call.padding(),
          dataFormat: call.format())
      }
      add("nn.avg_pool\(suffix)", ["input", "ksize", "strides", "padding", "data_format"]) { call in
        try call.pooled().averagePool(
          call.window("ksize", 1), strides: call.window("strides", 1), padding: call.padding(),
          dataFormat: call.format())
      }
    }
    add("nn.depth_to_space", ["input", "block_size", "data_format"]) {
      try $0.tensor("input").depthToSpace($0.int("block_size"), dataFormat: $0.format())
    }
    add("nn.space_to_depth", ["input", "block_size", "data_format"]) {
      try $0.tensor("input").spaceToDepth($0.int("block_size"), dataFormat: $0.format())
    }
  }
}

extension OperationCall {
  fileprivate func isChannelsFirst() throws -> Bool { try value("data_format")?.string?.hasPrefix("NC") == true }

  fileprivate func format() throws -> DataFormat { try isChannelsFirst() ? .channelsFirst : .channelsLast }

  fileprivate func pooled() throws -> Tensor { try tensor(arguments.keyword["value"] == nil ? "input" : "value") }

  /// Numbers for each spatial axis, which may stand among those of batch and channels.
  fileprivate func window(_ name: String, _ fallback: Int) throws -> AxisValues {
    guard let values = try optionalInts(name) else { return AxisValues([fallback]) }
    let inner = try isChannelsFirst() ? values.dropFirst(2) : values.dropFirst().dropLast()
    let spatial = values.count > 2 ? Array(inner) : values
    return AxisValues(Set(spatial).count == 1 ? Array(spatial.prefix(1)) : spatial)
  }
}
