import Graph
import ModelFiles

/// The named cases of `VarianceScaling`, which files store under names of their own.
protocol NamedScaling: RandomInitializer {
  init(seed: Int?, inputAxes: [Int]?, outputAxes: [Int]?)
  static var scaling: Scaling { get }
  var inputAxes: [Int]? { get }
  var outputAxes: [Int]? { get }
}

/// Which case of `VarianceScaling` a named initializer is.
struct Scaling: Sendable {
  let scale: Double
  let mode: VarianceScaling.Mode
  let distribution: VarianceScaling.Distribution

  init(_ scale: Double, _ mode: VarianceScaling.Mode, _ distribution: VarianceScaling.Distribution) {
    (self.scale, self.mode, self.distribution) = (scale, mode, distribution)
  }
}

extension NamedScaling {
  public init(from reader: ConfigReader) throws {
    self.init(
      seed: try Self.seed(reader), inputAxes: try reader.optionalInts("input_axes"),
      outputAxes: try reader.optionalInts("output_axes"))
  }

  public var config: Config {
    ["seed": JSONValue(seed), "input_axes": JSONValue(inputAxes), "output_axes": JSONValue(outputAxes)]
  }

  public func initialize(_ type: TensorType) throws -> Buffer {
    try VarianceScaling(
      scale: Self.scaling.scale, mode: Self.scaling.mode, distribution: Self.scaling.distribution, seed: seed,
      inputAxes: inputAxes, outputAxes: outputAxes
    ).initialize(type)
  }
}
