import Graph
import ModelFiles

/// What `pad` puts around a tensor.
public enum PadMode: String, Sendable, CaseIterable {
  /// One value.
  case constant
  /// The elements mirrored at the edge, which is not repeated.
  case reflect
  /// The elements mirrored, the edge included.
  case symmetric
  /// The edge repeated.
  case edge
}

extension Tensor {
  /// With `widths[i]` elements added before and after axis `i`.
  public func pad(_ widths: [(Int, Int)], mode: PadMode = .constant, value: Double = 0) -> Tensor {
    guard widths.count == rank, widths.allSatisfy({ $0.0 >= 0 && $0.1 >= 0 }) else {
      return rejected("pad", "takes two widths of at least 0 for each of \(rank) axes, found \(widths)")
    }
    let config: Config = [
      "pad_width": .array(widths.map { .array([JSONValue($0.0), JSONValue($0.1)]) }), "mode": .string(mode.rawValue),
    ]
    let constant: JSONValue = mode == .constant && value != 0 ? .number(value) : nil
    return Operation(
      className: "Pad", config: config, arguments: [.tensor(self)], keyword: ["constant_values": .value(constant)]
    ).apply { operands in
      let x = operands[0]
      guard mode != .constant else {
        return [x.pad(low: widths.map(\.0), high: widths.map(\.1), value: value)]
      }
      return [widths.indices.reduce(x) { $0.padded(axis: $1, widths[$1], mode) }]
    }[0]
  }
}

extension Expression {
  /// With elements of the axis itself before and after it.
  fileprivate func padded(axis: Int, _ widths: (Int, Int), _ mode: PadMode) -> Expression {
    let extent = shape[axis]
    if widths == (0, 0) { return self }
    guard extent > 0 else { return failed("pad", "cannot take from an empty axis: shape \(shape)") }
    let (low, lowOverflow) = widths.0.addingReportingOverflow(extent)
    let (total, overflow) = low.addingReportingOverflow(widths.1)
    guard !lowOverflow, !overflow, shape.replacing(axis: axis, with: total).isValid else {
      return failed("pad", "the result is too large")
    }
    if let problem = TableLimit.problem(total) { return failed("pad", problem) }
    let places = (0..<total).map { Double(source($0 - widths.0, extent, mode)) }
    return gather(builder.vector(places, .int32), axis: axis)
  }

  /// The place that a position outside repeats.
  private func source(_ position: Int, _ extent: Int, _ mode: PadMode) -> Int {
    func wrapped(_ period: Int) -> Int { ((position % period) + period) % period }
    switch mode {
    case .constant, .edge: return Swift.min(Swift.max(position, 0), extent - 1)
    case .symmetric:
      let place = wrapped(2 * extent)
      return place < extent ? place : 2 * extent - 1 - place
    case .reflect:
      guard extent > 1 else { return 0 }
      let place = wrapped(2 * extent - 2)
      return place < extent ? place : 2 * extent - 2 - place
    }
  }
}
