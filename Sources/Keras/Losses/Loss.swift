import Graph
import ModelFiles

/// What training minimises: a number for each sample, reduced to one.
public protocol Loss: Sendable {
  /// The name under which Keras's files know the class.
  static var className: String { get }
  var reduction: LossReduction { get }
  var name: String { get }
  /// The constructor's arguments under Keras's names, without reduction and name.
  var config: Config { get }
  /// The loss of each sample: the last axis is reduced.
  func values(_ yTrue: Tensor, _ yPred: Tensor) -> Tensor
  /// How a file stores the loss.
  var serialized: JSONValue { get }
  /// Checks targets before training.
  ///
  /// - Throws: `KerasError` where they cannot be targets of an output of this shape.
  func validate(_ yTrue: Tensor, outputShape: [Int?]) throws
}

/// How the samples' losses become one number.
public enum LossReduction: String, Sendable, CaseIterable {
  case sum
  case sumOverBatchSize = "sum_over_batch_size"
  case mean
  case meanWithSampleWeight = "mean_with_sample_weight"
  case none
}

extension Loss {
  public var reduction: LossReduction { .sumOverBatchSize }
  public var name: String { snakeCase(Self.className) }
  public var config: Config { [:] }

  public func validate(_ yTrue: Tensor, outputShape: [Int?]) throws {
    let target = yTrue.partialShape
    let sameRank = target.count == outputShape.count
    let extentsFit = zip(target, outputShape).dropFirst().allSatisfy { mayAgree($0, $1) || $0 == 1 || $1 == 1 }
    // An axis of one may be missing on either side, the last.
    let longer = target.count > outputShape.count ? target : outputShape
    let differByOne = abs(target.count - outputShape.count) == 1 && mayAgree(longer.last ?? nil, 1)
    guard sameRank ? extentsFit : differByOne else {
      throw KerasError(
        .incompatibleShape, "y (\(name))",
        "targets of shape \(describe(target)) do not fit an output of shape \(describe(outputShape))")
    }
  }

  /// Checks targets that hold one label for each place of an output, in its shape without the last axis or with 1 there.
  func validateLabels(_ yTrue: Tensor, outputShape: [Int?]) throws {
    let target = yTrue.partialShape
    let expected = Array(outputShape.dropLast())
    func fits(_ shape: [Int?]) -> Bool {
      shape.count == expected.count && zip(shape, expected).dropFirst().allSatisfy(mayAgree)
    }
    guard fits(target) || (target.last == 1 && fits(target.dropLast())) else {
      throw KerasError(
        .incompatibleShape, "y (\(name))",
        "labels for an output of shape \(describe(outputShape)) must have shape \(describe(expected)), found "
          + describe(target))
    }
  }

  public var serialized: JSONValue {
    let common: Config = [
      "name": .string(name), "reduction": reduction == .none ? nil : .string(reduction.rawValue),
    ]
    return serialize(module: "keras.losses", className: Self.className, config: common.merging(config))
  }

  /// The loss of a batch, a scalar (or, without reduction, one for each sample).
  ///
  /// - Parameters:
  ///   - sampleWeight: how much each sample counts; broadcasts over the samples' losses.
  ///   - mask: which samples or time steps count.
  public func callAsFunction(
    _ yTrue: Tensor, _ yPred: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil
  ) -> Tensor {
    let prediction = yPred.asType(yPred.dtype.floating)
    let (target, scores) = withEqualRanks(yTrue, prediction)
    var losses = values(target, scores.masked(by: nil))
    var weight = sampleWeight.map { trimmed($0, to: losses) }
    let masks = [mask, losses.mask].compactMap { $0 }
    if let first = masks.first {
      let mask = masks.dropFirst().reduce(first) { $0.logicalAnd($1) }
      var counts = mask.asType(losses.dtype)
      if reduction == .sumOverBatchSize || reduction == .mean {
        // Rescaled so that dividing by all places equals dividing by those that count.
        let total = Double(mask.shape.elementCount)
        counts = counts * (Tensor(total, dtype: losses.dtype) / counts.sum().maximum(1e-7))
      }
      weight = weight.map { $0 * trimmed(counts, to: losses) } ?? trimmed(counts, to: losses)
    }
    if let weight { losses = losses * weight.asType(losses.dtype) }
    switch reduction {
    case .none: return losses
    case .sum: return losses.sum()
    case .mean, .sumOverBatchSize: return losses.mean()
    case .meanWithSampleWeight:
      guard let weight else { return losses.mean() }
      return losses.sum().divideNoNaN(weight.asType(losses.dtype).sum())
    }
  }

  /// Weights `[n]` or `[n, 1]` lined up with losses of another rank.
  private func trimmed(_ weight: Tensor, to losses: Tensor) -> Tensor {
    var weight = weight
    while weight.rank > losses.rank, weight.shape[-1] == 1 { weight = weight.squeeze(-1) }
    return weight.withTrailingAxes(of: losses)
  }
}

extension ConfigReader {
  /// Keras writes null for no reduction.
  func reduction() throws -> LossReduction {
    config["reduction"]?.isNull == true ? .none : try choice("reduction", default: .sumOverBatchSize)
  }
}

/// Keras's guard against the logarithm of 0.
let epsilon = 1e-7
