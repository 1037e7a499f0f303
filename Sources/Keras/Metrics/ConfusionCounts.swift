import Graph

/// How predictions over a threshold meet the targets.
public enum ConfusionOutcome: String, Sendable, CaseIterable {
  case truePositives = "true_positives"
  case falsePositives = "false_positives"
  case trueNegatives = "true_negatives"
  case falseNegatives = "false_negatives"
}

/// Which predictions a confusion-matrix metric looks at.
struct ConfusionSelection: Sendable {
  var topK: Int?
  var classID: Int?

  /// Targets and predictions, those outside of the top k made smaller than every threshold.
  func apply(_ yTrue: Tensor, _ yPred: Tensor) -> (Tensor, Tensor) {
    var (prediction, target) = withEqualRanks(yPred.asType(.float32), yTrue.asType(.float32))
    if let topK {
      let best = prediction.topK(topK).indices.oneHot(prediction.shape[-1]).sum(axis: [-2])
      prediction = prediction * best + (1 - best) * -1e10
    }
    if let classID {
      target = target[.ellipsis, .at(classID), .newAxis]
      prediction = prediction[.ellipsis, .at(classID), .newAxis]
    }
    return (target, prediction)
  }
}

/// The thresholds above which predictions are positive.
struct ConfusionThresholds: Sendable {
  let values: [Double]
  /// Whether they divide 0…1 evenly. Keras then sorts predictions into buckets, which keeps them inside 0…1.
  private let isEven: Bool

  init(_ values: [Double]) {
    self.values = values
    let steps = Double(Swift.max(values.count - 1, 1))
    isEven =
      values.count >= 3
      && values.enumerated().allSatisfy { index, value in
        let even = Double(index) / steps
        return abs(Swift.min(Swift.max(value, 0), 1) - even) <= epsilon + 1e-5 * even
      }
  }

  /// `count` thresholds from 0 to 1, both included.
  static func even(_ count: Int) -> [Double] {
    count < 2 ? [0.5] : (0..<count).map { Double($0) / Double(count - 1) }
  }

  /// Which predictions `[1, …]` are positive at each threshold, `[thresholds, …]`.
  func predicted(_ predictions: Tensor) -> Tensor {
    let extents = [-1] + [Int](repeating: 1, count: predictions.rank - 1)
    guard isEven else { return predictions.greater(Tensor(values).asType(.float32).reshape(extents)) }
    var bucket = (predictions.clip(0, 1) * Double(values.count - 1)).ceil() - 1
    if values[0] < 0 { bucket = bucket.maximum(0) }
    return bucket.greaterEqual(Tensor(values.indices.map(Float.init)).reshape(extents))
  }
}

/// The weighted numbers of each outcome at each threshold, `[thresholds]` or `[thresholds, labels]`.
struct ConfusionCounts {
  private let isPositive: Tensor
  private let isPredicted: Tensor
  private let weights: Tensor

  /// - Parameters:
  ///   - labelWeights: how much each place of the last axis counts.
  ///   - keepingLabels: whether the last axis stays apart instead of all elements counting together.
  init(
    _ yTrue: Tensor, _ yPred: Tensor, thresholds: ConfusionThresholds, sampleWeight: Tensor?,
    labelWeights: [Double]? = nil, keepingLabels: Bool = false
  ) {
    let extents = keepingLabels ? [1, -1, yPred.shape[-1]] : [1, -1]
    var weight = yPred.onesLike(dtype: .float32)
    if let given = sampleWeight?.asType(.float32) {
      var aligned = withEqualRanks(yTrue, given.expandDims(-1), expandsVectors: false).1
      while aligned.rank > yPred.rank, aligned.shape[-1] == 1 { aligned = aligned.squeeze(-1) }
      weight = weight * aligned.withTrailingAxes(of: yPred)
    }
    if let labelWeights { weight = weight * Tensor(labelWeights).asType(.float32) }
    isPositive = yTrue.reshape(extents).notEqual(0)
    isPredicted = thresholds.predicted(yPred.reshape(extents))
    weights = weight.reshape(extents)
  }

  subscript(outcome: ConfusionOutcome) -> Tensor {
    let holds =
      switch outcome {
      case .truePositives: isPositive.logicalAnd(isPredicted)
      case .falsePositives: isPositive.logicalNot().logicalAnd(isPredicted)
      case .trueNegatives: isPositive.logicalNot().logicalAnd(isPredicted.logicalNot())
      case .falseNegatives: isPositive.logicalAnd(isPredicted.logicalNot())
      }
    return (holds.asType(.float32) * weights).sum(axis: [1])
  }
}

extension ConfigReader {
  /// Thresholds between 0 and 1; `nil` where none are given.
  func thresholds(_ key: String = "thresholds") throws -> [Double]? {
    let values = try optionalDoubles(key)
    guard values?.allSatisfy({ (0...1).contains($0) }) ?? true else {
      throw error(key, "must be from 0 to 1, found \(values ?? [])")
    }
    return values
  }

  /// A number between 0 and 1.
  func fraction(_ key: String) throws -> Double {
    guard let value = try optionalDouble(key) else { throw error(key, "is missing") }
    guard (0...1).contains(value) else { throw error(key, "must be from 0 to 1, found \(value)") }
    return value
  }

  /// A count of at least `least`.
  func count(_ key: String, default fallback: Int? = nil, atLeast least: Int = 1) throws -> Int {
    guard let value = try optionalInt(key) ?? fallback else { throw error(key, "is missing") }
    guard value >= least, value < 1 << 24 else { throw error(key, "must be at least \(least), found \(value)") }
    return value
  }
}
