import Graph
import ModelFiles

// Functions of single elements.

extension Tensor {
  private func floating(_ className: String, _ op: UnaryOp) -> Tensor { unary(className) { $0.floating.unary(op) } }

  /// The same values in another element type.
  public func asType(_ dtype: DType) -> Tensor {
    dtype == self.dtype ? self : unary("Cast", ["dtype": .string(dtype.rawValue)]) { $0.converted(to: dtype) }
  }

  public func absolute() -> Tensor { unary("Absolute") { $0.dtype == .bool ? $0 : $0.absolute() } }
  public func sign() -> Tensor { unary("Sign") { $0.unary(.sign) } }
  public func square() -> Tensor { unary("Square") { $0.dtype == .bool ? $0.converted(to: .int32) : $0.square() } }
  public func exp() -> Tensor { floating("Exp", .exp) }
  public func expm1() -> Tensor { floating("Expm1", .expMinusOne) }
  public func log() -> Tensor { floating("Log", .log) }
  public func log1p() -> Tensor { floating("Log1p", .logPlusOne) }
  public func sqrt() -> Tensor { floating("Sqrt", .squareRoot) }
  public func rsqrt() -> Tensor { floating("Rsqrt", .inverseSquareRoot) }
  public func reciprocal() -> Tensor { floating("Reciprocal", .reciprocal) }
  public func sin() -> Tensor { floating("Sin", .sine) }
  public func cos() -> Tensor { floating("Cos", .cosine) }
  public func tan() -> Tensor { floating("Tan", .tangent) }
  public func tanh() -> Tensor { floating("Tanh", .tanh) }
  public func erf() -> Tensor { floating("Erf", .errorFunction) }
  public func floor() -> Tensor { floating("Floor", .floor) }
  public func ceil() -> Tensor { floating("Ceil", .ceiling) }
  public func sigmoid() -> Tensor { floating("Sigmoid", .sigmoid) }
  public func relu() -> Tensor { unary("Relu") { $0.relu() } }

  /// Values below `low` become `low`, above `high` `high`.
  public func clip(_ low: Double, _ high: Double) -> Tensor {
    unary("Clip", ["x_min": .number(low), "x_max": .number(high)]) {
      $0.maximum($0.constant(low)).minimum($0.constant(high))
    }
  }

  /// The same values; no gradient flows through.
  public func stopGradient() -> Tensor { unary("StopGradient") { $0.stopGradient() } }

  /// exp(x) / Σ exp(x) along an axis.
  public func softmax(axis: Int = -1) -> Tensor { unary("Softmax", ["axis": JSONValue(axis)]) { $0.floating.softmax(axis: axis) } }

  public func logSoftmax(axis: Int = -1) -> Tensor {
    unary("LogSoftmax", ["axis": JSONValue(axis)]) { $0.floating.logSoftmax(axis: axis) }
  }
}

/// Where `condition` holds `x`, elsewhere `y`; shapes broadcast.
public func `where`(_ condition: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor {
  condition.operation("Where", with: [.tensor(x), .tensor(y)]) { operands in
    let (a, b) = promoted(operands[1], operands[2])
    return operands[0].converted(to: .bool).select(a, b)
  }
}
