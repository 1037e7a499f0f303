import ModelFiles

/// Numbers as whole ones between two limits, scaled so that the largest of each group meets the upper limit.
struct AbsMaxQuantizer: Sendable {
  var low = -127.0
  var high = 127.0
  /// Keeps scales of zeros finite.
  var epsilon = 1e-7

  /// The whole numbers, in the type of `x`, and the scales that made them: those of `x` with extent 1 on the axes that
  /// share one.
  func callAsFunction(_ x: Tensor, axes: [Int]) -> (values: Tensor, scale: Tensor) {
    let largest = x.absolute().max(axis: axes, keepDims: true).rounding { $0 + epsilon }
    let scale = largest.rounding { Tensor(high) / $0 }
    let scaled = x.rounding { $0 * scale.asType(.float32) }
    return (scaled.round().clip(low, high), scale)
  }
}

extension Tensor {
  /// A function's result in this tensor's type, computed in float32 and rounded to it right away: on the way to whole
  /// numbers every rounding counts.
  func rounding(_ function: (Tensor) -> Tensor) -> Tensor {
    dtype == .float32 ? function(self) : function(asType(.float32)).asType(dtype)
  }
}

extension AbsMaxQuantizer {
  /// Four bits.
  static let int4 = AbsMaxQuantizer(low: -8, high: 7)

  /// The quantizer in a file.
  ///
  /// - Throws: `KerasError` where it is of another class.
  init(_ value: JSONValue, _ reader: ConfigReader) throws {
    guard let (className, config) = serializedObject(value), className == "AbsMaxQuantizer" else {
      throw reader.error("quantization_config", "must quantize with AbsMaxQuantizer, found \(value)")
    }
    let arguments = ConfigReader(config, of: "\(reader.subject), AbsMaxQuantizer")
    let range = try arguments.optionalDoubles("value_range") ?? [-127, 127]
    guard range.count == 2, range[0] < range[1] else {
      throw arguments.error("value_range", "must be two ascending numbers, found \(range)")
    }
    self.init(low: range[0], high: range[1], epsilon: try arguments.double("epsilon", default: 1e-7))
  }
}
