import Graph
import ModelFiles

// Normalizations with given statistics or weights, crossentropies and attention as `keras.ops` has them.

extension Tensor {
  /// (x − mean) / √(variance + ε) · scale + offset, the statistics lying along one axis.
  public func batchNormalization(
    mean: Tensor, variance: Tensor, axis: Int, offset: Tensor? = nil, scale: Tensor? = nil, epsilon: Double = 1e-3
  ) -> Tensor {
    let weights = [offset, scale]
    let others = [mean, variance] + weights.compactMap { $0 }
    let present: [Argument] = weights.map { $0.map(Argument.tensor) ?? .value(nil) }
    let config: Config = ["axis": JSONValue(axis), "epsilon": .number(epsilon)]
    guard let index = shape.normalized(axis: axis), others.allSatisfy({ $0.rank == 1 }) else {
      return rejected("batch_normalization", "axis \(axis) of shape \(describe(partialShape)) needs vectors")
    }
    let hasOffset = offset != nil
    let hasScale = scale != nil
    let statistics: [Argument] = [.tensor(mean), .tensor(variance)]
    return composed("BatchNorm", config, with: statistics + present) { operands in
      let x = operands[0]
      let shape = x.shape.dimensions.indices.map { $0 == index ? -1 : 1 }
      let placed = operands.dropFirst().map { $0.reshape(shape) }
      var factor = (placed[1] + epsilon).rsqrt()
      if hasScale { factor = factor * placed[placed.count - 1] }
      let shift = hasOffset ? placed[2] - placed[0] * factor : -(placed[0] * factor)
      return x * factor + shift
    }
  }

  /// (x − mean) / √(variance + ε) · γ + β with the statistics of the given axes.
  public func layerNormalization(
    gamma: Tensor? = nil, beta: Tensor? = nil, axis: [Int] = [-1], epsilon: Double = 1e-7
  ) -> Tensor {
    let config: Config = ["axis": JSONValue(axis), "epsilon": .number(epsilon)]
    let weights: [Argument] = [gamma, beta].map { $0.map(Argument.tensor) ?? .value(nil) }
    let (hasGamma, hasBeta) = (gamma != nil, beta != nil)
    return composed("LayerNorm", config, with: weights) { operands in
      let x = operands[0]
      let centred = x - x.mean(axis: axis, keepDims: true)
      var y = centred * (centred.square().mean(axis: axis, keepDims: true) + epsilon).rsqrt()
      if hasGamma { y = y * operands[1].along(axis, of: x) }
      return hasBeta ? y + operands[operands.count - 1].along(axis, of: x) : y
    }
  }

  /// x / √(mean(x²) + ε) · scale over the given axes.
  public func rmsNormalization(scale: Tensor? = nil, axis: [Int] = [-1], epsilon: Double = 1e-7) -> Tensor {
    let config: Config = ["axis": JSONValue(axis), "epsilon": .number(epsilon)]
    return composed("RMSNorm", config, with: [scale.map(Argument.tensor) ?? .value(nil)]) { operands in
      let x = operands[0]
      let y = x * (x.square().mean(axis: axis, keepDims: true) + epsilon).rsqrt()
      return operands.count > 1 ? y * operands[1] : y
    }
  }

  /// Weights of the normalized axes, shaped to broadcast over `x`.
  private func along(_ axes: [Int], of x: Tensor) -> Tensor {
    let kept = Set(axes.compactMap { x.shape.normalized(axis: $0) })
    if rank == x.rank || kept == [x.rank - 1] { return self }
    return reshape(x.shape.dimensions.indices.map { kept.contains($0) ? x.shape[$0] : 1 })
  }

  // MARK: Crossentropies, of predictions

  /// −(t · log p + (1 − t) · log(1 − p)), element by element.
  public func binaryCrossentropy(_ target: Tensor, fromLogits: Bool = false) -> Tensor {
    target.operation("BinaryCrossentropy", ["from_logits": .bool(fromLogits)], with: [.tensor(self)]) { operands in
      let x = operands[1].floating
      let t = operands[0].converted(to: x.dtype)
      if fromLogits {
        // max(x, 0) − x·t + log(1 + e^−|x|), which overflows nowhere.
        return x.maximum(0) - x * t + (-x.absolute()).exp().unary(.logPlusOne)
      }
      let p = x.maximum(epsilon).minimum(1 - epsilon)
      return -(t * p.log() + (1 - t) * (1 - p).log())
    }
  }

  /// −Σ t · log p along an axis.
  public func categoricalCrossentropy(_ target: Tensor, fromLogits: Bool = false, axis: Int = -1) -> Tensor {
    let config: Config = ["from_logits": .bool(fromLogits), "axis": JSONValue(axis)]
    return target.composed("CategoricalCrossentropy", config, with: [.tensor(self)]) {
      -($0[0].asType($0[1].dtype) * $0[1].logProbabilities(fromLogits: fromLogits, axis: axis)).sum(axis: [axis])
    }
  }

  /// −log p of the class that the target names, along an axis.
  public func sparseCategoricalCrossentropy(_ target: Tensor, fromLogits: Bool = false, axis: Int = -1) -> Tensor {
    let config: Config = ["from_logits": .bool(fromLogits), "axis": JSONValue(axis)]
    return target.composed("SparseCategoricalCrossentropy", config, with: [.tensor(self)]) { operands in
      let (labels, x) = (operands[0], operands[1])
      let flat = labels.rank == x.rank && labels.shape[-1] == 1 ? labels.squeeze(-1) : labels
      let hot = flat.asType(.int32).oneHot(x.shape[axis], axis: axis, dtype: x.dtype)
      return -(hot * x.logProbabilities(fromLogits: fromLogits, axis: axis)).sum(axis: [axis])
    }
  }

  /// log of each class's probability. Probabilities are made to add up to 1 and kept from 0 and 1.
  func logProbabilities(fromLogits: Bool, axis: Int) -> Tensor {
    if fromLogits { return logSoftmax(axis: axis) }
    return (self / sum(axis: [axis], keepDims: true)).clip(epsilon, 1 - epsilon).log()
  }

  // MARK: Attention, of queries

  /// softmax(q·kᵀ · scale + bias)·v of each head; tensors are `[batch, time, heads, size]`.
  ///
  /// - Parameters:
  ///   - mask: which keys a query sees, `[batch, heads, queries, keys]` or what broadcasts to it.
  ///   - scale: 1 / √size unless given.
  ///   - isCausal: whether a query sees only keys up to its own place.
  public func dotProductAttention(
    key: Tensor, value: Tensor, bias: Tensor? = nil, mask: Tensor? = nil, scale: Double? = nil, isCausal: Bool = false
  ) -> Tensor {
    guard rank == 4, key.rank == 4, value.rank == 4 else {
      return rejected("dot_product_attention", "takes tensors [batch, time, heads, size]")
    }
    let optional: [Argument] = [bias, mask].map { $0.map(Argument.tensor) ?? .value(nil) }
    let (hasBias, hasMask) = (bias != nil, mask != nil)
    let config: Config = ["is_causal": .bool(isCausal), "flash_attention": nil, "attn_logits_soft_cap": nil]
    let arguments = [.tensor(key), .tensor(value)] + optional + [.value(JSONValue(scale))]
    return composed("DotProductAttention", config, with: arguments) { operands in
      let q = operands[0].transpose([0, 2, 1, 3])
      let k = operands[1].transpose([0, 2, 3, 1])
      let v = operands[2].transpose([0, 2, 1, 3])
      var scores = q.matmul(k) * (scale ?? 1 / Double(Swift.max(q.shape[3], 1)).squareRoot())
      if hasBias { scores = scores + operands[3] }
      let low = Tensor(-0.7 * scores.dtype.largestFinite, dtype: scores.dtype)
      if hasMask { scores = `where`(operands[operands.count - 1], scores, low) }
      if isCausal { scores = `where`(Tensor.tri(q.shape[2], k.shape[3], dtype: .bool), scores, low) }
      return scores.softmax().matmul(v).transpose([0, 2, 1, 3])
    }
  }
}
