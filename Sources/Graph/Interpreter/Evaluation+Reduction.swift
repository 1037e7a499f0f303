extension Evaluation {
  func reduce(_ reduction: Reduction, _ axes: [Int]) -> DenseTensor {
    let (x, result) = (inputs[0], types[0])
    let kept = (0..<x.shape.rank).filter { !axes.contains($0) }
    let targets = x.shape.coordinates.map { coordinate in result.shape.place(kept.map { coordinate[$0] }) }
    let count = result.shape.elementCount
    if x.dtype.isFloatingPoint {
      var values = [Double](repeating: reduction.floatIdentity, count: count)
      for (value, target) in zip(x.floats, targets) { values[target] = reduction.combine(values[target], value) }
      return DenseTensor(result, values)
    }
    var values = [Int64](repeating: reduction.identity(x.dtype), count: count)
    for (value, target) in zip(x.integers, targets) {
      values[target] = x.dtype.wrapped(reduction.combine(values[target], value, x.dtype))
    }
    return DenseTensor(result, values)
  }

  func cumulative(_ reduction: Reduction, _ axis: Int, _ reverse: Bool) -> DenseTensor {
    let x = inputs[0]
    let (starts, step) = x.shape.lines(along: axis)
    let positions = Array(0..<x.shape[axis])
    func run<T>(_ values: [T], _ combine: (T, T) -> T) -> [T] {
      var values = values
      for start in starts {
        let line = (reverse ? positions.reversed() : positions).map { start + $0 * step }
        for (previous, place) in zip(line, line.dropFirst()) {
          values[place] = combine(values[previous], values[place])
        }
      }
      return values
    }
    switch x.elements {
    case .floats(let values): return DenseTensor(types[0], run(values) { reduction.combine($0, $1) })
    case .integers(let values):
      return DenseTensor(types[0], run(values) { x.dtype.wrapped(reduction.combine($0, $1, x.dtype)) })
    }
  }

  func argReduce(_ reduction: ArgReduction, _ axis: Int) -> DenseTensor {
    let x = inputs[0]
    let (starts, step) = x.shape.lines(along: axis)
    func first(_ better: (Int, Int) -> Bool) -> [Int64] {
      starts.map { start in
        var best = 0
        for position in 1..<Swift.max(x.shape[axis], 1) where better(start + position * step, start + best * step) {
          best = position
        }
        return Int64(best)
      }
    }
    switch x.elements {
    case .floats(let values):
      return DenseTensor(
        types[0],
        first { candidate, best in
          let (a, b) = (values[candidate], values[best])
          return !b.isNaN && (a.isNaN || (reduction == .maximum ? a > b : a < b))
        })
    case .integers(let values):
      return DenseTensor(
        types[0],
        first { candidate, best in
          reduction == .maximum
            ? x.dtype.isLess(values[best], values[candidate]) : x.dtype.isLess(values[candidate], values[best])
        })
    }
  }

  func sort(_ axis: Int, _ descending: Bool) -> [DenseTensor] {
    let x = inputs[0]
    let (starts, step) = x.shape.lines(along: axis)
    let precedes: (Int, Int) -> Bool
    switch x.elements {
    case .floats(let values):
      precedes = {
        let (a, b) = (values[$0], values[$1])
        return a.isNaN || b.isNaN ? !a.isNaN && b.isNaN : descending ? a > b : a < b
      }
    case .integers(let values):
      precedes = {
        descending ? x.dtype.isLess(values[$1], values[$0]) : x.dtype.isLess(values[$0], values[$1])
      }
    }
    var places = [Int?](repeating: nil, count: x.count)
    var indices = [Int64](repeating: 0, count: x.count)
    for start in starts {
      let order = (0..<x.shape[axis]).sorted { a, b in
        let (first, second) = (start + a * step, start + b * step)
        return precedes(first, second) || (!precedes(second, first) && a < b)
      }
      for (position, source) in order.enumerated() {
        places[start + position * step] = start + source * step
        indices[start + position * step] = Int64(source)
      }
    }
    return [x.taking(places, as: x.shape), DenseTensor(types[1], indices)]
  }
}

extension Reduction {
  fileprivate var floatIdentity: Double {
    switch self {
    case .sum, .any: 0
    case .product, .all: 1
    case .maximum: -.infinity
    case .minimum: .infinity
    }
  }

  fileprivate func identity(_ dtype: DType) -> Int64 {
    switch self {
    case .sum, .any: 0
    case .product, .all: 1
    case .maximum: dtype.integerRange.lowest
    case .minimum: dtype.integerRange.highest
    }
  }

  fileprivate func combine(_ a: Double, _ b: Double) -> Double { binaryOp.apply(a, b, .float64) }
  fileprivate func combine(_ a: Int64, _ b: Int64, _ dtype: DType) -> Int64 { binaryOp.apply(a, b, dtype) }

  private var binaryOp: BinaryOp {
    switch self {
    case .sum: .add
    case .product: .multiply
    case .maximum: .maximum
    case .minimum: .minimum
    case .all: .and
    case .any: .or
    }
  }
}
