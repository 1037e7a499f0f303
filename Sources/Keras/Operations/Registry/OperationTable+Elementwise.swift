import ModelFiles

extension OperationTable {
  mutating func addArithmetic() {
    addBinary("Add", "add") { $0 + $1 }
    addBinary("Subtract", "subtract") { $0 - $1 }
    addBinary("Multiply", "multiply") { $0 * $1 }
    addBinary("Divide", "divide") { $0 / $1 }
    addBinary("TrueDivide", "true_divide") { $0 / $1 }
    addBinary("DivideNoNan", "divide_no_nan") { $0.divideNoNaN($1) }
    addBinary("FloorDivide", "floor_divide") { $0.floorDivide($1) }
    addBinary("Mod", "mod") { $0.mod($1) }
    addBinary("Power", "power") { $0.power($1) }
    addBinary("Maximum", "maximum") { $0.maximum($1) }
    addBinary("Minimum", "minimum") { $0.minimum($1) }
    addBinary("Fmax", "fmax") { $0.fmax($1) }
    addBinary("Fmin", "fmin") { $0.fmin($1) }
    addBinary("Arctan2", "arctan2") { $0.arctan2($1) }
    addBinary("Hypot", "hypot") { $0.hypot($1) }
    addBinary("Logaddexp", "logaddexp") { $0.logAddExp($1) }
    addBinary("Equal", "equal") { $0.equal($1) }
    addBinary("NotEqual", "not_equal") { $0.notEqual($1) }
    addBinary("Less", "less") { $0.less($1) }
    addBinary("LessEqual", "less_equal") { $0.lessEqual($1) }
    addBinary("Greater", "greater") { $0.greater($1) }
    addBinary("GreaterEqual", "greater_equal") { $0.greaterEqual($1) }
    addBinary("LogicalAnd", "logical_and") { $0.logicalAnd($1) }
    addBinary("LogicalOr", "logical_or") { $0.logicalOr($1) }
    addBinary("LogicalXor", "logical_xor") { $0.logicalXor($1) }
    addBinary("Logaddexp2", "logaddexp2") { $0.logAddExp2($1) }
    addBinary("Fmod", "fmod") { $0.fmod($1) }
    addBinary("Heaviside", "heaviside") { $0.heaviside($1) }
    addBinary("Ldexp", "ldexp") { $0.ldexp($1) }
    addBinary("Nextafter", "nextafter") { $0.nextAfter($1) }
    addBinary("Gcd", "gcd") { $0.gcd($1) }
    addBinary("Lcm", "lcm") { $0.lcm($1) }
    addUnary("LogicalNot", "logical_not") { $0.logicalNot() }
    add("Isclose", "isclose", ["x1", "x2", "rtol", "atol", "equal_nan"]) { call in
      let (a, b) = try call.operands()
      return a.isClose(
        b, relativeTolerance: try call.double("rtol", 1e-5), absoluteTolerance: try call.double("atol", 1e-8),
        equalNaN: try call.flag("equal_nan"))
    }
    add("AllClose", "allclose", ["x1", "x2", "rtol", "atol", "equal_nan"]) { call in
      let (a, b) = try call.operands()
      return a.allClose(
        b, relativeTolerance: try call.double("rtol", 1e-5), absoluteTolerance: try call.double("atol", 1e-8),
        equalNaN: try call.flag("equal_nan"))
    }
    addBitwise("BitwiseAnd", "bitwise_and") { $0.bitwiseAnd($1) }
    addBitwise("BitwiseOr", "bitwise_or") { $0.bitwiseOr($1) }
    addBitwise("BitwiseXor", "bitwise_xor") { $0.bitwiseXor($1) }
    addBitwise("LeftShift", "left_shift") { $0.leftShift($1) }
    addBitwise("BitwiseLeftShift", "bitwise_left_shift") { $0.leftShift($1) }
    addBitwise("RightShift", "right_shift") { $0.rightShift($1) }
    addBitwise("BitwiseRightShift", "bitwise_right_shift") { $0.rightShift($1) }
    addUnary("BitwiseNot", "bitwise_not") { $0.bitwiseNot() }
    addUnary("BitwiseInvert", "bitwise_invert") { $0.bitwiseNot() }
  }

  private mutating func addBitwise(
    _ className: String, _ function: String, _ body: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) {
    add(className, function, ["x", "y"]) { call in
      let (a, b) = try call.operands("x", "y")
      return body(a, b)
    }
  }

  mutating func addElementwise() {
    addUnary("Absolute", "absolute") { $0.absolute() }
    addUnary("Abs", "abs") { $0.absolute() }
    addUnary("Fabs", "fabs") { $0.asType($0.dtype.floating).absolute() }
    addUnary("Copy", "copy") { $0.copied() }
    addUnary("Real", "real") { $0.real() }
    addUnary("Imag", "imag") { $0.imag() }
    addUnary("Conjugate", "conjugate") { $0.conjugate() }
    addUnary("Conj", "conj") { $0.conjugate() }
    addUnary("Isreal", "isreal") { $0.isReal() }
    addUnary("Isposinf", "isposinf") { $0.isPositiveInfinity() }
    addUnary("Isneginf", "isneginf") { $0.isNegativeInfinity() }
    addUnary("Angle", "angle") { $0.angle() }
    addUnary("Signbit", "signbit") { $0.signbit() }
    addUnary("I0", "i0") { $0.i0() }
    add("View", "view", ["x", "dtype"]) { try $0.tensor("x").view($0.optionalDType() ?? .float32) }
    add("SaturateCast", "saturate_cast", ["x", "dtype"]) {
      try $0.tensor("x").saturateCast($0.optionalDType() ?? .float32)
    }
    for (className, function) in [("ConvertToTensor", "convert_to_tensor"), ("Array", "array")] {
      add(className, function, ["x", "dtype", "sparse", "ragged"]) { call in
        let x = try call.tensor("x")
        return try call.optionalDType().map { x.asType($0) } ?? x.copied()
      }
    }
    addUnary("Negative", "negative") { -$0 }
    addUnary("Square", "square") { $0.square() }
    addUnary("Sign", "sign") { $0.sign() }
    addUnary("Sqrt", "sqrt") { $0.sqrt() }
    addUnary("Rsqrt", "rsqrt") { $0.rsqrt() }
    addUnary("Cbrt", "cbrt") { $0.cbrt() }
    addUnary("Reciprocal", "reciprocal") { $0.reciprocal() }
    addUnary("Exp", "exp") { $0.exp() }
    addUnary("Exp2", "exp2") { $0.exp2() }
    addUnary("Expm1", "expm1") { $0.expm1() }
    addUnary("Log", "log") { $0.log() }
    addUnary("Log1p", "log1p") { $0.log1p() }
    addUnary("Log2", "log2") { $0.log2() }
    addUnary("Log10", "log10") { $0.log10() }
    addUnary("Sin", "sin") { $0.sin() }
    addUnary("Cos", "cos") { $0.cos() }
    addUnary("Tan", "tan") { $0.tan() }
    addUnary("Arcsin", "arcsin") { $0.arcsin() }
    addUnary("Arccos", "arccos") { $0.arccos() }
    addUnary("Arctan", "arctan") { $0.arctan() }
    addUnary("Sinh", "sinh") { $0.sinh() }
    addUnary("Cosh", "cosh") { $0.cosh() }
    addUnary("Tanh", "tanh") { $0.tanh() }
    addUnary("Arcsinh", "arcsinh") { $0.arcsinh() }
    addUnary("Arccosh", "arccosh") { $0.arccosh() }
    addUnary("Arctanh", "arctanh") { $0.arctanh() }
    addUnary("Deg2rad", "deg2rad") { $0.deg2rad() }
    addUnary("Rad2deg", "rad2deg") { $0.rad2deg() }
    addUnary("Sinc", "sinc") { $0.sinc() }
    addUnary("Erf", "erf") { $0.erf() }
    addUnary("Erfc", "erfc") { $0.erfc() }
    addUnary("Erfinv", "erfinv") { $0.erfinv() }
    addUnary("Floor", "floor") { $0.floor() }
    addUnary("Ceil", "ceil") { $0.ceil() }
    addUnary("Trunc", "trunc") { $0.trunc() }
    add("Round", "round", ["x", "decimals"]) { try $0.tensor("x").round(decimals: $0.int("decimals", 0)) }
    add("Clip", "clip", ["x", "x_min", "x_max"]) { call in
      try call.tensor("x").clip(call.double("x_min"), call.double("x_max"))
    }
    addUnary("Isnan", "isnan") { $0.isNaN() }
    addUnary("Isinf", "isinf") { $0.isInfinite() }
    addUnary("Isfinite", "isfinite") { $0.isFinite() }
    add("NanToNum", "nan_to_num", ["x", "nan", "posinf", "neginf"]) { call in
      try call.tensor("x").nanToNum(
        nan: call.double("nan", 0), posinf: call.optionalDouble("posinf"), neginf: call.optionalDouble("neginf"))
    }
    add("Cast", "cast", ["x", "dtype"]) { try $0.tensor("x").asType($0.optionalDType() ?? .float32) }
    add("StopGradient", "stop_gradient", ["variable"]) { try $0.tensor("variable").stopGradient() }
    add("Where", "where", ["condition", "x1", "x2"]) { call in
      let (a, b) = try call.operands()
      return `where`(try call.tensor("condition"), a, b)
    }
    add("Select", "select", ["condlist", "choicelist", "default"]) { call in
      let pairs = zip(try call.tensors("condlist"), try call.tensors("choicelist")).reversed()
      return pairs.reduce(try call.tensor("default")) { `where`($1.0, $1.1, $0) }
    }
  }

  mutating func addActivations() {
    addUnary("Relu", "relu") { $0.relu() }
    addUnary("Relu6", "relu6") { $0.relu6() }
    addUnary("Sigmoid", "sigmoid") { $0.sigmoid() }
    addUnary("Silu", "silu") { $0.silu() }
    addUnary("Silu", "swish") { $0.silu() }
    addUnary("Softplus", "softplus") { $0.softplus() }
    addUnary("Softsign", "softsign") { $0.softsign() }
    addUnary("Selu", "selu") { $0.selu() }
    addUnary("Mish", "activations.mish") { $0.mish() }
    addUnary("Exp", "activations.exponential") { $0.exp() }
    addUnary("HardSigmoid", "hard_sigmoid") { $0.hardSigmoid() }
    addUnary("HardSilu", "hard_silu") { $0.hardSilu() }
    addUnary("HardSilu", "hard_swish") { $0.hardSilu() }
    addUnary("HardTanh", "hard_tanh") { $0.hardTanh() }
    addUnary("TanhShrink", "tanh_shrink") { $0.tanhShrink() }
    addUnary("LogSigmoid", "log_sigmoid") { $0.logSigmoid() }
    addUnary("SparsePlus", "sparse_plus") { $0.sparsePlus() }
    addUnary("SparseSigmoid", "sparse_sigmoid") { $0.sparseSigmoid() }
    add("Elu", "elu", ["x", "alpha"]) { try $0.tensor("x").elu(alpha: $0.double("alpha", 1)) }
    add("Celu", "celu", ["x", "alpha"]) { try $0.tensor("x").celu(alpha: $0.double("alpha", 1)) }
    add("Gelu", "gelu", ["x", "approximate"]) { try $0.tensor("x").gelu(approximate: $0.flag("approximate", true)) }
    add("Glu", "glu", ["x", "axis"]) { try $0.tensor("x").glu(axis: $0.int("axis", -1)) }
    add("HardShrink", "hard_shrink", ["x", "threshold"]) {
      try $0.tensor("x").hardShrink(threshold: $0.double("threshold", 0.5))
    }
    add("SoftShrink", "soft_shrink", ["x", "threshold"]) {
      try $0.tensor("x").softShrink(threshold: $0.double("threshold", 0.5))
    }
    add("LeakyRelu", "leaky_relu", ["x", "negative_slope"]) {
      try $0.tensor("x").leakyRelu(negativeSlope: $0.double("negative_slope", 0.2))
    }
    add("Squareplus", "squareplus", ["x", "b"]) { try $0.tensor("x").squareplus(b: $0.double("b", 4)) }
    add("Threshold", "threshold", ["x", "threshold", "default_value"]) { call in
      try call.tensor("x").threshold(call.double("threshold"), defaultValue: call.double("default_value"))
    }
    add("Softmax", "softmax", ["x", "axis"]) { call in
      let axes = try call.optionalInts("axis") ?? [-1]
      let x = try call.tensor("x")
      return axes.count == 1 ? x.softmax(axis: axes[0]) : (x - x.logSumExp(axis: axes, keepDims: true)).exp()
    }
    add("LogSoftmax", "log_softmax", ["x", "axis"]) { call in
      let axes = try call.optionalInts("axis") ?? [-1]
      let x = try call.tensor("x")
      return axes.count == 1 ? x.logSoftmax(axis: axes[0]) : x - x.logSumExp(axis: axes, keepDims: true)
    }
    add("Sparsemax", "sparsemax", ["x", "axis"]) { try $0.tensor("x").sparsemax(axis: $0.int("axis", -1)) }
    add("ReLU", "activations.relu", ["x", "negative_slope", "max_value", "threshold"]) { call in
      try call.tensor("x").relu(
        negativeSlope: call.double("negative_slope", 0), maxValue: call.optionalDouble("max_value"),
        threshold: call.double("threshold", 0))
    }
  }

  mutating func addReductions() {
    addReduction("Sum", "sum") { $0.sum(axis: $1, keepDims: $2) }
    addReduction("Mean", "mean") { $0.mean(axis: $1, keepDims: $2) }
    add("Max", "max", ["x", "axis", "keepdims", "initial"]) {
      try $0.tensor("x").max(
        axis: $0.optionalInts("axis"), keepDims: $0.flag("keepdims"), initial: $0.optionalDouble("initial"))
    }
    addReduction("Amax", "amax") { $0.max(axis: $1, keepDims: $2) }
    add("Min", "min", ["x", "axis", "keepdims", "initial"]) {
      try $0.tensor("x").min(
        axis: $0.optionalInts("axis"), keepDims: $0.flag("keepdims"), initial: $0.optionalDouble("initial"))
    }
    addReduction("Amin", "amin") { $0.min(axis: $1, keepDims: $2) }
    addReduction("Prod", "prod") { $0.product(axis: $1, keepDims: $2) }
    addReduction("Var", "var") { $0.variance(axis: $1, keepDims: $2) }
    addReduction("Std", "std") { $0.standardDeviation(axis: $1, keepDims: $2) }
    addReduction("Logsumexp", "logsumexp") { $0.logSumExp(axis: $1, keepDims: $2) }
    addReduction("All", "all") { $0.all(axis: $1, keepDims: $2) }
    addReduction("Any", "any") { $0.any(axis: $1, keepDims: $2) }
    addReduction("Ptp", "ptp") { $0.peakToPeak(axis: $1, keepDims: $2) }
    addReduction("Median", "median") { $0.median(axis: $1, keepDims: $2) }
    add("Argmax", "argmax", ["x", "axis", "keepdims"]) {
      try $0.tensor("x").argmax(axis: $0.optionalInt("axis"), keepDims: $0.flag("keepdims"))
    }
    add("Argmin", "argmin", ["x", "axis", "keepdims"]) {
      try $0.tensor("x").argmin(axis: $0.optionalInt("axis"), keepDims: $0.flag("keepdims"))
    }
    add("CountNonzero", "count_nonzero", ["x", "axis"]) {
      try $0.tensor("x").countNonzero(axis: $0.optionalInts("axis"))
    }
    add("Average", "average", ["x", "axis", "weights"]) {
      try $0.tensor("x").average(axis: $0.optionalInt("axis"), weights: $0.optionalTensor("weights"))
    }
    for (className, function, percent) in [
      ("Quantile", "quantile", 1.0), ("Nanquantile", "nanquantile", 1), ("Percentile", "percentile", 100),
      ("Nanpercentile", "nanpercentile", 100),
    ] {
      add(className, function, ["x", "q", "axis", "method", "keepdims"]) { call in
        let q = try call.tensor("q").buffer().doubles().map { $0 / percent }
        let isList = try call.tensor("q").rank > 0
        let given = try call.value("q") ?? .array(q.map { .number($0 * percent) })
        let argument: JSONValue = isList ? .array(given.array ?? q.map { .number($0 * percent) }) : given
        return try call.tensor("x").quantile(
          className, argument, q, call.optionalInts("axis"), call.flag("keepdims"), call.choice("method", .linear))
      }
    }
    addReduction("Nanmedian", "nanmedian") { $0.nanMedian(axis: $1, keepDims: $2) }
    addReduction("Nansum", "nansum") { $0.nanSum(axis: $1, keepDims: $2) }
    addReduction("Nanprod", "nanprod") { $0.nanProduct(axis: $1, keepDims: $2) }
    addReduction("Nanmax", "nanmax") { $0.nanMax(axis: $1, keepDims: $2) }
    addReduction("Nanmin", "nanmin") { $0.nanMin(axis: $1, keepDims: $2) }
    addReduction("Nanmean", "nanmean") { $0.nanMean(axis: $1, keepDims: $2) }
    addReduction("Nanvar", "nanvar") { $0.nanVariance(axis: $1, keepDims: $2) }
    addReduction("Nanstd", "nanstd") { $0.nanStandardDeviation(axis: $1, keepDims: $2) }
    add("Nanargmax", "nanargmax", ["x", "axis", "keepdims"]) {
      try $0.tensor("x").nanArgmax(axis: $0.optionalInt("axis"), keepDims: $0.flag("keepdims"))
    }
    add("Nanargmin", "nanargmin", ["x", "axis", "keepdims"]) {
      try $0.tensor("x").nanArgmin(axis: $0.optionalInt("axis"), keepDims: $0.flag("keepdims"))
    }
    addMultiple("Moments", "moments", ["x", "axes", "keepdims", "synchronized"]) { call in
      let (x, axes, keepDims) = (try call.tensor("x"), try call.ints("axes"), try call.flag("keepdims"))
      return [x.mean(axis: axes, keepDims: keepDims), x.variance(axis: axes, keepDims: keepDims)]
    }
    add("Normalize", "normalize", ["x", "axis", "order", "epsilon"]) {
      try $0.tensor("x").normalize(
        axis: $0.int("axis", -1), order: $0.int("order", 2), epsilon: $0.double("epsilon", 1e-7))
    }
  }
}
