#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif
import Graph
import ModelFiles

/// The kernel of a convolution that computes a short-time Fourier transform: shape
/// `[frame length, channels, frequencies]`, element `window(t) · cos(−2πtf / n) / scale` (or sin), with
/// n = 2 · (frequencies − 1).
public struct STFTInitializer: Initializer, ConfigConstructible {
  /// Which part of the transform.
  public enum Side: String, Sendable, CaseIterable { case real, imaginary = "imag" }
  /// What the window is divided by: √Σw² or Σ|w|.
  public enum Scaling: String, Sendable, CaseIterable { case density, spectrum }

  public static let className = "STFT"
  public let side: Side
  /// `nil` for none: then nothing is scaled.
  public let window: WindowFunction?
  public let scaling: Scaling?
  /// Whether the window continues periodically, or is symmetric.
  public let periodic: Bool

  public init(
    side: Side = .real, window: WindowFunction? = .hann, scaling: Scaling? = .density, periodic: Bool = false
  ) {
    self.side = side
    self.window = window
    self.scaling = scaling
    self.periodic = periodic
  }

  public init(from reader: ConfigReader) throws {
    func given<Value: RawRepresentable & CaseIterable>(_ key: String, _ fallback: Value) throws -> Value?
    where Value.RawValue == String {
      reader.config[key]?.isNull == true ? nil : try reader.choice(key, default: fallback)
    }
    side = try reader.choice("side", default: .real)
    window = try given("window", .hann)
    scaling = try given("scaling", .density)
    periodic = try reader.bool("periodic", default: false)
  }

  public var config: Config {
    [
      "side": .string(side.rawValue), "window": JSONValue(window?.rawValue), "scaling": JSONValue(scaling?.rawValue),
      "periodic": .bool(periodic),
    ]
  }

  /// - Throws: `KerasError` where the shape does not have three axes.
  public func initialize(_ type: TensorType) throws -> Buffer {
    guard type.shape.rank == 3 else {
      throw KerasError(
        .incompatibleShape, Self.className, "needs a shape [frame length, channels, frequencies], found \(type.shape)")
    }
    let (length, channels, frequencies) = (type.shape[0], type.shape[1], type.shape[2])
    let weights = window?.values(length, periodic: periodic) ?? [Double](repeating: 1, count: length)
    var divisor = 1.0
    if window != nil, scaling == .density { divisor = weights.reduce(0) { $0 + $1 * $1 }.squareRoot() }
    if window != nil, scaling == .spectrum { divisor = weights.reduce(0) { $0 + $1.magnitude } }
    var elements: [Double] = []
    elements.reserveCapacity(type.shape.elementCount)
    for (time, weight) in weights.enumerated() {
      let row = (0..<frequencies).map { frequency in
        let angle = -Double.pi * Double(time) * Double(frequency) / Double(frequencies - 1)
        return (side == .real ? cos(angle) : sin(angle)) * weight / divisor
      }
      for _ in 0..<channels { elements += row }
    }
    return try Tensor(elements, shape: type.shape, dtype: type.dtype).buffer()
  }
}
