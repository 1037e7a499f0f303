import ModelFiles

/// How a layer's weights and inputs are quantized, as its dtype policy and its argument `quantization_config` say.
struct QuantizationOptions: Sendable {
  /// `nil`: not at all.
  var mode: QuantizationMode?
  /// What quantizes the inputs, if anything does.
  var inputs: AbsMaxQuantizer?
  /// The argument as files have it.
  var config: JSONValue = nil

  /// Of a layer that is made by a program.
  ///
  /// - Parameter quantizesInputs: whether inputs are quantized along with weights of 4 bits.
  init(_ policy: DTypePolicy, quantizesInputs: Bool = false) {
    mode = policy.quantization
    switch mode {
    case .int8: inputs = AbsMaxQuantizer()
    case .int4: inputs = quantizesInputs ? AbsMaxQuantizer() : nil
    case .float8, .gptq, .awq, nil: inputs = nil
    }
  }

  init(_ reader: ConfigReader, quantizesInputs: Bool = false) throws {
    self.init(try reader.dtypePolicy(), quantizesInputs: quantizesInputs)
    guard let given = reader.value("quantization_config") else { return }
    guard let (className, arguments) = serializedObject(given) else {
      throw reader.error("quantization_config", "must be an object with class_name and config, found \(given)")
    }
    config = given
    switch (className, mode) {
    case ("Int8QuantizationConfig", .int8), ("Int8QuantizationConfig", nil), ("Int4QuantizationConfig", .int4),
      ("Int4QuantizationConfig", nil):
      let quantizer = arguments["activation_quantizer"] ?? nil
      inputs = quantizer.isNull ? nil : try AbsMaxQuantizer(quantizer, reader)
      if case .int4 = mode {
        let size = try ConfigReader(arguments, of: reader.subject).optionalInt("block_size")
        mode = .int4(blockSize: size == -1 ? nil : size)
        if let size, size != -1, size < 1 { throw reader.error("quantization_config", "has the block size \(size)") }
      }
    case ("Float8QuantizationConfig", .float8), ("Float8QuantizationConfig", nil), ("GPTQConfig", .gptq),
      ("GPTQConfig", nil), ("AWQConfig", .awq), ("AWQConfig", nil):
      break
    default:
      throw reader.error("quantization_config", "does not go with the dtype policy: \(given)")
    }
  }
}

/// A layer that can keep its weights quantized.
protocol Quantizable: Layer {}

extension Layer {
  /// Remembers as the initializer's error a quantization that the layer has no form for.
  func requireQuantization(_ options: QuantizationOptions, lowRank: LowRankOptions, integersOnly: Bool = false) {
    switch options.mode {
    case nil, .int8, .int4: break
    case .float8, .gptq, .awq:
      if integersOnly { reject("dtype", "must quantize to int8 or int4, found \(dtypePolicy.name)") }
      if lowRank.rank != nil { reject("lora_rank", "cannot be combined with \(dtypePolicy.name)") }
    }
  }
}
