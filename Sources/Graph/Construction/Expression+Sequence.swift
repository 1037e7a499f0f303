extension Expression {
  /// The sequence (its first axis is time) one step later: `first`, then all but the last.
  func delayed(first: Expression) -> Expression {
    guard shape[0] > 0 else { return self }
    return builder.concatenate([first.expandDimension(0), slice(axis: 0, 0..<(shape[0] - 1))], axis: 0)
  }
}
