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

  public init(from reader: ConfigReader) throws {
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

/// Normal with a mean and a standard deviation.
public struct RandomNormal: RandomInitializer {
  public static let className = "RandomNormal"
  public let mean: Double
  public let standardDeviation: Double
  public let seed: Int?

  public init(mean: Double = 0, standardDeviation: Double = 0.05, seed: Int? = nil) {
    (self.mean, self.standardDeviation, self.seed) = (mean, standardDeviation, seed)
  }

  public init(from reader: ConfigReader) throws {
    mean = try reader.double("mean", default: 0)
    standardDeviation = try reader.double("stddev", default: 0.05)
    seed = try Self.seed(reader)
  }

  public var config: Config {
    ["mean": .number(mean), "stddev": .number(standardDeviation), "seed": JSONValue(seed)]
  }

  public func initialize(_ type: TensorType) throws -> Buffer {
    let (mean, deviation) = (Float(mean), Float(standardDeviation))
    return try fill(type) { $0.normal() * deviation + mean }
  }
}

/// Normal, drawn again while further than two standard deviations from the mean.
public struct TruncatedNormal: RandomInitializer {
  public static let className = "TruncatedNormal"
  public let mean: Double
  /// Of the normal distribution before truncation.
  public let standardDeviation: Double
  public let seed: Int?

  public init(mean: Double = 0, standardDeviation: Double = 0.05, seed: Int? = nil) {
    (self.mean, self.standardDeviation, self.seed) = (mean, standardDeviation, seed)
  }

  public init(from reader: ConfigReader) throws {
    mean = try reader.double("mean", default: 0)
    standardDeviation = try reader.double("stddev", default: 0.05)
    seed = try Self.seed(reader)
  }

  public var config: Config {
    ["mean": .number(mean), "stddev": .number(standardDeviation), "seed": JSONValue(seed)]
  }

  public func initialize(_ type: TensorType) throws -> Buffer {
    let (mean, deviation) = (Float(mean), Float(standardDeviation))
    return try fill(type) { $0.truncatedNormal() * deviation + mean }
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
extension Initializer where Self == RandomNormal { public static var randomNormal: RandomNormal { RandomNormal() } }
extension Initializer where Self == TruncatedNormal {
  public static var truncatedNormal: TruncatedNormal { TruncatedNormal() }
}
