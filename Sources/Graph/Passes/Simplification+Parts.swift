/// A part of a tensor, padded with zeros along one axis to the whole: what the gradient of a slice is.
private struct PaddedPart {
  let part: Expression
  let axis: Int
  let low: Int
  let high: Int

  init?(_ x: Expression) {
    guard case .pad(let padding)? = x.op, let part = x.operand(0), x.operand(1)?.uniformNumber == 0,
      padding.interior.allSatisfy({ $0 == 0 }), (padding.low + padding.high).allSatisfy({ $0 >= 0 })
    else { return nil }
    let padded = padding.low.indices.filter { padding.low[$0] > 0 || padding.high[$0] > 0 }
    guard padded.count == 1 else { return nil }
    self.part = part
    axis = padded[0]
    low = padding.low[axis]
    high = padding.high[axis]
  }

  /// Both parts side by side, padded, where `next` begins at this one's end.
  func joined(_ next: PaddedPart) -> Expression? {
    guard axis == next.axis, low + part.shape[axis] == next.low else { return nil }
    let whole = part.builder.concatenate([part, next.part], axis: axis)
    guard low > 0 || next.high > 0 else { return whole }
    var (before, after) = ([Int](repeating: 0, count: part.rank), [Int](repeating: 0, count: part.rank))
    before[axis] = low
    after[axis] = next.high
    return whole.pad(low: before, high: after)
  }
}

extension Simplification {
  /// The sum of parts that lie side by side, in whatever order they are added: their concatenation.
  func sumOfParts(_ a: Expression, _ b: Expression) -> Expression? {
    if let joined = joined(a, b) { return joined }
    for (sum, part) in [(a, b), (b, a)] {
      guard case .binary(.add)? = sum.op, let left = sum.operand(0), let right = sum.operand(1) else { continue }
      if let joined = joined(left, part) { return joined + right }
      if let joined = joined(right, part) { return left + joined }
    }
    return nil
  }

  private func joined(_ a: Expression, _ b: Expression) -> Expression? {
    guard let first = PaddedPart(a), let second = PaddedPart(b) else { return nil }
    return first.joined(second) ?? second.joined(first)
  }
}
