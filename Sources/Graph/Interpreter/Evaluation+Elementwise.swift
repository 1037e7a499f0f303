extension Evaluation {
  func unary(_ op: UnaryOp) -> DenseTensor {
    let x = inputs[0]
    switch x.elements {
    case .floats(let values):
      if op.isPredicate { return DenseTensor(types[0], values.map { op.holds($0) ? 1 : 0 as Int64 }) }
      return DenseTensor(types[0], values.map { op.apply($0) })
    case .integers(let values): return DenseTensor(types[0], values.map { op.apply($0, x.dtype) })
    }
  }

  func binary(_ op: BinaryOp) -> DenseTensor {
    let (x, y) = (inputs[0], inputs[1])
    if x.dtype.isFloatingPoint {
      return DenseTensor(types[0], zip(x.floats, y.floats).map { op.apply($0, $1, x.dtype) })
    }
    return DenseTensor(types[0], zip(x.integers, y.integers).map { op.apply($0, $1, x.dtype) })
  }

  func compare(_ comparison: Comparison) -> DenseTensor {
    let (x, y) = (inputs[0], inputs[1])
    let results: [Bool]
    if x.dtype.isFloatingPoint {
      results = zip(x.floats, y.floats).map { comparison.holds($0 < $1, $0 == $1, $0 > $1) }
    } else {
      results = zip(x.integers, y.integers).map {
        comparison.holds(x.dtype.isLess($0, $1), $0 == $1, x.dtype.isLess($1, $0))
      }
    }
    return DenseTensor(types[0], results.map { $0 ? 1 : 0 as Int64 })
  }

  func select() -> DenseTensor {
    let condition = inputs[0].integers
    let both = DenseTensor.concatenated(
      [inputs[1], inputs[2]], type: TensorType(types[0].dtype, [2 * condition.count]))
    return both.taking(
      condition.indices.map { condition[$0] != 0 ? $0 : $0 + condition.count }, as: types[0].shape)
  }

  func convert(to dtype: DType) -> DenseTensor {
    let x = inputs[0]
    if dtype.isFloatingPoint {
      // Straight to the type: 64-bit integers would be rounded twice on their way through `Double`.
      if dtype == .float32, x.dtype.isInteger {
        return DenseTensor(
          types[0],
          x.integers.map { Double(x.dtype == .uint64 ? Float(UInt64(bitPattern: $0)) : Float($0)) })
      }
      return DenseTensor(types[0], x.floats)
    }
    return x.dtype.isFloatingPoint
      ? DenseTensor(types[0], x.floats.map(dtype.saturated)) : DenseTensor(types[0], x.integers)
  }
}

extension Comparison {
  fileprivate func holds(_ less: Bool, _ equal: Bool, _ greater: Bool) -> Bool {
    switch self {
    case .equal: equal
    case .notEqual: !equal
    case .less: less
    case .lessOrEqual: less || equal
    case .greater: greater
    case .greaterOrEqual: greater || equal
    }
  }
}
