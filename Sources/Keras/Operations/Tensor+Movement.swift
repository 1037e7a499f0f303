import Graph
import ModelFiles

// Shapes and positions. Negative axes count from the end.

extension Tensor {
  /// The same elements under another shape; one extent may be -1.
  public func reshape(_ shape: [Int]) -> Tensor {
    unary("Reshape", ["newshape": JSONValue(shape)]) { x in
      x.reshape(resolved(shape, elementCount: x.shape.elementCount))
    }
  }

  public func transpose(_ axes: [Int]? = nil) -> Tensor {
    unary("Transpose", ["axes": JSONValue(axes)]) { x in
      x.transpose(axes ?? Array((0..<x.rank).reversed()))
    }
  }

  public func expandDims(_ axis: Int) -> Tensor {
    unary("ExpandDims", ["axis": JSONValue(axis)]) { $0.expandDimension(axis) }
  }

  public func squeeze(_ axis: Int) -> Tensor {
    unary("Squeeze", ["axis": JSONValue(axis)]) { $0.squeeze(axis) }
  }

  public func broadcast(to shape: [Int]) -> Tensor {
    unary("BroadcastTo", ["shape": JSONValue(shape)]) { $0.broadcast(to: Shape(shape)) }
  }

  public func flip(_ axes: [Int]) -> Tensor { unary("Flip", ["axis": JSONValue(axes)]) { $0.reverse(axes: axes) } }

  /// The part `range` of one axis.
  public func slice(axis: Int, _ range: Range<Int>, step: Int = 1) -> Tensor {
    unary(
      "GetItem",
      [
        "axis": JSONValue(axis), "start": JSONValue(range.lowerBound), "stop": JSONValue(range.upperBound),
        "step": JSONValue(step),
      ]
    ) {
      $0.slice(axis: axis, range, stride: step)
    }
  }

  /// The elements at `indices` along an axis; the index's axes take its place.
  public func take(_ indices: Tensor, axis: Int = 0) -> Tensor {
    operation("Take", ["axis": JSONValue(axis)], with: [.tensor(indices)]) { operands in
      let indices = operands[1].dtype == .int64 ? operands[1] : operands[1].converted(to: .int32)
      return operands[0].gather(indices, axis: axis)
    }
  }

  /// 1 at the index, 0 elsewhere, along a new last axis.
  public func oneHot(_ classCount: Int, dtype: DType = .float32) -> Tensor {
    unary("OneHot", ["num_classes": JSONValue(classCount), "axis": -1, "dtype": .string(dtype.rawValue)]) {
      ($0.dtype.isInteger ? $0 : $0.converted(to: .int32)).oneHot(classCount, dtype)
    }
  }

  /// Adds `value` around: `widths[i]` elements before and after axis `i`.
  public func pad(_ widths: [(Int, Int)], value: Double = 0) -> Tensor {
    let config: Config = [
      "pad_width": .array(widths.map { .array([JSONValue($0.0), JSONValue($0.1)]) }), "mode": "constant",
      "constant_values": .number(value),
    ]
    return unary("Pad", config) { $0.pad(low: widths.map(\.0), high: widths.map(\.1), value: value) }
  }

  /// The product of matrices (the last two axes), vectors as in NumPy; leading axes broadcast.
  public func matmul(_ other: Tensor) -> Tensor { binary("Matmul", other) { $0.matmul($1) } }
}

/// Joins tensors along an axis.
public func concatenate(_ tensors: [Tensor], axis: Int = -1) -> Tensor {
  Operation(
    className: "Concatenate", config: ["axis": JSONValue(axis)], arguments: [.list(tensors.map(Argument.tensor))]
  )
  .apply { parts in
    guard let first = parts.first else { return [] }
    let dtype = parts.reduce(first.dtype) { $0.promoted(with: $1.dtype) }
    return [first.builder.concatenate(parts.map { $0.converted(to: dtype) }, axis: axis)]
  }.first ?? Tensor(failure: KerasError(.invalidArgument, "concatenate", "takes at least one tensor"))
}

/// A target shape with its -1 replaced by what the elements leave.
func resolved(_ shape: [Int], elementCount: Int) -> Shape {
  guard let open = shape.firstIndex(of: -1) else { return Shape(shape) }
  let known = shape.enumerated().reduce(1) { $1.offset == open ? $0 : $0 &* $1.element }
  var result = shape
  result[open] = known > 0 && elementCount % known == 0 ? elementCount / known : -1
  return Shape(result)
}
