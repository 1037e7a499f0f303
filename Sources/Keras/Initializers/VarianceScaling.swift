import Graph
import ModelFiles

/// Draws scaled to the size of a weight, so that signals keep their variance.
///
/// The variance is `scale / n` with n the number of inputs, of outputs, or the mean of both.
/// Source: He et al. 2015, Glorot and Bengio 2010.
public struct VarianceScaling: RandomInitializer {
  public enum Mode: String, Sendable, CaseIterable { case fanIn = "fan_in", fanOut = "fan_out", fanAverage = "fan_avg" }
  public enum Distribution: String, Sendable, CaseIterable {
    case truncatedNormal = "truncated_normal", untruncatedNormal = "untruncated_normal", uniform
  }

  public static let className = "VarianceScaling"
  public let scale: Double
  public let mode: Mode
  public let distribution: Distribution
  public let seed: Int?
  /// The axes whose extents multiply to the number of inputs; `nil` counts as Keras does by default.
  public let inputAxes: [Int]?
  /// The axes whose extents multiply to the number of outputs. Both or neither must be given.
  public let outputAxes: [Int]?

  public init(
    scale: Double = 1, mode: Mode = .fanIn, distribution: Distribution = .truncatedNormal, seed: Int? = nil,
    inputAxes: [Int]? = nil, outputAxes: [Int]? = nil
  ) {
    self.scale = scale
    self.mode = mode
    self.distribution = distribution
    self.seed = seed
    self.inputAxes = inputAxes
    self.outputAxes = outputAxes
  }

  public init(from reader: ConfigReader) throws {
    scale = try reader.double("scale", default: 1)
    guard scale > 0 else { throw reader.error("scale", "must be positive, found \(scale)") }
    mode = try reader.choice("mode", default: .fanIn)
    // Keras 1 wrote "normal" for the truncated one.
    distribution =
      reader.value("distribution")?.string == "normal"
      ? .truncatedNormal : try reader.choice("distribution", default: .truncatedNormal)
    seed = try Self.seed(reader)
    inputAxes = try reader.optionalInts("input_axes")
    outputAxes = try reader.optionalInts("output_axes")
  }

  public var config: Config {
    [
      "scale": .number(scale), "mode": .string(mode.rawValue), "distribution": .string(distribution.rawValue),
      "seed": JSONValue(seed), "input_axes": JSONValue(inputAxes), "output_axes": JSONValue(outputAxes),
    ]
  }

  private func fans(of shape: Shape) throws -> (fanIn: Double, fanOut: Double) {
    guard let inputAxes, let outputAxes else { return Keras.fans(of: shape) }
    func product(_ axes: [Int], _ argument: String) throws -> Double {
      try axes.reduce(1) { product, axis in
        guard let index = shape.normalized(axis: axis) else {
          throw KerasError(
            .incompatibleShape, "\(Self.className), argument \(argument)", "axis \(axis) does not exist in \(shape)")
        }
        return product * Double(shape[index])
      }
    }
    return (try product(inputAxes, "input_axes"), try product(outputAxes, "output_axes"))
  }

  public func initialize(_ type: TensorType) throws -> Buffer {
    guard scale > 0 else {
      throw KerasError(.invalidArgument, "\(Self.className), argument scale", "must be positive, found \(scale)")
    }
    let (fanIn, fanOut) = try fans(of: type.shape)
    let count =
      switch mode {
      case .fanIn: fanIn
      case .fanOut: fanOut
      case .fanAverage: (fanIn + fanOut) / 2
      }
    let variance = scale / Swift.max(1, count)
    switch distribution {
    case .uniform:
      let limit = Float((3 * variance).squareRoot())
      return try fill(type) { ($0.uniform() * 2 - 1) * limit }
    case .untruncatedNormal:
      let deviation = Float(variance.squareRoot())
      return try fill(type) { $0.normal() * deviation }
    case .truncatedNormal:
      // Truncation at two deviations shrinks the variance by this factor's square.
      let deviation = Float(variance.squareRoot() / 0.87962566103423978)
      return try fill(type) { $0.truncatedNormal() * deviation }
    }
  }
}
