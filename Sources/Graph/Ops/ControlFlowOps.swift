/// A loop of known length that carries state and consumes and produces one slice a step.
public struct Scan: Hashable, Sendable {
  /// Parameters `carries…, slices…, constants…`; outputs `carries…, outputs…`.
  public var body: Graph
  public var carryCount: Int
  public var sequenceCount: Int
  public var length: Int
  /// Whether slices are taken, and outputs stored, from the last to the first.
  public var reversed: Bool

  public init(body: Graph, carryCount: Int, sequenceCount: Int, length: Int, reversed: Bool = false) {
    self.body = body
    self.carryCount = carryCount
    self.sequenceCount = sequenceCount
    self.length = length
    self.reversed = reversed
  }
}

/// A loop that runs while a condition of its state holds.
public struct WhileLoop: Hashable, Sendable {
  /// Parameters `state…, constants…`; one bool scalar.
  public var condition: Graph
  /// Parameters `state…, constants…`; outputs `state…`.
  public var body: Graph
  public var stateCount: Int

  public init(condition: Graph, body: Graph, stateCount: Int) {
    self.condition = condition
    self.body = body
    self.stateCount = stateCount
  }
}
