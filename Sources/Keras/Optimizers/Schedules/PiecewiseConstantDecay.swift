import ModelFiles

/// `values[0]` up to and with step `boundaries[0]`, then `values[1]`, and so on; there is one value more than boundaries.
public struct PiecewiseConstantDecay: LearningRateSchedule, ConfigConstructible {
  public static let className = "PiecewiseConstantDecay"
  public let boundaries: [Double]
  public let values: [Double]

  public init(
    boundaries: [Double], values: [Double]
  ) {
    self.boundaries = boundaries
    self.values = values
  }

  public init(from reader: ConfigReader) throws {
    self.init(
      boundaries: try reader.optionalDoubles("boundaries") ?? [],
      values: try reader.optionalDoubles("values") ?? [])
  }

  public var config: Config {
    [
      "boundaries": .array(boundaries.map { JSONValue(wholeOr: $0) }), "values": .array(values.map { .number($0) }),
      "name": "PiecewiseConstant",
    ]
  }

  public func callAsFunction(_ step: Tensor) -> Tensor {
    guard let last = values.last, values.count == boundaries.count + 1 else {
      return rejected(
        "PiecewiseConstantDecay", "\(boundaries.count) boundaries need one value more, found \(values.count)")
    }
    return zip(boundaries, values).reversed().reduce(Tensor(last)) { rate, piece in
      `where`(step.lessEqual(piece.0), Tensor(piece.1), rate)
    }
  }
}

extension JSONValue {
  /// A number as Python writes it: whole ones without a point.
  fileprivate init(wholeOr value: Double) { self = Int64(exactly: value).map { .integer($0) } ?? .number(value) }
}
