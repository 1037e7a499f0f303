import ModelFiles

extension ConfigMigration {
  /// What Keras 1 wrote, in the words of Keras 2.
  ///
  /// - Throws: `KerasError` for what no later version has.
  func migrateFromKeras1(_ object: inout JSONObject) throws {
    guard let className = object["class_name"]?.string, var config = object["config"]?.object else { return }
    if className == "Merge" { try migrateMerge(&object, &config) }
    if let name = Self.keras1Names[className] { object["class_name"] = .string(name) }
    Self.joinKernelSize(&config)
    for (old, new) in Self.keras1Arguments(of: className) { config.rename(old, to: new) }
    for (key, value) in config {
      if key.hasSuffix("_regularizer") || key.hasSuffix("_constraint") || key == "activity_regularizer" {
        config[key] = Self.named(value)
      }
    }
    switch config["data_format"]?.string {
    case "th": config["data_format"] = "channels_first"
    case "tf": config["data_format"] = "channels_last"
    default: break
    }
    if let forgetBias = config["forget_bias_init"]?.string {
      config["unit_forget_bias"] = .bool(forgetBias == "one" || forgetBias == "ones")
    }
    if className == "BatchNormalization", let mode = config["mode"], mode != 0 {
      let way = mode == 1 ? "each sample" : "each batch by itself, also in inference,"
      throw KerasError(
        .unknownName, config["name"]?.string ?? className, "normalizes \(way) (mode \(mode)), which no later Keras does"
      )
    }
    if className.hasPrefix("Deconv") || className.hasSuffix("Transpose") { try migrateOutputShape(className, &config) }
    // `consume_less` was about time against memory; shapes follow from the layers before.
    config.remove("consume_less", "forget_bias_init", "mode", "output_shape", "input_length")
    if className != "Embedding" { config.remove("input_dim") } else { config.remove("dropout") }
    if className == "InputLayer" { config.rename("input_dtype", to: "dtype") }
    object["config"] = .object(config)
  }

  private static let keras1Names = [
    "AtrousConvolution1D": "Conv1D", "AtrousConvolution2D": "Conv2D", "Deconvolution3D": "Conv3DTranspose",
    "SeparableConvolution2D": "SeparableConv2D",
  ]

  /// A transposed convolution was told its output's shape, where several inputs' extents are possible.
  private func migrateOutputShape(_ className: String, _ config: inout Config) throws {
    guard let shape = config["output_shape"]?.array, let window = config["kernel_size"]?.array?.compactMap(\.int),
      let given = config["strides"]?.array?.compactMap(\.int)
    else { return }
    let extents = config["data_format"] == "channels_first" ? shape.dropFirst(2) : shape.dropFirst().dropLast()
    guard extents.count == window.count, given.count == window.count, given.allSatisfy({ $0 > 0 }) else { return }
    let isValid = config["padding"] == "valid"
    let beyond = zip(extents, zip(window, given)).map { extent, sizes in
      guard let extent = extent.int else { return 0 }
      let reach = isValid ? extent - sizes.0 : extent
      return reach - (isValid ? reach / sizes.1 : (reach + sizes.1 - 1) / sizes.1) * sizes.1
    }
    guard beyond.contains(where: { $0 != 0 }) else { return }
    guard isValid, beyond.allSatisfy({ $0 >= 0 }) else {
      throw ConfigReader(config, of: className).error(
        "output_shape", "is \(JSONValue.array(shape)), which no later Keras can make with strides \(given)")
    }
    config["output_padding"] = JSONValue(beyond)
  }

  private static func keras1Arguments(of className: String) -> [(String, String)] {
    var names = [
      ("bias", "use_bias"), ("border_mode", "padding"), ("dim_ordering", "data_format"), ("nb_filter", "filters"),
      ("subsample", "strides"), ("subsample_length", "strides"), ("filter_length", "kernel_size"),
      ("pool_length", "pool_size"), ("stride", "strides"), ("p", "rate"), ("sigma", "stddev"),
      ("atrous_rate", "dilation_rate"), ("dropout_W", "dropout"), ("dropout_U", "recurrent_dropout"),
      ("inner_init", "recurrent_initializer"), ("inner_activation", "recurrent_activation"),
      ("U_regularizer", "recurrent_regularizer"), ("b_regularizer", "bias_regularizer"),
      ("b_constraint", "bias_constraint"), ("beta_init", "beta_initializer"), ("gamma_init", "gamma_initializer"),
    ]
    let kernel = className == "Embedding" ? "embeddings" : className == "PReLU" ? "alpha" : "kernel"
    names += [
      ("init", kernel + "_initializer"), ("W_regularizer", kernel + "_regularizer"),
      ("W_constraint", kernel + "_constraint"),
    ]
    if className != "Embedding" { names.append(("output_dim", "units")) }
    if className == "UpSampling1D" { names.append(("length", "size")) }
    return names
  }

  /// Keras 1 gave a kernel's extents one by one.
  private static func joinKernelSize(_ config: inout Config) {
    for keys in [["nb_row", "nb_col"], ["kernel_dim1", "kernel_dim2", "kernel_dim3"]] {
      let extents = keys.compactMap { config[$0] }
      guard extents.count == keys.count else { continue }
      config["kernel_size"] = .array(extents)
      for key in keys { config[key] = nil }
    }
  }

  /// Regularizers and constraints were objects with their class as `name` among the arguments.
  private static func named(_ value: JSONValue) -> JSONValue {
    guard case .object(var arguments) = value, let name = arguments["name"]?.string else { return value }
    let className = ["L1L2Regularizer", "WeightRegularizer", "ActivityRegularizer"].contains(name) ? "L1L2" : name
    arguments["name"] = nil
    arguments.rename("m", to: "max_value")
    arguments.rename("low", to: "min_value")
    arguments.rename("high", to: "max_value")
    return ["class_name": .string(className), "config": .object(arguments)]
  }

  /// One layer merged in all ways.
  private func migrateMerge(_ object: inout JSONObject, _ config: inout Config) throws {
    let classNames = [
      "sum": "Add", "mul": "Multiply", "ave": "Average", "max": "Maximum", "concat": "Concatenate", "dot": "Dot",
      "cos": "Dot",
    ]
    let mode = config["mode"]?.string ?? ""
    guard let className = classNames[mode], config["mode_type"]?.string ?? "raw" == "raw" else {
      throw KerasError(
        .unknownName, config["name"]?.string ?? "Merge",
        "merges with a function (mode \"\(mode)\"), never run from a file")
    }
    var merged: Config = [:]
    merged["name"] = config["name"]
    merged["trainable"] = config["trainable"]
    if className == "Concatenate" { merged["axis"] = config["concat_axis"] }
    if className == "Dot" {
      merged["axes"] = config["dot_axes"]
      merged["normalize"] = .bool(mode == "cos")
    }
    object["class_name"] = .string(className)
    config = merged
  }
}
