/// A value of a graph under construction. Operators and methods record nodes; none of them throws or traps: the
/// builder keeps the first error and `GraphBuilder.finish` throws it.
public struct Expression: Sendable {
  public let builder: GraphBuilder
  /// `nil` for a placeholder that follows an error.
  public let value: Value?

  init(builder: GraphBuilder, value: Value?) {
    self.builder = builder
    self.value = value
  }

  public var type: TensorType { value.map(builder.type(of:)) ?? TensorType(.float32, .scalar) }
  public var shape: Shape { type.shape }
  public var dtype: DType { type.dtype }
  public var rank: Int { shape.rank }

  /// Adds a node with one result.
  func apply(_ op: Op, _ others: Expression...) -> Expression { builder.add(op, [self] + others)[0] }

  /// Records that the call makes no sense and gives a placeholder.
  public func failed(_ operation: String, _ message: String) -> Expression {
    builder.fail(GraphError(operation, message))
    return Expression(builder: builder, value: nil)
  }

  /// A constant of this graph.
  public func constant(_ value: Double, _ dtype: DType? = nil) -> Expression {
    builder.constant(value, dtype ?? self.dtype)
  }
}

extension GraphBuilder {
  public func constant(_ literal: Literal) -> Expression { add(.constant(literal), [])[0] }

  /// A scalar.
  public func constant(_ value: Double, _ dtype: DType) -> Expression { constant(Literal(value, dtype)) }

  /// A scalar repeated to a shape.
  public func full(_ value: Double, _ type: TensorType) -> Expression {
    constant(value, type.dtype).broadcast(to: type.shape)
  }

  /// A list of numbers as a vector.
  public func vector(_ values: [Double], _ dtype: DType) -> Expression {
    guard let literal = Literal(TensorType(dtype, [values.count]), bytes: values.flatMap(dtype.encode)) else {
      return Expression(builder: self, value: nil)
    }
    return constant(literal)
  }

  public func iota(_ type: TensorType, axis: Int) -> Expression { add(.iota(type, axis: axis), [])[0] }
}
