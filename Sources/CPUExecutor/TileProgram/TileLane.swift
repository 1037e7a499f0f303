import CKernels
import Graph

/// What a tile register's elements are computed in.
enum TileLane: UInt8 {
  case f32, i32, u32, f64, i64, u64

  init(_ dtype: DType) {
    switch dtype {
    case .float16, .bfloat16, .float32: self = .f32
    case .float64: self = .f64
    case .bool, .int8, .int16, .int32: self = .i32
    case .uint8, .uint16, .uint32: self = .u32
    case .int64: self = .i64
    case .uint64: self = .u64
    }
  }

  var byteCount: Int { rawValue >= TileLane.f64.rawValue ? 8 : 4 }
}

extension DType {
  /// The kernels' name of the element type.
  var element: Int32 {
    switch self {
    case .bool: Int32(CK_BOOL.rawValue)
    case .int8: Int32(CK_INT8.rawValue)
    case .int16: Int32(CK_INT16.rawValue)
    case .int32: Int32(CK_INT32.rawValue)
    case .int64: Int32(CK_INT64.rawValue)
    case .uint8: Int32(CK_UINT8.rawValue)
    case .uint16: Int32(CK_UINT16.rawValue)
    case .uint32: Int32(CK_UINT32.rawValue)
    case .uint64: Int32(CK_UINT64.rawValue)
    case .float16: Int32(CK_FLOAT16.rawValue)
    case .bfloat16: Int32(CK_BFLOAT16.rawValue)
    case .float32: Int32(CK_FLOAT32.rawValue)
    case .float64: Int32(CK_FLOAT64.rawValue)
    }
  }

  /// Whether a register can lie in memory of this type as it is.
  var isLane: Bool { byteCount >= 4 }
}

extension UnaryOp {
  func opcode(_ dtype: DType) -> ck_opcode {
    switch self {
    case .negate: CK_NEGATE
    case .absolute: CK_ABSOLUTE
    case .sign: CK_SIGN
    case .exp: CK_EXP
    case .expMinusOne: CK_EXPM1
    case .log: CK_LOG
    case .logPlusOne: CK_LOG1P
    case .squareRoot: CK_SQRT
    case .inverseSquareRoot: CK_RSQRT
    case .reciprocal: CK_RECIPROCAL
    case .square: CK_SQUARE
    case .sine: CK_SINE
    case .cosine: CK_COSINE
    case .tangent: CK_TANGENT
    case .arcSine: CK_ARCSINE
    case .arcCosine: CK_ARCCOSINE
    case .arcTangent: CK_ARCTANGENT
    case .hyperbolicSine: CK_SINH
    case .hyperbolicCosine: CK_COSH
    case .tanh: CK_TANH
    case .inverseHyperbolicSine: CK_ASINH
    case .inverseHyperbolicCosine: CK_ACOSH
    case .inverseHyperbolicTangent: CK_ATANH
    case .errorFunction: CK_ERF
    case .inverseErrorFunction: CK_ERFINV
    case .logGamma: CK_LGAMMA
    case .digamma: CK_DIGAMMA
    case .sigmoid: CK_SIGMOID
    case .relu: CK_RELU
    case .floor: CK_FLOOR
    case .ceiling: CK_CEILING
    case .roundToEven: CK_ROUND
    case .truncate: CK_TRUNCATE
    case .not: dtype == .bool ? CK_LOGICAL_NOT : CK_NOT
    case .isNaN: CK_IS_NAN
    case .isInfinite: CK_IS_INFINITE
    case .isFinite: CK_IS_FINITE
    case .populationCount: CK_POPULATION_COUNT
    }
  }
}

extension BinaryOp {
  var opcode: ck_opcode {
    switch self {
    case .add: CK_ADD
    case .subtract: CK_SUBTRACT
    case .multiply: CK_MULTIPLY
    case .divide: CK_DIVIDE
    case .remainder: CK_REMAINDER
    case .power: CK_POWER
    case .maximum: CK_MAXIMUM
    case .minimum: CK_MINIMUM
    case .arcTangent2: CK_ARCTANGENT2
    case .and: CK_AND
    case .or: CK_OR
    case .xor: CK_XOR
    case .shiftLeft: CK_SHIFT_LEFT
    case .shiftRightArithmetic: CK_SHIFT_RIGHT_ARITHMETIC
    case .shiftRightLogical: CK_SHIFT_RIGHT_LOGICAL
    case .nextAfter: CK_NEXT_AFTER
    }
  }

  /// Whether the result of narrow integers may leave their range and must be wrapped.
  var wraps: Bool {
    switch self {
    case .and, .or, .xor, .maximum, .minimum, .remainder: false
    default: true
    }
  }
}

extension Comparison {
  var opcode: ck_opcode {
    switch self {
    case .equal: CK_EQUAL
    case .notEqual: CK_NOT_EQUAL
    case .less: CK_LESS
    case .lessOrEqual: CK_LESS_EQUAL
    case .greater: CK_GREATER
    case .greaterOrEqual: CK_GREATER_EQUAL
    }
  }
}
