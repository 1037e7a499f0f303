extension Evaluation {
  func dot(_ dimensions: DotDimensions) -> DenseTensor {
    let (left, right) = (inputs[0], inputs[1])
    let leftBatch = left.shape.offsets(along: dimensions.leftBatch)
    let rightBatch = right.shape.offsets(along: dimensions.rightBatch)
    let rows = left.shape.offsets(along: dimensions.leftFree(rank: left.shape.rank))
    let columns = right.shape.offsets(along: dimensions.rightFree(rank: right.shape.rank))
    let terms = Array(
      zip(
        left.shape.offsets(along: dimensions.leftContracting),
        right.shape.offsets(along: dimensions.rightContracting)))

    func products<T>(_ a: [T], _ b: [T], _ zero: T, _ add: (inout T, T, T) -> Void) -> [T] {
      var result: [T] = []
      result.reserveCapacity(types[0].shape.elementCount)
      for (i, j) in zip(leftBatch, rightBatch) {
        for row in rows {
          for column in columns {
            var sum = zero
            for (l, r) in terms { add(&sum, a[i + row + l], b[j + column + r]) }
            result.append(sum)
          }
        }
      }
      return result
    }
    if types[0].dtype.isFloatingPoint {
      return DenseTensor(types[0], products(left.floats, right.floats, 0) { $0 += $1 * $2 })
    }
    if types[0].dtype == .bool {
      return DenseTensor(types[0], products(left.integers, right.integers, 0) { $0 |= $1 & $2 })
    }
    return DenseTensor(types[0], products(left.integers, right.integers, 0) { $0 = $0 &+ $1 &* $2 })
  }
}

extension Shape {
  /// The places, row-major over these axes in this order, of the elements whose other coordinates are 0.
  func offsets(along axes: [Int]) -> [Int] {
    let strides = self.strides
    return Shape(axes.map { self[$0] }).coordinates.map { coordinate in
      zip(coordinate, axes).reduce(0) { $0 + $1.0 * strides[$1.1] }
    }
  }
}
