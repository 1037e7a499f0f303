import ModelFiles

/// Corrects a batch's normalisation toward moving statistics, so that training and inference see the same activations:
/// `y · r + d` with `r = deviation / moving deviation` and `d = (mean − moving mean) / moving deviation`, both clipped
/// and without gradient. Source: Ioffe 2017.
struct BatchRenormalization: Sendable {
  /// The least and the greatest `r`; `nil` for no limit.
  var minimumFactor: Double?
  var maximumFactor: Double?
  /// The greatest |`d`|; `nil` for no limit.
  var maximumOffset: Double?
  /// Of the moving statistics that `r` and `d` compare with.
  var momentum: Double

  /// The names of the limits in `renorm_clipping`.
  static let limits = ["rmin", "rmax", "dmax"]

  static func config(_ renormalization: BatchRenormalization?) -> Config {
    guard let renormalization else { return ["renorm": false, "renorm_clipping": nil, "renorm_momentum": 0.99] }
    var clipping: Config = [:]
    clipping["rmin"] = renormalization.minimumFactor.map { .number($0) }
    clipping["rmax"] = renormalization.maximumFactor.map { .number($0) }
    clipping["dmax"] = renormalization.maximumOffset.map { .number($0) }
    return [
      "renorm": true, "renorm_clipping": .object(clipping), "renorm_momentum": .number(renormalization.momentum),
    ]
  }

  /// What is wrong with the limits.
  var problem: String? {
    if let minimumFactor, let maximumFactor, maximumFactor < minimumFactor {
      return "rmax must not be less than rmin, found \(maximumFactor) and \(minimumFactor)"
    }
    if let maximumOffset, maximumOffset < 0 { return "dmax must not be negative, found \(maximumOffset)" }
    return nil
  }

  /// The further variables of a batch normalization with renormalization, each `[channels]`.
  struct State: Sendable {
    let movingDeviation: Variable
    let mean: Variable
    let deviation: Variable

    init(channels: Int, movingVariance: Variable, meanInitializer: any Initializer, layer: Layer) throws {
      func add(_ name: String, _ initializer: any Initializer) throws -> Variable {
        try layer.addWeight(name, shape: [channels], initializer: initializer, trainable: false, autocast: false)
      }
      movingDeviation = try add("moving_stddev", .ones)
      mean = try add("renorm_mean", meanInitializer)
      deviation = try add("renorm_stddev", .ones)
      try movingDeviation.assign(movingVariance.value.sqrt())
      try deviation.assign(movingVariance.value.sqrt())
    }
  }

  func output(
    _ x: Tensor, _ batch: BatchStatistics, _ state: State, gamma: Tensor?, beta: Tensor?, epsilon: Double,
    _ context: CallContext
  ) -> Tensor {
    let deviation = context.stored(state.deviation).maximum(epsilon.squareRoot())
    var factor = (batch.variance + epsilon).sqrt() / deviation
    var offset = (batch.mean - context.stored(state.mean)) / deviation
    if let minimumFactor { factor = factor.maximum(minimumFactor) }
    if let maximumFactor { factor = factor.minimum(maximumFactor) }
    if let maximumOffset { offset = offset.clip(-maximumOffset, maximumOffset) }
    let normalized =
      batch.output ?? x.normalized(mean: batch.mean, variance: batch.variance, gamma: nil, beta: nil, epsilon: epsilon)
    var output = normalized * factor.stopGradient() + offset.stopGradient()
    if let gamma { output = output * gamma }
    return beta.map { output + $0 } ?? output
  }

  /// Updates the moving statistics; gives the moving deviation.
  func update(
    _ state: State, _ batch: BatchStatistics, momentum: Double, epsilon: Double, _ context: CallContext
  ) -> Tensor {
    let deviation = (batch.variance + epsilon).sqrt()
    context.updateAverage(state.mean, batch.mean, momentum: self.momentum)
    context.updateAverage(state.deviation, deviation, momentum: self.momentum)
    return context.updateAverage(state.movingDeviation, deviation, momentum: momentum)
  }
}

extension BatchRenormalization {
  /// `nil` where the config does not ask for renormalization.
  init?(_ reader: ConfigReader) throws {
    guard try reader.bool("renorm", default: false) else { return nil }
    momentum = try reader.double("renorm_momentum", default: 0.99)
    let clipping = ConfigReader(
      reader.value("renorm_clipping")?.object ?? [:], of: "\(reader.subject), renorm_clipping")
    if let key = clipping.config.keys.first(where: { !Self.limits.contains($0) }) {
      throw clipping.error(key, "is not one of rmin, rmax, dmax")
    }
    minimumFactor = try clipping.optionalDouble("rmin")
    maximumFactor = try clipping.optionalDouble("rmax")
    maximumOffset = try clipping.optionalDouble("dmax")
  }
}
