/// Uniform in ±√(3 / fanIn). Source: LeCun et al. 1998.
public struct LecunUniform: NamedScaling {
  public static let className = "LecunUniform"
  static let scaling = Scaling(1, .fanIn, .uniform)
  public let seed: Int?
  public let inputAxes: [Int]?
  public let outputAxes: [Int]?

  public init(seed: Int? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil) {
    (self.seed, self.inputAxes, self.outputAxes) = (seed, inputAxes, outputAxes)
  }
}

extension Initializer where Self == LecunUniform { public static var lecunUniform: LecunUniform { LecunUniform() } }

/// Truncated normal with variance 1 / fanIn. Source: LeCun et al. 1998, Klambauer et al. 2017.
public struct LecunNormal: NamedScaling {
  public static let className = "LecunNormal"
  static let scaling = Scaling(1, .fanIn, .truncatedNormal)
  public let seed: Int?
  public let inputAxes: [Int]?
  public let outputAxes: [Int]?

  public init(seed: Int? = nil, inputAxes: [Int]? = nil, outputAxes: [Int]? = nil) {
    (self.seed, self.inputAxes, self.outputAxes) = (seed, inputAxes, outputAxes)
  }
}

extension Initializer where Self == LecunNormal { public static var lecunNormal: LecunNormal { LecunNormal() } }
