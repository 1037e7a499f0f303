/// A strided box: axis `i` keeps `starts[i], starts[i] + strides[i], …` below `limits[i]`.
public struct Slicing: Hashable, Sendable {
  public var starts: [Int]
  public var limits: [Int]
  public var strides: [Int]

  public init(starts: [Int], limits: [Int], strides: [Int]) {
    self.starts = starts
    self.limits = limits
    self.strides = strides
  }
}

/// Elements added before, after and between the operand's, for each axis. Low and high may be negative.
public struct Padding: Hashable, Sendable {
  public var low: [Int]
  public var high: [Int]
  public var interior: [Int]

  public init(low: [Int], high: [Int], interior: [Int]) {
    self.low = low
    self.high = high
    self.interior = interior
  }
}
