import Graph

extension BatchSource {
  /// The same samples, each counted by the weight of its class besides its own. A class without a weight counts 1.
  ///
  /// - Parameter classWeights: for each target the weights of its classes, `nil` where they count alike.
  /// - Throws: `KerasError` where a target has not one class a sample.
  func weighted(by classWeights: [[Int: Double]?], model: String) throws -> BatchSource {
    let weights = try targets.indices.map { position in
      let own = sampleWeights.isEmpty ? nil : Tensor(sampleWeights[min(position, sampleWeights.count - 1)])
      guard let given = classWeights[position] else { return own ?? Tensor.ones([count]) }
      let classes = try classWeight(ofTarget: position, by: given, model)
      return own.map { $0 * classes.withTrailingAxes(of: $0) } ?? classes
    }
    return try BatchSource(
      inputs: inputs.map { Tensor($0) }, targets: targets.map { Tensor($0) }, sampleWeights: weights)
  }

  /// Each sample's weight by the class that a target names, or by the largest of one-hot classes.
  private func classWeight(ofTarget position: Int, by weights: [Int: Double], _ model: String) throws -> Tensor {
    let target = Tensor(targets[position])
    let isOneHot = target.rank > 1 && target.shape[-1] > 1
    let classes = try (isOneHot ? target.argmax(axis: -1) : target).buffer().doubles()
    guard classes.count == count else {
      throw KerasError(
        .invalidArgument, "\(model), argument classWeight",
        "needs one class a sample, found targets of shape \(target.shape)")
    }
    return Tensor(classes.map { Float(weights[Int(exactly: $0.rounded(.toNearestOrEven)) ?? -1] ?? 1) })
  }
}
