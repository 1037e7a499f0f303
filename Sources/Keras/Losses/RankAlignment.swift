/// Two tensors of ranks that differ by one, brought to one rank as Keras does: a trailing axis of extent 1 is dropped,
/// or added to the other where that is a vector.
///
/// - Parameter expandsVectors: whether a vector gets the axis instead of the other losing it.
func withEqualRanks(_ a: Tensor, _ b: Tensor, expandsVectors: Bool = true) -> (Tensor, Tensor) {
  func join(_ longer: Tensor, _ shorter: Tensor) -> (Tensor, Tensor) {
    guard longer.shape[-1] == 1 else { return (longer, shorter) }
    return shorter.rank == 1 && expandsVectors ? (longer, shorter.expandDims(-1)) : (longer.squeeze(-1), shorter)
  }
  if a.rank == b.rank + 1 { return join(a, b) }
  if b.rank == a.rank + 1 {
    let (longer, shorter) = join(b, a)
    return (shorter, longer)
  }
  return (a, b)
}

extension Tensor {
  /// With axes of 1 behind the last, as many as another tensor has more: weights of samples beside values that have parts.
  func withTrailingAxes(of other: Tensor) -> Tensor {
    var result = self
    while result.rank < other.rank { result = result.expandDims(-1) }
    return result
  }
}
