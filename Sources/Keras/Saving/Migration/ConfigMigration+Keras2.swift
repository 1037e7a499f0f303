import ModelFiles

extension ConfigMigration {
  /// Classes that have another name in Keras 3, or that are cases of another class there.
  static let currentNames = [
    "CuDNNLSTM": "LSTM", "CuDNNGRU": "GRU", "BatchNormalizationV1": "BatchNormalization", "Policy": "DTypePolicy",
    "SyncBatchNormalization": "BatchNormalization", "Convolution1D": "Conv1D", "Convolution2D": "Conv2D",
    "Convolution3D": "Conv3D", "Deconvolution2D": "Conv2DTranspose", "LSTMV2": "LSTM", "GRUV2": "GRU",
    // InceptionResNetV2's own layer, which Keras 2 registered as anybody would.
    "Custom>CustomScaleLayer": "CustomScaleLayer",
  ]

  /// What Keras 2 wrote, in the words of Keras 3.
  func migrateFromKeras2(_ className: String, _ config: inout Config) {
    for key in ["activation", "recurrent_activation"] where config[key]?.string == "hard_sigmoid" {
      config[key] = .string(ActivationFunction.keras2HardSigmoid.name)
    }
    switch className {
    case "InputLayer":
      config.rename("batch_input_shape", to: "batch_shape")
    case "Sequential":
      nameInput(&config)
    case "BatchNormalization", "BatchNormalizationV1", "SyncBatchNormalization":
      config["axis"] = config["axis"]?.array?.first ?? config["axis"]
      config.remove("mode", "fused", "renorm", "renorm_clipping", "renorm_momentum", "virtual_batch_size", "adjustment")
    case "CuDNNLSTM", "CuDNNGRU":
      // Their cells had no other functions and both of a gate's biases.
      config["activation"] = "tanh"
      config["recurrent_activation"] = "sigmoid"
      if className == "CuDNNGRU" { config["reset_after"] = true }
    case "GRU", "GRUCell":
      // The argument is younger than the layer, which began without it.
      if config["reset_after"] == nil { config["reset_after"] = false }
    case "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "DepthwiseConv1D", "DepthwiseConv2D":
      config.remove("groups")
    case "SeparableConv1D", "SeparableConv2D":
      config.remove("groups", "kernel_initializer", "kernel_regularizer", "kernel_constraint")
    case "MultiHeadAttention":
      config.remove("query_shape", "key_shape", "value_shape", "softmax_robust_masking")
    case "Policy":
      config.remove("loss_scale")
    case let name where optimizerRegistry.contains(name):
      // Its decay is that of its momentum.
      if className == "Nadam", config["is_legacy_optimizer"]?.bool != false {
        config.rename("decay", to: "schedule_decay")
      }
      migrateOptimizer(&config)
    case let name where lossRegistry.contains(name):
      migrateLoss(&config)
    default:
      break
    }
    if config["trainable"]?.bool == false { freezeInside(&config) }
    if className != "InputLayer" { config.remove("batch_input_shape", "input_dtype") }
    if className.hasPrefix("Conv") || className.hasPrefix("Deconv") { config.remove("input_shape") }
  }

  /// Freezes the layers inside a frozen one: Keras 2 trains none of them, whatever they say; Keras 3 goes by each of them.
  private func freezeInside(_ config: inout Config) {
    func frozen(_ value: JSONValue) -> JSONValue {
      switch value {
      case .array(let items): return .array(items.map(frozen))
      case .object(var object):
        // What says so itself has its own turn.
        guard case .object(var inner)? = object["config"], inner["trainable"]?.bool != false else { return value }
        freezeInside(&inner)
        if inner["trainable"] != nil { inner["trainable"] = false }
        object["config"] = .object(inner)
        return .object(object)
      default: return value
      }
    }
    for (key, value) in config { config[key] = frozen(value) }
  }

  /// Gives a model without an input layer one of the shape that its first layer notes.
  private func nameInput(_ config: inout Config) {
    guard var layers = config["layers"]?.array, let first = layers.first, first["class_name"]?.string != "InputLayer",
      let shape = first["config"]?["batch_input_shape"] ?? config["build_input_shape"], !shape.isNull
    else { return }
    let isEmbedding = first["class_name"]?.string == "Embedding"
    let dtype = isEmbedding ? "float32" : first["config"]?["dtype"]?.string ?? "float32"
    let name = (first["config"]?["name"]?.string ?? "layer") + "_input"
    layers.insert(
      [
        "module": "keras.layers", "class_name": "InputLayer",
        "config": ["batch_input_shape": shape, "dtype": .string(dtype), "name": .string(name)],
      ], at: 0)
    config["layers"] = .array(layers)
  }

  private func migrateOptimizer(_ config: inout Config) {
    config.rename("lr", to: "learning_rate")
    if let decay = config["decay"]?.double, decay != 0, let rate = config["learning_rate"]?.double {
      config["learning_rate"] = [
        "class_name": "InverseTimeDecay",
        "config": ["initial_learning_rate": .number(rate), "decay_steps": 1, "decay_rate": .number(decay)],
      ]
    }
    if config["epsilon"]?.isNull == true { config["epsilon"] = 1e-7 }
    config.remove("decay", "is_legacy_optimizer", "jit_compile")
  }

  private func migrateLoss(_ config: inout Config) {
    if config["reduction"]?.string == "auto" { config["reduction"] = "sum_over_batch_size" }
    config.remove("fn")
  }
}
