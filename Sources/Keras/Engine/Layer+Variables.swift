extension Layer {
  /// The layers inside, theirs included, each once, outermost first.
  public var flattenedSublayers: [Layer] {
    var seen: Set<ObjectIdentifier> = []
    var result: [Layer] = []
    func visit(_ layer: Layer) {
      for (_, inner) in layer.sublayers where seen.insert(ObjectIdentifier(inner)).inserted {
        result.append(inner)
        visit(inner)
      }
    }
    visit(self)
    return result
  }

  /// All variables in Keras's order: the layer's own, trainable ones first, then those of the layers inside. Without
  /// the states of seed generators.
  public var weights: [Variable] {
    collected { layer in layer.ownVariables.filter(\.madeTrainable) + layer.ownVariables.filter { !$0.madeTrainable } }
  }

  /// The weights that training changes.
  public var trainableWeights: [Variable] {
    collected { layer in layer.trainable ? layer.ownVariables.filter(\.trainable) : [] }
  }

  /// What the layer and all inside it give, outermost first, each variable once.
  private func collected(_ variables: (Layer) -> [Variable]) -> [Variable] {
    var seen: Set<ObjectIdentifier> = []
    let inside = flattenedSublayers.filter { $0 !== self }
    return ([self] + inside).flatMap(variables).filter { seen.insert(ObjectIdentifier($0)).inserted }
  }

  public var nonTrainableWeights: [Variable] {
    let changed = Set(trainableWeights.map(ObjectIdentifier.init))
    return weights.filter { !changed.contains(ObjectIdentifier($0)) }
  }

  /// The number of elements of all weights.
  public var parameterCount: Int { weights.reduce(0) { $0.addingClamped($1.shape.elementCount) } }

  /// Copies of the weights' numbers, in the order of `weights`.
  public func getWeights() -> [Tensor] { weights.map(\.value) }

  /// Replaces the weights' numbers, in the order of `weights`.
  ///
  /// - Throws: `KerasError` where the count or a shape differs; then nothing has changed.
  public func setWeights(_ values: [Tensor]) throws {
    let weights = weights
    guard values.count == weights.count else {
      throw KerasError(
        .invalidArgument, name,
        "has \(weights.count) weights, \(values.count) were given"
          + (built ? "" : "; build the layer first"))
    }
    for (weight, value) in zip(weights, values) where value.shape != weight.shape {
      throw KerasError(
        .incompatibleShape, weight.path, "the weight has shape \(weight.shape), the new value \(value.shape)")
    }
    for (weight, value) in zip(weights, values) { try weight.assign(value) }
  }
}

extension Int {
  /// The sum of two counts, or the largest number where that is beyond it.
  func addingClamped(_ other: Int) -> Int {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
