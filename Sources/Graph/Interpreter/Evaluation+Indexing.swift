extension Evaluation {
  func gather(_ axis: Int) -> DenseTensor {
    let (x, indices) = (inputs[0], clampedIndices(axis))
    let places = gatherCoordinates(axis).map { before, position, after -> Int? in
      x.shape.place(before + [indices[position]] + after)
    }
    return x.taking(places, as: types[0].shape)
  }

  func gatherAlong(_ axis: Int) -> DenseTensor {
    let (x, indices) = (inputs[0], clampedIndices(axis))
    let places = inputs[1].shape.coordinates.enumerated().map { position, coordinate -> Int? in
      var source = coordinate
      source[axis] = indices[position]
      return x.shape.place(source)
    }
    return x.taking(places, as: types[0].shape)
  }

  func scatterAdd(_ axis: Int) -> DenseTensor {
    let (shape, indices) = (inputs[0].shape, inputs[1].integers)
    let places = gatherCoordinates(axis).map { before, position, after -> Int? in
      guard let index = Int(exactly: indices[position]), (0..<shape[axis]).contains(index) else { return nil }
      return shape.place(before + [index] + after)
    }
    return adding(at: places)
  }

  func scatterAddAlong(_ axis: Int) -> DenseTensor {
    let (shape, indices) = (inputs[0].shape, inputs[1].integers)
    let places = inputs[1].shape.coordinates.enumerated().map { position, coordinate -> Int? in
      guard let index = Int(exactly: indices[position]), (0..<shape[axis]).contains(index) else { return nil }
      var target = coordinate
      target[axis] = index
      return shape.place(target)
    }
    return adding(at: places)
  }

  /// For each element that `gather` gives, the operand's coordinate before the axis, the place of the index, and the
  /// coordinate after the axis.
  private func gatherCoordinates(_ axis: Int) -> [(before: ArraySlice<Int>, position: Int, after: ArraySlice<Int>)] {
    let (x, indices) = (inputs[0].shape, inputs[1].shape)
    let shape = Shape(x.dimensions[..<axis] + indices.dimensions + x.dimensions[(axis + 1)...])
    return shape.coordinates.map { coordinate in
      let end = axis + indices.rank
      return (coordinate[..<axis], indices.place(coordinate[axis..<end]), coordinate[end...])
    }
  }

  private func clampedIndices(_ axis: Int) -> [Int] {
    let last = Int64(inputs[0].shape[axis] - 1)
    return inputs[1].integers.map { Int(Swift.min(Swift.max($0, 0), last)) }
  }

  /// The first operand with the third's elements added at these places, in their order.
  private func adding(at places: [Int?]) -> DenseTensor {
    if types[0].dtype.isFloatingPoint {
      var sum = inputs[0].floats
      for (place, update) in zip(places, inputs[2].floats) { if let place { sum[place] += update } }
      return DenseTensor(types[0], sum)
    }
    var sum = inputs[0].integers
    for (place, update) in zip(places, inputs[2].integers) { if let place { sum[place] = sum[place] &+ update } }
    return DenseTensor(types[0], sum)
  }
}
