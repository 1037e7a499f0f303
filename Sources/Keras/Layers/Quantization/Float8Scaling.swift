import Graph

/// What a layer keeps to round its inputs and its kernel to floating-point numbers of 8 bits (e4m3), scaled.
///
/// Training would choose the scales by what was seen before and round gradients too, which is not supported.
struct Float8Scaling: Sendable {
  private let inputs: Variable
  private let kernel: Variable
  /// All, in the order of Keras's files; most are about training.
  let variables: [Variable]

  init(historyLength: Int, in layer: Layer) throws {
    var variables: [Variable] = []
    for name in ["inputs", "kernel", "outputs_grad"] {
      variables.append(
        try layer.addWeight(
          name + "_scale", shape: [], initializer: .ones, dtype: .float32, trainable: false, autocast: false))
      variables.append(
        try layer.addWeight(
          name + "_amax_history", shape: [historyLength], initializer: .zeros, dtype: .float32, trainable: false,
          autocast: false))
    }
    (inputs, kernel) = (variables[0], variables[2])
    self.variables = variables
  }

  /// A layer's variables in the order of files.
  func stored(_ kernel: Variable?, _ bias: Variable?) -> [Variable] { [kernel, bias].compactMap { $0 } + variables }

  /// The product of rounded operands with the bias; `nil` in training.
  func output(
    _ x: Tensor, _ weight: Variable, _ bias: Variable?, _ context: CallContext, _ multiply: (Tensor, Tensor) -> Tensor
  ) -> Tensor? {
    guard !context.training else { return nil }
    let product = multiply(
      Self.rounded(x, context.stored(inputs)), Self.rounded(context[weight], context.stored(kernel)))
    guard let bias else { return product }
    // Keras rounds the bias for the sake of one accelerator.
    return product + (x.dtype == .float32 ? context[bias].asType(.bfloat16).asType(.float32) : context[bias])
  }

  private static func rounded(_ x: Tensor, _ scale: Tensor) -> Tensor {
    let scale = scale.asType(x.dtype)
    let quotient = x.rounding { $0 / scale.asType(.float32) }
    return e4m3(quotient.clip(-448, 448)) * scale
  }

  /// The nearest numbers with three bits behind the point and exponents from −6; ties go to the even one.
  static func e4m3(_ x: Tensor) -> Tensor {
    let wide = x.asType(.float32)
    let size = wide.absolute()
    var step = Tensor(1.0 / 512)
    for exponent in -5...8 {
      let power = exponent < 0 ? 1 / Double(1 << -exponent) : Double(1 << exponent)
      step = `where`(size.greaterEqual(power), Tensor(power / 8), step)
    }
    return ((wide / step).round() * step).asType(x.dtype)
  }
}

extension Layer {
  /// The output of a layer that cannot be trained.
  var untrainable: Tensor { rejected(name, "cannot be trained in float8; train it without, and quantize it then") }
}
