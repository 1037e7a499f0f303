import Graph

extension BatchSource {
  /// The same samples, each counted by the weight of its class besides its own. A class without a weight counts 1.
  ///
  /// - Throws: `KerasError` where there are several targets or the samples have parts with weights of their own.
  func weighted(by classWeight: [Int: Double], model: String) throws -> BatchSource {
    guard targets.count == 1, let target = targets.first.map(Tensor.init) else {
      throw KerasError(.invalidArgument, "\(model), argument classWeight", "needs a model with one output")
    }
    let isOneHot = target.rank > 1 && target.shape[-1] > 1
    let classes = try (isOneHot ? target.argmax(axis: -1) : target).buffer().doubles()
    guard classes.count == count else {
      throw KerasError(
        .invalidArgument, "\(model), argument classWeight",
        "needs one class a sample, found targets of shape \(target.shape)")
    }
    var weights = Tensor(classes.map { Float(classWeight[Int(exactly: $0) ?? -1] ?? 1) })
    if let own = sampleWeights.first.map(Tensor.init) {
      weights = own * weights.reshape([count] + Array(repeating: 1, count: own.rank - 1))
    }
    return try BatchSource(inputs: inputs.map(Tensor.init), targets: [target], sampleWeights: [weights])
  }
}
