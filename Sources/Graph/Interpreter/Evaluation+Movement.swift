extension Evaluation {
  /// The operations that only put elements elsewhere: each says where an element of the result comes from.
  func movement() -> DenseTensor {
    let x = inputs[0]
    switch op {
    case .broadcast(let shape, let axes):
      return collect(shape) { coordinate in
        axes.indices.map { x.shape[$0] == 1 ? 0 : coordinate[axes[$0]] }
      }
    case .transpose(let permutation):
      return collect(types[0].shape) { coordinate in
        var source = coordinate
        for (axis, from) in permutation.enumerated() { source[from] = coordinate[axis] }
        return source
      }
    case .reverse(let axes):
      return collect(x.shape) { coordinate in
        coordinate.indices.map { axes.contains($0) ? x.shape[$0] - 1 - coordinate[$0] : coordinate[$0] }
      }
    case .slice(let slicing):
      return collect(types[0].shape) { coordinate in
        coordinate.indices.map { slicing.starts[$0] + coordinate[$0] * slicing.strides[$0] }
      }
    case .pad(let padding):
      return collect(types[0].shape, padding: inputs[1]) { coordinate in
        var source = coordinate
        for axis in coordinate.indices {
          let (position, step) = (coordinate[axis] - padding.low[axis], padding.interior[axis] + 1)
          guard position >= 0, position % step == 0, position / step < x.shape[axis] else { return nil }
          source[axis] = position / step
        }
        return source
      }
    case .concatenate(let axis):
      return concatenate(axis)
    case .dynamicSlice(let sizes):
      let starts = clampedStarts(inputs[1], sizes: Shape(sizes))
      return collect(Shape(sizes)) { coordinate in zip(starts, coordinate).map { $0 + $1 } }
    default:  // dynamicUpdateSlice
      let update = inputs[1]
      let starts = clampedStarts(inputs[2], sizes: update.shape)
      var places = Array(0..<x.count)
      for (place, coordinate) in update.shape.coordinates.enumerated() {
        places[x.shape.place(zip(starts, coordinate).map { $0 + $1 })] = x.count + place
      }
      let both = DenseTensor.concatenated([x, update], type: TensorType(x.dtype, [x.count + update.count]))
      return both.taking(places, as: x.shape)
    }
  }

  /// The result whose element at a coordinate is the first operand's at `source` of it, or padding.
  private func collect(_ shape: Shape, padding: DenseTensor? = nil, from source: ([Int]) -> [Int]?) -> DenseTensor {
    let places = shape.coordinates.map { coordinate in source(coordinate).map { inputs[0].shape.place($0) } }
    return inputs[0].taking(places, as: shape, padding: padding)
  }

  private func concatenate(_ axis: Int) -> DenseTensor {
    let all = DenseTensor.concatenated(
      inputs, type: TensorType(types[0].dtype, [inputs.reduce(0) { $0 + $1.count }]))
    let sources = inputs.map { ($0.shape, $0.count) }
    let places = types[0].shape.coordinates.map { coordinate -> Int? in
      var (rest, first) = (coordinate, 0)
      for (shape, count) in sources {
        if rest[axis] < shape[axis] { return first + shape.place(rest) }
        rest[axis] -= shape[axis]
        first += count
      }
      return nil
    }
    return all.taking(places, as: types[0].shape)
  }

  private func clampedStarts(_ starts: DenseTensor, sizes: Shape) -> [Int] {
    let extents = inputs[0].shape
    return starts.integers.enumerated().map { axis, start in
      Int(Swift.min(Swift.max(start, 0), Int64(extents[axis] - sizes[axis])))
    }
  }
}
