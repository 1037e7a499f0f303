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

  /// Without all axes of extent 1.
  public func squeeze() -> Tensor {
    unary("Squeeze", ["axis": nil]) { $0.reshape(Shape($0.shape.dimensions.filter { $0 != 1 })) }
  }

  public func squeeze(_ axis: Int) -> Tensor {
    unary("Squeeze", ["axis": JSONValue(axis)]) { $0.squeeze(axis) }
  }

  public func broadcast(to shape: [Int]) -> Tensor {
    unary("BroadcastTo", ["shape": JSONValue(shape)]) { $0.broadcast(to: Shape(shape)) }
  }

  public func flip(_ axes: [Int]) -> Tensor { unary("Flip", ["axis": JSONValue(axes)]) { $0.reverse(axes: axes) } }
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
