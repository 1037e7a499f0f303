import Graph
import ModelFiles

// Connectionist temporal classification: labels without an alignment to the time steps. Source: Graves et al. 2006.

extension Tensor {
  /// −log of the probability that these scores `[batch, time, classes]` (logits) spell the labels, `[batch]`.
  ///
  /// - Parameters:
  ///   - target: class indices `[batch, labels]`.
  ///   - targetLength: how many labels count, `[batch]`.
  ///   - outputLength: how many time steps count, `[batch]`.
  ///   - maskIndex: the class that stands between labels.
  public func ctcLoss(target: Tensor, targetLength: Tensor, outputLength: Tensor, maskIndex: Int = 0) -> Tensor {
    guard rank == 3, target.rank == 2, targetLength.rank == 1, outputLength.rank == 1,
      (0..<shape[-1]).contains(maskIndex)
    else {
      return rejected(
        "ctc_loss",
        "takes labels [batch, labels], scores [batch, time, classes] and lengths [batch], found "
          + "\(describe(target.partialShape)) and \(describe(partialShape))")
    }
    let arguments: [Argument] = [target, self, targetLength, outputLength].map(Argument.tensor)
    return Operation(className: "CTCLoss", config: ["mask_index": JSONValue(maskIndex)], arguments: arguments).apply {
      [CTCAlignment($0, maskIndex).loss()]
    }[0]
  }

  /// The likeliest class of each step, repeats and the mask class taken out: labels `[1, batch, time]` filled up with
  /// −1, and the negative sums of the scores `[batch, 1]`.
  ///
  /// - Parameter lengths: how many time steps count, `[batch]`.
  public func ctcDecode(_ lengths: Tensor, mergeRepeated: Bool = true, maskIndex: Int = 0) -> (
    labels: Tensor, scores: Tensor
  ) {
    guard rank == 3, lengths.rank == 1 else {
      let error = rejected("ctc_decode", "takes scores [batch, time, classes] and lengths [batch]")
      return (error, error)
    }
    let config: Config = [
      "strategy": "greedy", "merge_repeated": .bool(mergeRepeated), "mask_index": JSONValue(maskIndex),
    ]
    let results = Operation(className: "CTCDecode", config: config, arguments: [.tensor(self), .tensor(lengths)])
      .apply { operands in
        let x = operands[0]
        let time = x.shape[1]
        let steps = x.builder.iota(TensorType(.int32, [x.shape[0], time]), axis: 1)
        let isOver = steps.greaterOrEqual(operands[1].converted(to: .int32).expandDimension(-1))
        let mask = steps.constant(Double(maskIndex))
        let best = isOver.select(mask, x.argReduce(.maximum, axis: 2))
        let scores = isOver.select(x.constant(0), x.reduce(.maximum, axes: [2]))
        var labels = best
        if mergeRepeated, time > 1 {
          let repeats = best.slice(axis: 1, 1..<time).equal(best.slice(axis: 1, 0..<(time - 1)))
          let isRepeated = repeats.converted(to: .int32).pad(low: [0, 1], high: [0, 0]).converted(to: .bool)
          labels = isRepeated.select(mask, best)
        }
        let isBlank = labels.equal(mask)
        // Places of labels sort before those of blanks.
        let order = isBlank.select(steps.constant(Double(time)), steps).sort(axis: 1).indices
        let packed = isBlank.select(labels.constant(-1), labels).gatherAlong(order, axis: 1)
        return [packed.expandDimension(0), -scores.sum(axes: [1], keepDimensions: true)]
      }
    return (results[0], results[results.count - 1])
  }
}

/// The forward pass over all alignments, in the logarithm: `phi[n]` ends in the mask class after n labels, `emit[n]` in
/// label n.
private struct CTCAlignment {
  let target: Expression
  let logProbabilities: Expression
  let targetLength: Expression
  let outputLength: Expression
  let maskIndex: Int
  /// The logarithm of what counts as 0.
  private let none = -1e5

  init(_ operands: [Expression], _ maskIndex: Int) {
    target = operands[0].converted(to: .int32)
    let scores = operands[1].floating
    logProbabilities = (scores.dtype.byteCount < 4 ? scores.converted(to: .float32) : scores).logSoftmax()
    targetLength = operands[2].converted(to: .int32)
    outputLength = operands[3].converted(to: .int32)
    self.maskIndex = maskIndex
  }

  /// log(eᵃ + eᵇ).
  private func join(_ a: Expression, _ b: Expression) -> Expression {
    a.maximum(b) + (-(a - b).absolute()).exp().unary(.logPlusOne)
  }

  /// `phi` with a score added to all places but the first.
  private func adding(_ score: Expression, to phi: Expression) -> Expression {
    let count = phi.shape[1]
    let rest = join(phi.slice(axis: 1, 1..<count), score)
    return phi.builder.concatenate([phi.slice(axis: 1, 0..<1), rest], axis: 1)
  }

  func loss() -> Expression {
    let (batch, labels, time) = (target.shape[0], target.shape[1], logProbabilities.shape[1])
    let builder = logProbabilities.builder
    let dtype = logProbabilities.dtype
    // 1 where a label equals the next one: a mask must stand between them.
    let isRepeated = target.slice(axis: 1, 0..<Swift.max(labels - 1, 0))
      .equal(target.slice(axis: 1, Swift.min(1, labels)..<labels)).converted(to: dtype)
      .pad(low: [0, 0], high: [0, Swift.min(labels, 1)])
    let hot = target.oneHot(logProbabilities.shape[2], dtype)
    let emitted = logProbabilities.matmul(hot.transpose([0, 2, 1])).transpose([1, 0, 2])
    let masks = logProbabilities.slice(axis: 2, maskIndex..<(maskIndex + 1)).transpose([1, 0, 2])
    let steps = builder.iota(TensorType(.int32, [time, batch, 1]), axis: 0)
    let isOver = steps.greaterOrEqual(outputLength.expandDimension(-1)).converted(to: dtype)

    let place = builder.iota(TensorType(.int32, [batch, labels + 1]), axis: 1)
    let start = place.equal(place.constant(0)).select(
      builder.constant(0, dtype), builder.constant(none, dtype).broadcast(to: [batch, labels + 1]))
    let silent = builder.full(none, TensorType(dtype, [batch, labels]))
    let none = none
    let last = builder.scan(
      carries: [start, silent], sequences: [emitted, masks, isOver], constants: [isRepeated], length: time
    ) { carries, slices, constants in
      let (phi, emit) = (carries[0], carries[1])
      let (repeated, over) = (constants[0], slices[2])
      let entered = adding(emit + repeated * none, to: phi)
      let nextEmit = join(entered.slice(axis: 1, 0..<labels) + slices[0], emit + slices[0])
      let nextPhi = adding(emit + slices[1] + (1 - repeated) * none, to: entered + slices[1])
      return ([over * phi + (1 - over) * nextPhi, over * emit + (1 - over) * nextEmit], [])
    }.carries
    let ends = adding(last[1], to: last[0])
    return -(ends * targetLength.oneHot(labels + 1, dtype)).sum(axes: [1])
  }
}
