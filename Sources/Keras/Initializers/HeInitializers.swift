/// Uniform in ±√(6 / fanIn). Source: He et al. 2015.
public struct HeUniform: NamedScaling {
  public static let className = "HeUniform"
  static let scaling = Scaling(2, .fanIn, .uniform)
  public let seed: Int?
  public let inputAxes: [Int]?
  public let outputAxes: [Int]?

  public init(seed: Int? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil) {
    (self.seed, self.inputAxes, self.outputAxes) = (seed, inputAxes, outputAxes)
  }
}

extension Initializer where Self == HeUniform { public static var heUniform: HeUniform { HeUniform() } }

/// Truncated normal with variance 2 / fanIn. Source: He et al. 2015.
public struct HeNormal: NamedScaling {
  public static let className = "HeNormal"
  static let scaling = Scaling(2, .fanIn, .truncatedNormal)
  public let seed: Int?
  public let inputAxes: [Int]?
  public let outputAxes: [Int]?

  public init(seed: Int? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil) {
    (self.seed, self.inputAxes, self.outputAxes) = (seed, inputAxes, outputAxes)
  }
}

extension Initializer where Self == HeNormal { public static var heNormal: HeNormal { HeNormal() } }
