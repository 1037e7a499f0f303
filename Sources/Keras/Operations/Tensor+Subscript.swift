import Graph
import ModelFiles

extension Tensor {
  /// The elements that the indices select, as in NumPy.
  ///
  /// ```swift
  /// x[0]                      // the first sample
  /// x[.all, .range(1, 3)]     // places 1 and 2 of the second axis
  /// x[.ellipsis, .range(nil, nil, step: -1)]  // the last axis backwards
  /// ```
  public subscript(indices: TensorIndex...) -> Tensor { item(indices) }

  func item(_ indices: [TensorIndex]) -> Tensor {
    // Alone Keras takes nothing but a number.
    var key = JSONValue.array(indices.map(\.serialized))
    if indices.count == 1, case .at(let place) = indices[0] { key = JSONValue(place) }
    return Operation(className: "GetItem", arguments: [.tensor(self), .value(key)]).apply { [$0[0].item(indices)] }[0]
  }

  /// The part `range` of one axis.
  public func slice(axis: Int, _ range: Range<Int>, step: Int = 1) -> Tensor {
    let index = axis < 0 ? axis + rank : axis
    guard (0..<rank).contains(index) else {
      return rejected("GetItem", "axis \(axis) does not exist in shape \(describe(partialShape))")
    }
    let part = TensorIndex.range(range.lowerBound, range.upperBound, step: step == 1 ? nil : step)
    return item([TensorIndex](repeating: .all, count: index) + [part])
  }
}

extension Expression {
  fileprivate func item(_ indices: [TensorIndex]) -> Expression {
    let consuming = indices.count { $0 != .ellipsis && $0 != .newAxis }
    guard consuming <= rank, indices.count(where: { $0 == .ellipsis }) <= 1 else {
      return failed("GetItem", "\(indices.count) indices do not fit shape \(shape)")
    }
    var result = self
    var extents: [Int] = []
    var axis = 0
    for index in indices + (indices.contains(.ellipsis) ? [] : [.ellipsis]) {
      switch index {
      case .newAxis: extents.append(1)
      case .ellipsis:
        for _ in consuming..<rank {
          extents.append(shape[axis])
          axis += 1
        }
      case .at(let place):
        let extent = shape[axis]
        let position = place < 0 ? place + extent : place
        guard (0..<extent).contains(position) else {
          return failed("GetItem", "place \(place) does not exist along axis \(axis) of shape \(shape)")
        }
        result = result.slice(axis: axis, position..<(position + 1))
        axis += 1
      case .slice(let start, let stop, let step):
        guard step != 0 else { return failed("GetItem", "the step of a slice must not be 0") }
        result = result.slice(axis: axis, start: start, stop: stop, step: step ?? 1)
        extents.append(result.shape[axis])
        axis += 1
      }
    }
    return result.reshape(Shape(extents))
  }

  /// Python's slice of one axis.
  private func slice(axis: Int, start: Int?, stop: Int?, step: Int) -> Expression {
    let extent = shape[axis]
    // No larger step selects anything else.
    let stride = Swift.min(Swift.max(step, -Swift.max(extent, 1)), Swift.max(extent, 1))
    func place(_ bound: Int?, _ fallback: Int, _ range: ClosedRange<Int>) -> Int {
      guard let bound else { return fallback }
      let position = bound < 0 ? Swift.max(bound, -extent - 1) + extent : bound
      return Swift.min(Swift.max(position, range.lowerBound), range.upperBound)
    }
    if stride > 0 {
      let first = place(start, 0, 0...extent)
      return slice(axis: axis, first..<Swift.max(place(stop, extent, 0...extent), first), stride: stride)
    }
    let first = place(start, extent - 1, -1...(extent - 1))
    let end = place(stop, -1, -1...(extent - 1))
    let count = Swift.max((first - end - stride - 1) / -stride, 0)
    guard count > 0 else { return slice(axis: axis, 0..<0) }
    let last = first + (count - 1) * stride
    return slice(axis: axis, last..<(first + 1), stride: -stride).reverse(axes: [axis])
  }
}
