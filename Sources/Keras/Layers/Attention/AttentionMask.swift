import Graph

/// Which keys a query sees: bool tensors that broadcast over `[…, queries, keys]`.
enum AttentionMask {
  /// Query i sees the keys up to i.
  static func causal(_ queries: Int, _ keys: Int, _ context: CallContext) -> Tensor {
    let (query, key) = positions(queries, keys, context)
    return query.greaterEqual(key)
  }

  /// Query i sees the keys less than `window` away.
  static func sliding(_ window: Int, _ queries: Int, _ keys: Int, _ context: CallContext) -> Tensor {
    let (query, key) = positions(queries, keys, context)
    return (query - key).absolute().less(Double(window))
  }

  /// What all of the masks let through; `nil` where there is none.
  static func all(_ masks: [Tensor?]) -> Tensor? {
    let given = masks.compactMap { $0 }
    return given.dropFirst().reduce(given.first) { $0?.logicalAnd($1) }
  }

  /// The queries' and the keys' positions, `[queries, keys]`.
  private static func positions(_ queries: Int, _ keys: Int, _ context: CallContext) -> (Tensor, Tensor) {
    let type = TensorType(.int32, [queries, keys])
    func count(_ axis: Int) -> Tensor { Tensor(.traced(context.trace, context.trace.builder.iota(type, axis: axis))) }
    return (count(0), count(1))
  }
}
