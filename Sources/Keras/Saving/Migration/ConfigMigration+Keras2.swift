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

  /// What Keras 2 wrote, in the words of Keras 3. Arguments that mean nothing any more stay: `ObsoleteArguments` says at
  /// which values that is so.
  ///
  /// - Throws: `KerasError` for what no later version has.
  func migrateFromKeras2(_ className: String, _ config: inout Config) throws {
    for key in ["activation", "recurrent_activation"] where config[key]?.string == "hard_sigmoid" {
      config[key] = .string(ActivationFunction.keras2HardSigmoid.name)
    }
    switch className {
    case "InputLayer":
      config.rename("batch_input_shape", to: "batch_shape")
    case "Sequential":
      nameInput(&config)
    case "BatchNormalization", "BatchNormalizationV1", "SyncBatchNormalization":
      try migrateBatchNormalization(className, &config)
    case "CuDNNLSTM", "CuDNNGRU":
      // Their cells had no other functions and both of a gate's biases.
      config["activation"] = "tanh"
      config["recurrent_activation"] = "sigmoid"
      if className == "CuDNNGRU" { config["reset_after"] = true }
    case "GRU", "GRUCell":
      // The argument is younger than the layer, which began without it.
      if config["reset_after"] == nil { config["reset_after"] = false }
    case "MultiHeadAttention":
      // Younger than the layer.
      if config["softmax_robust_masking"] == nil { config["softmax_robust_masking"] = false }
    case "Softmax":
      if config["robust_masking"] == nil { config["robust_masking"] = false }
    case "Discretization":
      // Until TensorFlow 2.4.
      if config["bins"]?.array != nil { config.rename("bins", to: "bin_boundaries") }
    case "CategoryEncoding":
      // Until TensorFlow 2.5.
      config.rename("max_tokens", to: "num_tokens")
    case "Policy":
      // The optimizer says how it scales its losses.
      config.remove("loss_scale")
    case let name where optimizerRegistry.contains(name):
      // Its decay is that of its momentum.
      if className == "Nadam", config["is_legacy_optimizer"]?.bool != false {
        config.rename("decay", to: "schedule_decay")
      }
      try migrateOptimizer(className, &config)
    case let name where lossRegistry.contains(name):
      migrateLoss(&config)
    default:
      break
    }
    if config["trainable"]?.bool == false { freezeInside(&config) }
  }

  private func migrateBatchNormalization(_ className: String, _ config: inout Config) throws {
    func refuse(_ key: String, _ message: String) -> KerasError {
      ConfigReader(config, of: className).error(key, message)
    }
    if let axes = config["axis"]?.array {
      guard axes.count == 1 else { throw refuse("axis", "must be one axis, found \(JSONValue.array(axes))") }
      config["axis"] = axes[0]
    }
    for key in ["virtual_batch_size", "adjustment"] {
      if let value = config[key], !value.isNull { throw refuse(key, "has the value \(value), which has no equal here") }
      config[key] = nil
    }
  }

  /// Until TensorFlow 2.9 attention layers were told when they were made whether queries see later keys, since then each
  /// call is.
  func migrateCausalAttention(_ className: String, _ config: inout Config, _ object: inout JSONObject) throws {
    guard ["Attention", "AdditiveAttention"].contains(className), let causal = config["causal"] else { return }
    config["causal"] = nil
    guard causal == true else { return }
    guard let nodes = object["inbound_nodes"]?.array else {
      throw ConfigReader(config, of: className).error("causal", "can be true only for layers of a functional model")
    }
    object["inbound_nodes"] = .array(
      try nodes.map { node in
        guard var references = node.array, var first = references.first?.array, first.count >= 3 else {
          throw ConfigReader(config, of: className).error("causal", "needs calls as Keras 2 writes them, found \(node)")
        }
        let keyword = (first.count > 3 ? first[3].object ?? [:] : [:]).merging(["use_causal_mask": true])
        first = Array(first.prefix(3)) + [.object(keyword)]
        references[0] = .array(first)
        return .array(references)
      })
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

  private func migrateOptimizer(_ className: String, _ config: inout Config) throws {
    config.rename("lr", to: "learning_rate")
    if let decay = config["decay"]?.double, decay != 0 {
      guard let rate = config["learning_rate"]?.double else {
        throw ConfigReader(config, of: className).error("decay", "cannot be \(decay) under a schedule")
      }
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
