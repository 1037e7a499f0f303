import Graph
import ModelFiles

/// An initializer that draws numbers. Without a seed, from the program's sequence (`RandomSeed`).
protocol RandomInitializer: Initializer, ConfigConstructible {
  var seed: Int? { get }
}

extension RandomInitializer {
  /// Fills memory of the given type with numbers that `draw` takes from the generator.
  func fill(_ type: TensorType, _ draw: (inout Philox64) -> Float) throws -> Buffer {
    guard type.dtype.isFloatingPoint else {
      throw KerasError(.incompatibleType, Self.className, "draws floating-point numbers, not \(type.dtype)")
    }
    var generator = Philox64(seed: seed.map { UInt64(bitPattern: Int64($0)) } ?? RandomSeed.next())
    let buffer = Buffer(TensorType(.float32, type.shape))
    let elements = buffer.mutableBytes.bindMemory(to: Float.self)
    for index in elements.indices { elements[index] = draw(&generator) }
    return type.dtype == .float32 ? buffer : try Tensor(buffer).asType(type.dtype).buffer()
  }

  static func seed(_ reader: ConfigReader) throws -> Int? { try? reader.optionalInt("seed") }
}

/// Uniform between two limits.
public struct RandomUniform: RandomInitializer {
  public static let className = "RandomUniform"
  public let minimum: Double
  public let maximum: Double
  public let seed: Int?

  public init(minimum: Double = -0.05, maximum: Double = 0.05, seed: Int? = nil) {
    (self.minimum, self.maximum, self.seed) = (minimum, maximum, seed)
  }

  public init(_ reader: ConfigReader) throws {
    minimum = try reader.double("minval", default: -0.05)
    maximum = try reader.double("maxval", default: 0.05)
    seed = try Self.seed(reader)
  }

  public var config: Config {
    ["minval": .number(minimum), "maxval": .number(maximum), "seed": JSONValue(seed)]
  }

  public func initialize(_ type: TensorType) throws -> Buffer {
    let (low, span) = (Float(minimum), Float(maximum - minimum))
    return try fill(type) { $0.uniform() * span + low }
  }
}

/// Draws scaled to the size of a weight, so that signals keep their variance.
///
/// The variance is `scale / n` with n the number of inputs, of outputs, or the mean of both.
/// Source: He et al. 2015, Glorot and Bengio 2010.
public struct VarianceScaling: RandomInitializer {
  public enum Mode: String, Sendable, CaseIterable { case fanIn = "fan_in", fanOut = "fan_out", fanAverage = "fan_avg" }
  public enum Distribution: String, Sendable, CaseIterable {
    case truncatedNormal = "truncated_normal", untruncatedNormal = "untruncated_normal", uniform
  }

  public static let className = "VarianceScaling"
  public let scale: Double
  public let mode: Mode
  public let distribution: Distribution
  public let seed: Int?

  public init(
    scale: Double = 1, mode: Mode = .fanIn, distribution: Distribution = .truncatedNormal, seed: Int? = nil
  ) {
    (self.scale, self.mode, self.distribution, self.seed) = (scale, mode, distribution, seed)
  }

  public init(_ reader: ConfigReader) throws {
    scale = try reader.double("scale", default: 1)
    mode = try reader.choice("mode", default: .fanIn)
    distribution = try reader.choice("distribution", default: .truncatedNormal)
    seed = try Self.seed(reader)
  }

  public var config: Config {
    [
      "scale": .number(scale), "mode": .string(mode.rawValue), "distribution": .string(distribution.rawValue),
      "seed": JSONValue(seed),
    ]
  }

  public func initialize(_ type: TensorType) throws -> Buffer {
    let (fanIn, fanOut) = fans(of: type.shape)
    let count =
      switch mode {
      case .fanIn: fanIn
      case .fanOut: fanOut
      case .fanAverage: (fanIn + fanOut) / 2
      }
    let variance = scale / Swift.max(1, count)
    switch distribution {
    case .uniform:
      let limit = Float((3 * variance).squareRoot())
      return try fill(type) { ($0.uniform() * 2 - 1) * limit }
    case .untruncatedNormal:
      let deviation = Float(variance.squareRoot())
      return try fill(type) { $0.normal() * deviation }
    case .truncatedNormal:
      // Truncation at two deviations shrinks the variance by this factor's square.
      let deviation = Float(variance.squareRoot() / 0.87962566103423978)
      return try fill(type) { $0.truncatedNormal() * deviation }
    }
  }
}

extension Philox64 {
  /// Standard normal, by Marsaglia's polar method.
  mutating func normal() -> Float {
    while true {
      let (u, v) = (uniform() * 2 - 1, uniform() * 2 - 1)
      let s = u * u + v * v
      if s > 0, s < 1 { return u * (-2 * logarithm(s) / s).squareRoot() }
    }
  }

  /// Standard normal, drawn again while beyond two deviations.
  mutating func truncatedNormal() -> Float {
    while true {
      let value = normal()
      if value.magnitude <= 2 { return value }
    }
  }
}
extension Initializer where Self == RandomUniform { public static var randomUniform: RandomUniform { RandomUniform() } }
