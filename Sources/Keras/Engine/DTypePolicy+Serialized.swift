import ModelFiles

extension DTypePolicy {
  /// The policy in a file: a name, or the object that Keras 3 writes. `nil` where it is none.
  init?(serialized member: JSONValue) {
    if let name = member.string {
      self.init(named: name)
      return
    }
    let config = member["config"]
    if member["class_name"] == "DTypePolicyMap" {
      let given = config?["default_policy"] ?? nil
      guard let main = given.isNull ? .float32 : DTypePolicy(serialized: given) else { return nil }
      var exceptions: [String: DTypePolicy] = [:]
      for (path, value) in config?["policy_map"]?.object ?? [:] {
        // Keys may be patterns in Keras; only paths are read.
        guard path.allSatisfy({ $0.isLetter || $0.isNumber || "_/-".contains($0) }),
          let policy = DTypePolicy(serialized: value)
        else { return nil }
        exceptions[path] = policy
      }
      self = main.with(exceptions: exceptions)
    } else if let mode = config?["mode"]?.string {
      let length = config?["amax_history_length"]?.int ?? 1024
      guard let quantization = QuantizationMode(mode, historyLength: length),
        let source = DTypePolicy(named: config?["source_name"]?.string ?? "float32")
      else { return nil }
      self.init(quantization, from: source)
    } else {
      self.init(named: config?["name"]?.string ?? "")
    }
  }

  /// As Keras 3 writes it.
  var serialized: JSONValue {
    guard exceptions.isEmpty else {
      let map = exceptions.mapValues(\.serialized).sorted { $0.key < $1.key }
      return serialize(
        module: "keras.dtype_policies", className: "DTypePolicyMap",
        config: [
          "default_policy": .string(name), "policy_map": .object(map.reduce(into: [:]) { $0[$1.key] = $1.value }),
        ])
    }
    guard let quantization else {
      return serialize(module: "keras", className: "DTypePolicy", config: ["name": .string(name)])
    }
    var config: Config = ["mode": .string(quantization.text), "source_name": .string(sourceName)]
    if case .float8(let length) = quantization { config["amax_history_length"] = JSONValue(length) }
    return serialize(module: "keras.dtype_policies", className: quantization.policyClassName, config: config)
  }
}

extension ConfigReader {
  /// The layer's element types: a name, or the object that Keras 3 writes.
  public func dtypePolicy() throws -> DTypePolicy {
    guard let member = value("dtype") else { return .float32 }
    guard let policy = DTypePolicy(serialized: member) else {
      throw error("dtype", "is no known dtype policy: \(member.excerpt)")
    }
    return name.flatMap { policy.exceptions[$0] } ?? policy
  }
}
