import Graph
import ModelFiles

/// The named cases of `VarianceScaling`, which files store under names of their own with only a seed.
protocol NamedScaling: RandomInitializer {
  init(seed: Int?)
  static var scaling: (scale: Double, mode: VarianceScaling.Mode, distribution: VarianceScaling.Distribution) { get }
}

extension NamedScaling {
  public init(_ reader: ConfigReader) throws { self.init(seed: try Self.seed(reader)) }
  public var config: Config { ["seed": JSONValue(seed)] }
  public func initialize(_ type: TensorType) throws -> Buffer {
    let (scale, mode, distribution) = Self.scaling
    return try VarianceScaling(scale: scale, mode: mode, distribution: distribution, seed: seed).initialize(type)
  }
}

/// Uniform in ±√(6 / (fanIn + fanOut)). Source: Glorot and Bengio 2010.
public struct GlorotUniform: NamedScaling {
  public static let className = "GlorotUniform"
  static let scaling = (
    scale: 1.0, mode: VarianceScaling.Mode.fanAverage, distribution: VarianceScaling.Distribution.uniform
  )
  public let seed: Int?
  public init(seed: Int? = nil) { self.seed = seed }
}

/// Truncated normal with variance 2 / (fanIn + fanOut). Source: Glorot and Bengio 2010.
public struct GlorotNormal: NamedScaling {
  public static let className = "GlorotNormal"
  static let scaling = (
    scale: 1.0, mode: VarianceScaling.Mode.fanAverage, distribution: VarianceScaling.Distribution.truncatedNormal
  )
  public let seed: Int?
  public init(seed: Int? = nil) { self.seed = seed }
}

/// Uniform in ±√(6 / fanIn). Source: He et al. 2015.
public struct HeUniform: NamedScaling {
  public static let className = "HeUniform"
  static let scaling = (
    scale: 2.0, mode: VarianceScaling.Mode.fanIn, distribution: VarianceScaling.Distribution.uniform
  )
  public let seed: Int?
  public init(seed: Int? = nil) { self.seed = seed }
}

/// Truncated normal with variance 2 / fanIn. Source: He et al. 2015.
public struct HeNormal: NamedScaling {
  public static let className = "HeNormal"
  static let scaling = (
    scale: 2.0, mode: VarianceScaling.Mode.fanIn, distribution: VarianceScaling.Distribution.truncatedNormal
  )
  public let seed: Int?
  public init(seed: Int? = nil) { self.seed = seed }
}

extension Initializer where Self == GlorotUniform { public static var glorotUniform: GlorotUniform { GlorotUniform() } }
extension Initializer where Self == GlorotNormal { public static var glorotNormal: GlorotNormal { GlorotNormal() } }
extension Initializer where Self == HeUniform { public static var heUniform: HeUniform { HeUniform() } }
extension Initializer where Self == HeNormal { public static var heNormal: HeNormal { HeNormal() } }
