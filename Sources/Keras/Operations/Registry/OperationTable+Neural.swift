import ModelFiles

extension OperationTable {
  mutating func addNeural() {
    add("BatchNorm", "batch_normalization", ["x", "mean", "variance", "axis", "offset", "scale", "epsilon"]) { call in
      try call.tensor("x").batchNormalization(
        mean: call.tensor("mean"), variance: call.tensor("variance"), axis: call.int("axis"),
        offset: call.optionalTensor("offset"), scale: call.optionalTensor("scale"),
        epsilon: call.double("epsilon", 1e-3))
    }
    add("LayerNorm", "layer_normalization", ["x", "gamma", "beta", "axis", "epsilon", "rms_scaling"]) { call in
      try call.tensor("x").layerNormalization(
        gamma: call.optionalTensor("gamma"), beta: call.optionalTensor("beta"),
        axis: call.optionalInts("axis") ?? [-1], epsilon: call.double("epsilon", 1e-7))
    }
    add("RMSNorm", "rms_normalization", ["x", "scale", "axis", "epsilon"]) { call in
      try call.tensor("x").rmsNormalization(
        scale: call.optionalTensor("scale"), axis: call.optionalInts("axis") ?? [-1],
        epsilon: call.double("epsilon", 1e-7))
    }
    add("BinaryCrossentropy", "binary_crossentropy", ["target", "output", "from_logits"]) { call in
      try call.tensor("output").binaryCrossentropy(call.tensor("target"), fromLogits: call.flag("from_logits"))
    }
    add("CategoricalCrossentropy", "categorical_crossentropy", ["target", "output", "from_logits", "axis"]) { call in
      try call.tensor("output").categoricalCrossentropy(
        call.tensor("target"), fromLogits: call.flag("from_logits"), axis: call.int("axis", -1))
    }
    add(
      "SparseCategoricalCrossentropy", "sparse_categorical_crossentropy", ["target", "output", "from_logits", "axis"]
    ) { call in
      try call.tensor("output").sparseCategoricalCrossentropy(
        call.tensor("target"), fromLogits: call.flag("from_logits"), axis: call.int("axis", -1))
    }
    add(
      "DotProductAttention", "dot_product_attention",
      ["query", "key", "value", "bias", "mask", "scale", "is_causal", "flash_attention", "attn_logits_soft_cap"]
    ) { call in
      try call.tensor("query").dotProductAttention(
        key: call.tensor("key"), value: call.tensor("value"), bias: call.optionalTensor("bias"),
        mask: call.optionalTensor("mask"), scale: call.optionalDouble("scale"), isCausal: call.flag("is_causal"))
    }
    add("CTCLoss", "ctc_loss", ["target", "output", "target_length", "output_length", "mask_index"]) {
      try $0.tensor("output").ctcLoss(
        target: $0.tensor("target"), targetLength: $0.tensor("target_length"),
        outputLength: $0.tensor("output_length"), maskIndex: $0.int("mask_index", 0))
    }
    let decoding = [
      "inputs", "sequence_lengths", "strategy", "beam_width", "top_paths", "merge_repeated", "mask_index",
    ]
    addMultiple("CTCDecode", "ctc_decode", decoding) { call in
      let strategy = try call.string("strategy", "greedy")
      guard strategy == "greedy" else { throw call.error("strategy", "must be greedy, found \(strategy)") }
      let result = try call.tensor("inputs").ctcDecode(
        call.tensor("sequence_lengths"), mergeRepeated: call.flag("merge_repeated", true),
        maskIndex: call.int("mask_index", 0))
      return [result.labels, result.scores]
    }
  }

  mutating func addWindows() {
    let options = ["strides", "padding", "data_format", "dilation_rate"]
    add("Conv", "conv", ["inputs", "kernel"] + options) {
      try $0.tensor("inputs").conv(
        $0.tensor("kernel"), strides: $0.axisValues("strides") ?? 1, padding: $0.padding(), dataFormat: $0.dataFormat(),
        dilationRate: $0.axisValues("dilation_rate") ?? 1)
    }
    add("DepthwiseConv", "depthwise_conv", ["inputs", "kernel"] + options) {
      try $0.tensor("inputs").depthwiseConv(
        $0.tensor("kernel"), strides: $0.axisValues("strides") ?? 1, padding: $0.padding(), dataFormat: $0.dataFormat(),
        dilationRate: $0.axisValues("dilation_rate") ?? 1)
    }
    add("SeparableConv", "separable_conv", ["inputs", "depthwise_kernel", "pointwise_kernel"] + options) {
      try $0.tensor("inputs").separableConv(
        depthwise: $0.tensor("depthwise_kernel"), pointwise: $0.tensor("pointwise_kernel"),
        strides: $0.axisValues("strides") ?? 1, padding: $0.padding(), dataFormat: $0.dataFormat(),
        dilationRate: $0.axisValues("dilation_rate") ?? 1)
    }
    let transposed = ["inputs", "kernel", "strides", "padding", "output_padding", "data_format", "dilation_rate"]
    add("ConvTranspose", "conv_transpose", transposed) {
      try $0.tensor("inputs").convTranspose(
        $0.tensor("kernel"), strides: $0.axisValues("strides") ?? 1, padding: $0.padding(),
        outputPadding: $0.axisValues("output_padding"), dataFormat: $0.dataFormat(),
        dilationRate: $0.axisValues("dilation_rate") ?? 1)
    }
    let pooling = ["inputs", "pool_size", "strides", "padding", "data_format"]
    add("MaxPool", "max_pool", pooling) {
      try $0.tensor("inputs").maxPool(
        $0.axisValues("pool_size") ?? [], strides: $0.axisValues("strides"), padding: $0.padding(),
        dataFormat: $0.dataFormat())
    }
    add("AveragePool", "average_pool", pooling) {
      try $0.tensor("inputs").averagePool(
        $0.axisValues("pool_size") ?? [], strides: $0.axisValues("strides"), padding: $0.padding(),
        dataFormat: $0.dataFormat())
    }
    add("AdaptiveMaxPool", "adaptive_max_pool", ["inputs", "output_size", "data_format"]) {
      try $0.tensor("inputs").adaptiveMaxPool($0.axisValues("output_size") ?? [], dataFormat: $0.dataFormat())
    }
    add("AdaptiveAveragePool", "adaptive_average_pool", ["inputs", "output_size", "data_format"]) {
      try $0.tensor("inputs").adaptiveAveragePool($0.axisValues("output_size") ?? [], dataFormat: $0.dataFormat())
    }
    let grid = ["kernel_size", "dilation", "padding", "stride"]
    add("Unfold", "unfold", ["x"] + grid) {
      try $0.tensor("x").unfold(
        $0.axisValues("kernel_size") ?? [], dilation: $0.axisValues("dilation") ?? 1,
        padding: $0.axisValues("padding") ?? 0, stride: $0.axisValues("stride") ?? 1)
    }
    add("Fold", "fold", ["x", "output_size"] + grid) {
      try $0.tensor("x").fold(
        $0.axisValues("output_size") ?? [], $0.axisValues("kernel_size") ?? [],
        dilation: $0.axisValues("dilation") ?? 1, padding: $0.axisValues("padding") ?? 0,
        stride: $0.axisValues("stride") ?? 1)
    }
  }
}
