import ModelFiles

/// Keeps a norm of 0 from dividing.
private let normEpsilon = 1e-7

/// What the constraints on norms share: `weight · desired(norm) / norm` with the Euclidean norm along some axes.
protocol NormConstraint: Constraint, ConfigConstructible {
  /// The axes along which the norm is taken: `[0]` of a dense kernel is the norm of each unit's weights, `[0, 1, 2]`
  /// of a two-dimensional convolution's kernel each filter's.
  var axes: Axes { get }
  func desired(_ norm: Tensor) -> Tensor
}

extension NormConstraint {
  public func callAsFunction(_ weight: Tensor) -> Tensor {
    let norm = weight.square().sum(axis: axes.values, keepDims: true).sqrt()
    return weight * (desired(norm) / (norm + normEpsilon))
  }
}

/// Norms above `maxValue` are scaled down to it. Source: Srivastava et al. 2014.
public struct MaxNorm: NormConstraint {
  public static let className = "MaxNorm"
  public let maxValue: Double
  public let axes: Axes

  public init(_ maxValue: Double = 2, axis: Axes = 0) { (self.maxValue, axes) = (maxValue, axis) }

  public init(from reader: ConfigReader) throws {
    maxValue = try reader.double("max_value", default: 2)
    axes = try reader.axes(default: 0)
  }

  public var config: Config { ["max_value": .number(maxValue), "axis": axes.serialized] }
  func desired(_ norm: Tensor) -> Tensor { norm.clip(0, maxValue) }
}

/// Norms move toward the range from `minValue` to `maxValue` by the part `rate` of their distance.
public struct MinMaxNorm: NormConstraint {
  public static let className = "MinMaxNorm"
  public let minValue: Double
  public let maxValue: Double
  public let rate: Double
  public let axes: Axes

  public init(minValue: Double = 0, maxValue: Double = 1, rate: Double = 1, axis: Axes = 0) {
    (self.minValue, self.maxValue, self.rate, axes) = (minValue, maxValue, rate, axis)
  }

  public init(from reader: ConfigReader) throws {
    minValue = try reader.double("min_value", default: 0)
    maxValue = try reader.double("max_value", default: 1)
    rate = try reader.double("rate", default: 1)
    axes = try reader.axes(default: 0)
  }

  public var config: Config {
    [
      "min_value": .number(minValue), "max_value": .number(maxValue), "rate": .number(rate), "axis": axes.serialized,
    ]
  }

  func desired(_ norm: Tensor) -> Tensor { norm.clip(minValue, maxValue) * rate + norm * (1 - rate) }
}

/// Norms become 1.
public struct UnitNorm: NormConstraint {
  public static let className = "UnitNorm"
  public let axes: Axes

  public init(axis: Axes = 0) { axes = axis }
  public init(from reader: ConfigReader) throws { axes = try reader.axes(default: 0) }
  public var config: Config { ["axis": axes.serialized] }
  func desired(_ norm: Tensor) -> Tensor { Tensor(1, dtype: norm.dtype) }
}

extension Constraint where Self == MaxNorm {
  public static func maxNorm(_ maxValue: Double = 2, axis: Axes = 0) -> MaxNorm { MaxNorm(maxValue, axis: axis) }
}
extension Constraint where Self == UnitNorm { public static var unitNorm: UnitNorm { UnitNorm() } }
