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
    add("Resize", "image.resize", ["images", "size", "interpolation", "antialias", "data_format"]) { call in
      let size = try call.ints("size")
      guard size.count == 2 else { throw call.error("size", "must be height and width, found \(size)") }
      return try call.tensor("images").resize(
        height: size[0], width: size[1], interpolation: call.choice("interpolation", .bilinear),
        antialias: call.flag("antialias"), dataFormat: call.choice("data_format", .channelsLast))
    }
    add("DepthToSpace", "depth_to_space", ["x", "block_size", "data_format"]) { call in
      try call.tensor("x").depthToSpace(call.int("block_size"), dataFormat: call.choice("data_format", .channelsLast))
    }
    add("SpaceToDepth", "space_to_depth", ["x", "block_size", "data_format"]) { call in
      try call.tensor("x").spaceToDepth(call.int("block_size"), dataFormat: call.choice("data_format", .channelsLast))
    }
  }
}
