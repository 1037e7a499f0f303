import Graph
import ModelFiles

// Discrete Fourier transforms of the last axis. Complex tensors are pairs of a real and an imaginary part, as in
// `keras.ops.fft`.

/// Real and imaginary part.
private struct Complex {
  var real: Expression
  var imaginary: Expression

  func map(_ body: (Expression) -> Expression) -> Complex { Complex(real: body(real), imaginary: body(imaginary)) }

  var conjugate: Complex { Complex(real: real, imaginary: -imaginary) }

  static func * (a: Complex, b: Complex) -> Complex {
    Complex(
      real: a.real * b.real - a.imaginary * b.imaginary, imaginary: a.real * b.imaginary + a.imaginary * b.real)
  }

  /// The product with a matrix over the last axis.
  func matmul(_ matrix: Complex) -> Complex {
    Complex(
      real: real.matmul(matrix.real) - imaginary.matmul(matrix.imaginary),
      imaginary: real.matmul(matrix.imaginary) + imaginary.matmul(matrix.real))
  }

  /// e^(−2πi·jk/n) for j below `rows`, k below `columns`.
  func roots(_ n: Int, rows: Int, columns: Int) -> Complex {
    let shape: Shape = [rows, columns]
    func matrix(_ op: UnaryOp, _ sign: Double) -> Expression {
      let type = TensorType(.int32, shape)
      let product = real.builder.iota(type, axis: 0) * real.builder.iota(type, axis: 1)
      let place = product.binary(.remainder, product.constant(Double(n))).converted(to: real.dtype)
      return (place * (2 * Double.pi / Double(n))).unary(op) * sign
    }
    return Complex(real: matrix(.cosine, 1), imaginary: matrix(.sine, -1))
  }

  /// Cooley and Tukey 1965: the transform of n = a · b elements by transforms of a and of b.
  func transformed() -> Complex {
    let n = real.shape[-1]
    let root = Int(Double(n).squareRoot())
    guard n > 64, let a = stride(from: root, to: 1, by: -1).first(where: { n % $0 == 0 }) else {
      guard n <= 4096 else {
        let message = "of \(n) elements is too long: its factors must be at most 4096"
        return map { $0.failed("fft", message) }
      }
      return matmul(roots(n, rows: n, columns: n))
    }
    let b = n / a
    let lead = Array(real.shape.dimensions.dropLast())
    let rank = lead.count
    let swapped = Array(0..<rank) + [rank + 1, rank]
    let columns = map { $0.reshape(Shape(lead + [a, b])).transpose(swapped) }.transformed()
    let rows = (columns.map { $0.transpose(swapped) } * roots(n, rows: a, columns: b)).transformed()
    return rows.map { $0.transpose(swapped).reshape(Shape(lead + [n])) }
  }

  func inverseTransformed() -> Complex {
    let n = Double(Swift.max(real.shape[-1], 1))
    return conjugate.transformed().conjugate.map { $0 / n }
  }

  /// Applies a transform to the last two axes.
  func overTwoAxes(_ transform: (Complex) -> Complex) -> Complex {
    let swapped = Array((0..<real.rank).dropLast(2)) + [real.rank - 1, real.rank - 2]
    return transform(transform(self).map { $0.transpose(swapped) }).map { $0.transpose(swapped) }
  }
}

extension Expression {
  /// Cut or filled with zeros to a length of the last axis.
  fileprivate func fitted(_ length: Int) -> Expression {
    let extent = shape[-1]
    if extent >= length { return slice(axis: -1, 0..<length) }
    let none = [Int](repeating: 0, count: rank - 1)
    return pad(low: none + [0], high: none + [length - extent])
  }

  /// The first `length / 2 + 1` places of the transform.
  fileprivate func realTransformed(_ length: Int) -> [Expression] {
    let x = fitted(length)
    let result = Complex(real: x, imaginary: x * 0).transformed()
    return [result.real, result.imaginary].map { $0.slice(axis: -1, 0..<(length / 2 + 1)) }
  }

  /// The real signal of `length` elements whose transform begins with these places.
  fileprivate func inverseRealTransformed(_ imaginary: Expression, _ length: Int) -> Expression {
    let count = length / 2 + 1
    let (re, im) = (fitted(count), imaginary.fitted(count))
    let mirrored = length - count
    func whole(_ x: Expression, _ sign: Double) -> Expression {
      let tail = x.slice(axis: -1, 1..<(mirrored + 1)).reverse(axes: [-1]) * sign
      return builder.concatenate(mirrored > 0 ? [x, tail] : [x], axis: -1)
    }
    // A real signal's transform is real at 0 and, of even length, in the middle.
    let place = builder.iota(TensorType(.int32, im.shape), axis: im.rank - 1)
    var isReal = place.equal(place.constant(0))
    if length % 2 == 0 { isReal = isReal.binary(.or, place.equal(place.constant(Double(length / 2)))) }
    return Complex(real: whole(re, 1), imaginary: whole(isReal.select(im.constant(0), im), -1))
      .inverseTransformed().real
  }
}

/// The transform Σⱼ xⱼ e^(−2πi·jk/n) of the last axis.
public func fft(_ real: Tensor, _ imaginary: Tensor) -> (real: Tensor, imaginary: Tensor) {
  complexOperation("FFT", real, imaginary, rank: 1) { $0.transformed() }
}

/// The transform of the last two axes.
public func fft2(_ real: Tensor, _ imaginary: Tensor) -> (real: Tensor, imaginary: Tensor) {
  complexOperation("FFT2", real, imaginary, rank: 2) { $0.overTwoAxes { $0.transformed() } }
}

/// The inverse of `fft2`.
public func ifft2(_ real: Tensor, _ imaginary: Tensor) -> (real: Tensor, imaginary: Tensor) {
  complexOperation("IFFT2", real, imaginary, rank: 2) { $0.overTwoAxes { $0.inverseTransformed() } }
}

private func complexOperation(
  _ className: String, _ real: Tensor, _ imaginary: Tensor, rank: Int,
  _ body: @escaping @Sendable (Complex) -> Complex
) -> (real: Tensor, imaginary: Tensor) {
  guard real.partialShape == imaginary.partialShape, real.rank >= rank, real.dtype.isFloatingPoint,
    imaginary.dtype.isFloatingPoint
  else {
    let error = rejected(className, "takes two floating-point tensors of one shape with at least \(rank) axes")
    return (error, error)
  }
  let results = Operation(className: className, arguments: [.list([.tensor(real), .tensor(imaginary)])]).apply {
    let (re, im) = promoted($0[0], $0[1])
    let result = body(Complex(real: re, imaginary: im))
    return [result.real, result.imaginary]
  }
  return (results[0], results[results.count - 1])
}

/// The half of a real signal's transform that determines it: `length / 2 + 1` places of the last axis.
///
/// - Parameter length: to which the signal is cut or filled with zeros; its own unless given.
public func rfft(_ x: Tensor, length: Int? = nil) -> (real: Tensor, imaginary: Tensor) {
  guard x.rank >= 1, length ?? 1 > 0, length ?? 1 < 1 << 24 else {
    let error = rejected("rfft", "takes a signal of at least one axis and a positive length")
    return (error, error)
  }
  let results = Operation(className: "RFFT", config: ["fft_length": JSONValue(length)], arguments: [.tensor(x)])
    .apply { $0[0].floating.realTransformed(length ?? $0[0].shape[-1]) }
  return (results[0], results[results.count - 1])
}

/// The inverse of `rfft`: a real signal of `length` elements, 2 · (places − 1) unless given.
public func irfft(_ real: Tensor, _ imaginary: Tensor, length: Int? = nil) -> Tensor {
  guard real.partialShape == imaginary.partialShape, real.rank >= 1, length ?? 1 > 0, length ?? 1 < 1 << 24 else {
    return rejected("irfft", "takes two tensors of one shape and a positive length")
  }
  return Operation(
    className: "IRFFT", config: ["fft_length": JSONValue(length)],
    arguments: [.list([.tensor(real), .tensor(imaginary)])]
  ).apply {
    let (re, im) = promoted($0[0].floating, $0[1].floating)
    return [re.inverseRealTransformed(im, length ?? Swift.max(2 * (re.shape[-1] - 1), 1))]
  }[0]
}

/// How a short-time transform cuts a signal into frames.
public struct FrameOptions: Sendable {
  public var length: Int
  public var stride: Int
  /// The transform's length, at least the frame's.
  public var fftLength: Int
  /// What a frame is multiplied with, one number an element; ones unless given.
  public var window: [Double]?
  /// Whether frame t is centred at element t · stride.
  public var isCentered: Bool

  public init(length: Int, stride: Int, fftLength: Int, window: [Double]? = nil, isCentered: Bool = true) {
    (self.length, self.stride, self.fftLength) = (length, stride, fftLength)
    (self.window, self.isCentered) = (window, isCentered)
  }

  fileprivate var isValid: Bool {
    length > 0 && stride > 0 && fftLength >= length && fftLength < 1 << 24
      && (window.map { $0.count == length } ?? true)
  }

  /// The window filled with zeros to the transform's length.
  fileprivate var paddedWindow: [Double] {
    guard let window else { return [Double](repeating: 1, count: fftLength) }
    let low = (fftLength - length) / 2
    let zeros = [Double](repeating: 0, count: fftLength - length)
    return zeros.prefix(low) + window + zeros.dropFirst(low)
  }
}

/// The transforms of a signal's frames, `[…, frames, fftLength / 2 + 1]`.
public func stft(_ x: Tensor, _ options: FrameOptions) -> (real: Tensor, imaginary: Tensor) {
  guard options.isValid, x.rank >= 1 else {
    let error = rejected("stft", "needs positive lengths, a transform no shorter than the frames, and a window as long")
    return (error, error)
  }
  var signal = x
  if options.isCentered {
    let none = [(Int, Int)](repeating: (0, 0), count: x.rank - 1)
    signal = x.pad(none + [(options.fftLength / 2, options.fftLength / 2)], mode: .reflect)
  }
  let frames = signal.extractSequences(options.fftLength, options.stride)
  return rfft(frames * Tensor(options.paddedWindow).asType(x.dtype.floating))
}

/// The signal whose `stft` this is: overlapping frames are added and divided by the sum of the squared windows.
///
/// - Parameter length: the signal's number of elements; what the frames cover unless given.
public func istft(_ real: Tensor, _ imaginary: Tensor, _ options: FrameOptions, length: Int? = nil) -> Tensor {
  guard options.isValid, real.rank >= 2 else {
    return rejected("istft", "needs positive lengths, a transform no shorter than the frames, and a window as long")
  }
  let window = options.paddedWindow
  let config: Config = [
    "sequence_length": JSONValue(options.length), "sequence_stride": JSONValue(options.stride),
    "fft_length": JSONValue(options.fftLength), "length": JSONValue(length),
    "window": options.window.map { .array($0.map(JSONValue.number)) } ?? nil, "center": .bool(options.isCentered),
  ]
  let parts: Argument = .list([.tensor(real), .tensor(imaginary)])
  return Operation(className: "ISTFT", config: config, arguments: [parts]).compose { operands in
    let x = irfft(operands[0], operands[1], length: options.fftLength)
    let weights = Tensor(window).asType(x.dtype)
    let added = (x * weights).overlapAdded(options.stride)
    let norm = (x.onesLike() * weights.square()).overlapAdded(options.stride)
    var signal = added / `where`(norm.greater(1e-10), norm, Tensor(1, dtype: norm.dtype))
    if options.window == nil { signal = signal * (Double(options.fftLength) / Double(options.stride)) }
    let start = options.isCentered ? options.fftLength / 2 : 0
    let whole = signal.shape[-1]
    let end = length.map { start + Swift.max($0, 0) } ?? (options.isCentered ? whole - options.fftLength / 2 : whole)
    return [signal[.ellipsis, .range(Swift.min(start, whole), Swift.min(Swift.max(end, start), whole))]]
  }[0]
}

extension Tensor {
  /// `[…, frames, length]` added `stride` apart: `[…, length + stride · (frames − 1)]`.
  fileprivate func overlapAdded(_ stride: Int) -> Tensor {
    operation("OverlapAdd", ["stride": JSONValue(stride)]) { operands in
      let x = operands[0]
      let (count, length) = (x.shape[-2], x.shape[-1])
      let total = length + stride * Swift.max(count - 1, 0)
      let lead = Array(x.shape.dimensions.dropLast(2))
      if let problem = TableLimit.problem(count, length) { return x.failed("overlap", problem) }
      let places = (0..<count).flatMap { frame in (0..<length).map { Double(frame * stride + $0) } }
      let zeros = x.builder.full(0, TensorType(x.dtype, Shape(lead + [total])))
      return zeros.scatterAdd(
        x.builder.vector(places, .int32), x.reshape(Shape(lead + [count * length])), axis: lead.count)
    }
  }
}
