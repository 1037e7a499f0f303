/// Uniform in ±√(6 / (fanIn + fanOut)). Source: Glorot and Bengio 2010.
public struct GlorotUniform: NamedScaling {
  public static let className = "GlorotUniform"
  static let scaling = Scaling(1, .fanAverage, .uniform)
  public let seed: Int?
  public let inputAxes: [Int]?
  public let outputAxes: [Int]?

  public init(seed: Int? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil) {
    (self.seed, self.inputAxes, self.outputAxes) = (seed, inputAxes, outputAxes)
  }
}

extension Initializer where Self == GlorotUniform { public static var glorotUniform: GlorotUniform { GlorotUniform() } }

/// Truncated normal with variance 2 / (fanIn + fanOut). Source: Glorot and Bengio 2010.
public struct GlorotNormal: NamedScaling {
  public static let className = "GlorotNormal"
  static let scaling = Scaling(1, .fanAverage, .truncatedNormal)
  public let seed: Int?
  public let inputAxes: [Int]?
  public let outputAxes: [Int]?

  public init(seed: Int? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil) {
    (self.seed, self.inputAxes, self.outputAxes) = (seed, inputAxes, outputAxes)
  }
}

extension Initializer where Self == GlorotNormal { public static var glorotNormal: GlorotNormal { GlorotNormal() } }
