import Graph

/// A layer's kernel in whole numbers of few bits: its variables, and the product with it.
///
/// The kernel counts as a matrix of rows, over which a product sums, and columns. Nothing of it is trained; gradients for
/// the inputs go through the kernel that the numbers stand for.
struct QuantizedKernel: Sendable {
  let mode: QuantizationMode
  /// As if it were not quantized.
  let shape: [Int]
  private let rows: Int
  private let columns: Int
  let axes: ScaleAxes
  /// The whole numbers, packed where they have four bits.
  let values: Variable
  let scale: Variable
  private let zero: Variable?
  /// The block of each row.
  private let blocks: Variable?
  /// What rows were multiplied by before they were quantized.
  private let rowScale: Variable?
  let inputs: AbsMaxQuantizer?

  /// A layer's variables in the order of files: the bias is before calibrated kernels, and behind others.
  func stored(_ bias: Variable?) -> [Variable] {
    let isCalibrated = zero != nil && values.dtype == .uint8
    return (isCalibrated ? [bias, values] : [values, bias]).compactMap { $0 }
      + [scale, zero, rowScale, blocks].compactMap { $0 }
  }

  /// - Parameter calibratedZero: what Keras calls the zeros of calibrated kernels.
  init?(
    _ options: QuantizationOptions, shape: [Int], axes: ScaleAxes, calibratedZero: String = "kernel_zero",
    in layer: Layer
  ) throws {
    guard let mode = options.mode else { return nil }
    let (rows, columns): (Int, Int)
    switch mode {
    case .float8: return nil
    case .int8, .int4:
      rows = axes.kernelReduced.reduce(1) { $0 * shape[$1] }
      columns = shape.reduce(1, *) / Swift.max(rows, 1)
    case .gptq, .awq:
      (rows, columns) = try Self.calibratedExtents(shape, layer)
    }
    func add(
      _ name: String, _ shape: [Int], _ initializer: any Initializer = .zeros, _ dtype: DType? = nil
    ) throws -> Variable {
      try layer.addWeight(name, shape: shape, initializer: initializer, dtype: dtype, trainable: false)
    }
    func blockCount(_ size: Int?) -> Int { size.map { (rows + $0 - 1) / $0 } ?? 1 }
    let halves = (columns + 1) / 2
    var zero: Variable?
    var rowScale: Variable?
    var blocks: Variable?
    switch mode {
    case .int4(let size):
      values = try add("kernel", [rows, halves], .zeros, .int8)
      let extents = size == nil ? [columns] : [blockCount(size), columns]
      scale = try add("kernel_scale", extents, .ones)
      if let size {
        zero = try add("kernel_zero", extents, .zeros, .int8)
        blocks = try add("g_idx", [rows], .zeros, .float32)
        try blocks?.assign(Tensor((0..<rows).map { Double($0 / size) }, shape: [rows], dtype: .float32))
      }
    case .gptq(_, let size), .awq(let size):
      values = try add("kernel", [mode.bits == 4 ? halves : columns, rows], .zeros, .uint8)
      let extents = [columns, blockCount(size)]
      scale = try add("kernel_scale", extents, .ones)
      zero = try add(calibratedZero, extents, .zeros, .uint8)
      if case .awq = mode { rowScale = try add("awq_scales", [rows], .ones) }
      blocks = try add("g_idx", [rows], .zeros, .float32)
    case .int8, .float8:
      values = try add("kernel", shape, .zeros, .int8)
      scale = try add("kernel_scale", axes.scaleShape(ofKernel: shape), .ones)
    }
    (self.mode, self.shape, self.axes, inputs) = (mode, shape, axes, options.inputs)
    (self.rows, self.columns) = (rows, columns)
    (self.zero, self.rowScale, self.blocks) = (zero, rowScale, blocks)
  }

  /// Keras takes the largest extent of a kernel for the features of the model: in front they are summed over, at the end
  /// they are the result's.
  private static func calibratedExtents(_ shape: [Int], _ layer: Layer) throws -> (rows: Int, columns: Int) {
    switch shape.count {
    case 2: return (shape[0], shape[1])
    case 3:
      return shape.firstIndex(of: shape.max() ?? 0) == 0
        ? (shape[0], shape[1] * shape[2]) : (shape[0] * shape[1], shape[2])
    default:
      throw KerasError(.incompatibleShape, layer.name, "cannot quantize a kernel of shape \(shape) by calibration")
    }
  }

  /// The kernel as numbers, where it is not of 8 bits.
  private func kernel(_ context: CallContext) -> Tensor {
    let scale = context[scale]
    let matrix: Tensor
    switch mode {
    case .int8, .float8: return context.stored(values).asType(scale.dtype) / axes.kernel(ofResult: scale)
    case .int4:
      let numbers = PackedIntegers.unpacked(context.stored(values), axis: 1, count: columns, signed: true)
      matrix = dequantized(numbers.asType(scale.dtype), scale, axis: 0, context)
    case .gptq, .awq:
      let stored = context.stored(values)
      let numbers =
        mode.bits == 4 ? PackedIntegers.unpacked(stored, axis: 0, count: columns, signed: false) : stored
      let transposed = dequantized(numbers.asType(scale.dtype), scale, axis: 1, context).transpose([1, 0])
      matrix = rowScale.map { transposed / context[$0].expandDims(-1) } ?? transposed
    }
    return matrix.reshape(shape)
  }

  private func dequantized(_ numbers: Tensor, _ scale: Tensor, axis: Int, _ context: CallContext) -> Tensor {
    guard let zero, let blocks else { return numbers / scale }
    let block = context.stored(blocks).asType(.int32)
    let zeros = context.stored(zero).asType(scale.dtype)
    return (numbers - zeros.take(block, axis: axis)) * scale.take(block, axis: axis)
  }

  /// The product with an input.
  ///
  /// - Parameters:
  ///   - inputAxes: those of the input that share a scale.
  ///   - aligned: scales of the input as the result needs them.
  ///   - multiply: the product with a kernel of numbers.
  func product(
    _ x: Tensor, inputAxes: [Int], aligned: (Tensor) -> Tensor, _ context: CallContext,
    multiply: (Tensor, Tensor) -> Tensor
  ) -> Tensor {
    let quantized = inputs.map { $0(x, axes: inputAxes) }
    let input = quantized?.values ?? x
    if case .int8 = mode {
      // Sums of products of whole numbers are exact in this type.
      let numbers = context.stored(values).asType(.float32)
      let scale = context[scale]
      let sums = multiply(input.asType(.float32), numbers).asType(x.dtype)
      let result = sums / (quantized.map { aligned($0.scale) * scale } ?? scale)
      return withGradient(result, context) { multiply(x.asType(.float32), numbers).asType(x.dtype) / scale }
    }
    let kernel = kernel(context).asType(x.dtype)
    guard let quantized else { return multiply(x, kernel) }
    let result = multiply(input, kernel) / aligned(quantized.scale)
    return withGradient(result, context) { multiply(x, kernel) }
  }

  /// In training, a result whose gradient is that of the product with the input as it was.
  private func withGradient(_ result: Tensor, _ context: CallContext, _ smooth: () -> Tensor) -> Tensor {
    guard context.training, inputs != nil else { return result }
    let product = smooth()
    return product + (result - product).stopGradient()
  }
}

extension QuantizedKernel {
  /// The kernel with an addition, quantized anew, by variable.
  func requantized(adding addition: Tensor) -> [(variable: Variable, value: Tensor)] {
    let scales = scale.value
    let stored = values.value
    guard case .int4(let size) = mode else {
      let kernel = stored.asType(.float32) / axes.kernel(ofResult: scales.asType(.float32)) + addition
      let result = AbsMaxQuantizer()(kernel, axes: axes.kernelReduced)
      return [
        (values, result.values.asType(.int8)), (scale, axes.result(ofKernel: result.scale).asType(scale.dtype)),
      ]
    }
    var matrix = PackedIntegers.unpacked(stored, axis: 1, count: columns, signed: true)
    if let zero, let blocks {
      let block = blocks.value.asType(.int32)
      matrix = (matrix - zero.value.asType(.float32).take(block, axis: 0)) * scales.take(block, axis: 0)
    } else {
      matrix = matrix / scales
    }
    matrix = matrix + addition.reshape([rows, columns])
    guard let size, let zero else {
      let result = AbsMaxQuantizer.int4(matrix, axes: [0])
      return [(values, PackedIntegers.packed(result.values, axis: 1)), (scale, result.scale.squeeze(0))]
    }
    let result = BlockQuantizer(size: size)(matrix)
    return [
      (values, PackedIntegers.packed(result.values, axis: 1)), (scale, result.scale), (zero, result.zero.asType(.int8)),
    ]
  }
}

extension QuantizationMode {
  /// How many bits a whole number has.
  var bits: Int {
    switch self {
    case .int8, .float8: 8
    case .int4, .awq: 4
    case .gptq(let bits, _): bits
    }
  }
}
