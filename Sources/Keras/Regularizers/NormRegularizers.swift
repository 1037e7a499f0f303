import ModelFiles

/// l1·Σ|x| + l2·Σx².
public struct L1L2: Regularizer, ConfigConstructible {
  public static let className = "L1L2"
  public let l1: Double
  public let l2: Double

  public init(l1: Double = 0, l2: Double = 0) { (self.l1, self.l2) = (l1, l2) }
  public init(from reader: ConfigReader) throws {
    l1 = try reader.penalty("l1", default: 0)
    l2 = try reader.penalty("l2", default: 0)
  }
  public var config: Config { ["l1": .number(l1), "l2": .number(l2)] }

  public func callAsFunction(_ x: Tensor) -> Tensor {
    var penalty: Tensor?
    if l1 != 0 { penalty = penalizedMagnitude(x) * l1 }
    if l2 != 0 {
      let term = x.square().sum() * l2
      penalty = penalty.map { $0 + term } ?? term
    }
    return penalty ?? Tensor(0)
  }
}

/// l1·Σ|x|.
public struct L1: Regularizer, ConfigConstructible {
  public static let className = "L1"
  public let l1: Double
  public init(_ l1: Double = 0.01) { self.l1 = l1 }
  public init(from reader: ConfigReader) throws { l1 = try reader.penalty("l1", default: 0.01) }
  public var config: Config { ["l1": .number(l1)] }
  public func callAsFunction(_ x: Tensor) -> Tensor { penalizedMagnitude(x) * l1 }
}

/// l2·Σx².
public struct L2: Regularizer, ConfigConstructible {
  public static let className = "L2"
  public let l2: Double
  public init(_ l2: Double = 0.01) { self.l2 = l2 }
  public init(from reader: ConfigReader) throws { l2 = try reader.penalty("l2", default: 0.01) }
  public var config: Config { ["l2": .number(l2)] }
  public func callAsFunction(_ x: Tensor) -> Tensor { x.square().sum() * l2 }
}

extension Regularizer where Self == L1 { public static func l1(_ l1: Double = 0.01) -> L1 { L1(l1) } }
extension Regularizer where Self == L2 { public static func l2(_ l2: Double = 0.01) -> L2 { L2(l2) } }
extension Regularizer where Self == L1L2 {
  public static func l1l2(l1: Double = 0, l2: Double = 0) -> L1L2 { L1L2(l1: l1, l2: l2) }
}

/// Σ|x|, with gradient 1 at 0 as Keras on JAX has it: a weight that a constraint holds at 0 keeps its penalty.
private func penalizedMagnitude(_ x: Tensor) -> Tensor { `where`(x.greaterEqual(0), x, -x).sum() }
