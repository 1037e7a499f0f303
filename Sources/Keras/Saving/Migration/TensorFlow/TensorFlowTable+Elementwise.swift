import Graph
import ModelFiles

extension TensorFlowTable {
  mutating func addElementwise() {
    addBinary("math.add __operators__.add") { $0 + $1 }
    addBinary("math.subtract") { $0 - $1 }
    addBinary("math.multiply") { $0 * $1 }
    addBinary("math.divide math.truediv div math.xdivy") { $0 / $1 }
    addBinary("math.pow") { $0.power($1) }
    addBinary("math.maximum") { $0.maximum($1) }
    addBinary("math.minimum") { $0.minimum($1) }
    addBinary("math.floordiv floor_div") { $0.floorDivide($1) }
    addBinary("math.floormod math.mod") { $0.mod($1) }
    addBinary("truncatemod") { $0.fmod($1) }
    addBinary("math.divide_no_nan") { $0.divideNoNaN($1) }
    addBinary("math.multiply_no_nan") { `where`($1.equal(0), $0.zerosLike(), $0 * $1) }
    addBinary("math.squared_difference") { ($0 - $1).square() }
    addBinary("math.xlogy") { x, y in `where`(x.equal(0), x.zerosLike(), x * y.log()) }
    addBinary("math.xlog1py") { x, y in `where`(x.equal(0), x.zerosLike(), x * y.log1p()) }
    add("math.atan2", ["y", "x"]) { call in
      let (y, x) = try call.pair("y", "x")
      return y.arctan2(x)
    }
    add("math.scalar_mul scalar_mul", ["scalar", "x"]) { call in
      let (a, b) = try call.pair("scalar", "x")
      return a * b
    }
    add("math.add_n math.accumulate_n", ["inputs"]) { call in
      let parts = try call.tensors("inputs")
      guard let first = parts.first else { throw call.error("inputs", "is empty") }
      return parts.dropFirst().reduce(first, +)
    }
    let unary: [(String, @Sendable (Tensor) -> Tensor)] = [
      ("math.exp", { $0.exp() }), ("math.expm1", { $0.expm1() }), ("math.log", { $0.log() }),
      ("math.log1p", { $0.log1p() }), ("math.sqrt", { $0.sqrt() }), ("math.rsqrt", { $0.rsqrt() }),
      ("math.square", { $0.square() }), ("math.abs", { $0.absolute() }), ("math.negative", { -$0 }),
      ("math.sign", { $0.sign() }), ("math.floor", { $0.floor() }), ("math.ceil", { $0.ceil() }),
      ("math.round round math.rint", { $0.round() }), ("math.sin", { $0.sin() }), ("math.cos", { $0.cos() }),
      ("math.tan", { $0.tan() }), ("math.sinh", { $0.sinh() }), ("math.cosh", { $0.cosh() }),
      ("math.asin", { $0.arcsin() }), ("math.acos", { $0.arccos() }), ("math.atan", { $0.arctan() }),
      ("math.asinh", { $0.arcsinh() }), ("math.acosh", { $0.arccosh() }), ("math.atanh", { $0.arctanh() }),
      ("math.erf", { $0.erf() }), ("math.erfc", { $0.erfc() }), ("math.erfinv", { $0.erfinv() }),
      ("math.reciprocal", { $0.reciprocal() }), ("math.reciprocal_no_nan", { $0.onesLike().divideNoNaN($0) }),
      ("math.real", { $0.real() }), ("math.is_nan debugging.is_nan", { $0.isNaN() }),
      ("math.is_inf", { $0.isInfinite() }), ("math.is_finite", { $0.isFinite() }),
      ("math.ndtri", { ($0 * 2 - 1).erfinv() * 2.0.squareRoot() }),
      ("math.i0 math.bessel_i0", { $0.i0() }), ("identity", { $0.copied() }), ("stop_gradient", { $0.stopGradient() }),
    ]
    for (names, body) in unary {
      add(names) { body(try $0.tensor($0.arguments.keyword["input"] == nil ? "x" : "input")) }
    }
    add("clip_by_value", ["t", "clip_value_min", "clip_value_max"]) { call in
      let x = try call.tensor("t")
      return x.maximum(try call.tensor("clip_value_min", like: x)).minimum(try call.tensor("clip_value_max", like: x))
    }
    add("clip_by_norm", ["t", "clip_norm", "axes"]) { call in
      let (x, limit) = (try call.tensor("t"), try call.double("clip_norm"))
      let norm = x.square().sum(axis: try call.optionalInts("axes"), keepDims: true).sqrt()
      return x * limit / norm.maximum(limit)
    }
    add("cast", ["x", "dtype"]) { try $0.tensor("x").asType($0.requiredType()) }
    add("dtypes.saturate_cast saturate_cast", ["value", "dtype"]) {
      try $0.tensor("value").saturateCast($0.requiredType())
    }
    add("zeros_like", ["input", "dtype"]) { try $0.likeness().zerosLike(dtype: $0.type()) }
    add("ones_like", ["input", "dtype"]) { try $0.likeness().onesLike(dtype: $0.type()) }
    add("where", ["condition", "x", "y"]) { call in
      guard call.argument("x") != nil else {
        throw call.error("x", "is missing; the number of places where a condition holds depends on the data")
      }
      let (x, y) = try call.pair()
      return `where`(try call.tensor("condition"), x, y)
    }
  }

  mutating func addComparisons() {
    addBinary("math.equal") { $0.equal($1) }
    addBinary("math.not_equal") { $0.notEqual($1) }
    addBinary("math.less") { $0.less($1) }
    addBinary("math.less_equal") { $0.lessEqual($1) }
    addBinary("math.greater") { $0.greater($1) }
    addBinary("math.greater_equal") { $0.greaterEqual($1) }
    addBinary("math.logical_and") { $0.logicalAnd($1) }
    addBinary("math.logical_or") { $0.logicalOr($1) }
    addBinary("math.logical_xor") { $0.logicalXor($1) }
    add("math.logical_not") { try $0.tensor("x").logicalNot() }
    addBinary("bitwise.bitwise_and") { $0.bitwiseAnd($1) }
    addBinary("bitwise.bitwise_or") { $0.bitwiseOr($1) }
    addBinary("bitwise.bitwise_xor") { $0.bitwiseXor($1) }
    addBinary("bitwise.left_shift") { $0.leftShift($1) }
    addBinary("bitwise.right_shift") { $0.rightShift($1) }
    add("bitwise.invert") { try $0.tensor("x").bitwiseNot() }
  }

  private mutating func addBinary(_ names: String, _ body: @escaping @Sendable (Tensor, Tensor) -> Tensor) {
    add(names, ["x", "y"]) { call in
      let (a, b) = try call.pair()
      return body(a, b)
    }
  }
}

extension OperationCall {
  /// What `zeros_like` and its kin take, under the names of TensorFlow 1 and 2.
  fileprivate func likeness() throws -> Tensor { try tensor(arguments.keyword["tensor"] == nil ? "input" : "tensor") }
}
