import Graph
import ModelFiles

/// What the adaptive pooling layers share: each spatial axis is cut into as many windows as the output has positions,
/// window i from ⌊i · n / m⌋ to ⌈(i + 1) · n / m⌉ of n elements, of which the maximum or the mean is taken.
public class BaseAdaptivePooling: Layer, @unchecked Sendable {
  let kind: Pooling.Kind
  public private(set) var outputSize: [Int] = []
  public let dataFormat: DataFormat

  init(
    rank: Int, kind: Pooling.Kind, outputSize: AxisValues, dataFormat: DataFormat, name: String?, dtype: DTypePolicy
  ) {
    self.kind = kind
    self.dataFormat = dataFormat
    super.init(name: name, dtype: dtype)
    self.outputSize = expand("output_size", outputSize, rank)
    inputSpec = InputSpec(rank: rank + 2)
  }

  public override var config: Config {
    ["output_size": JSONValue(outputSize), "data_format": .string(dataFormat.rawValue)]
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    dataFormat.computingChannelsLast(input) { $0.adaptivePool(kind, outputSize: outputSize) }
  }
}

extension Tensor {
  /// The maximum or mean of `outputSize[i]` windows that cover spatial axis `i` of a channels-last tensor.
  func adaptivePool(_ kind: Pooling.Kind, outputSize: [Int]) -> Tensor {
    let extents = Array(shape.dimensions.dropFirst().dropLast())
    guard extents.allSatisfy({ $0 > 0 }) else {
      return Tensor(
        failure: KerasError(.incompatibleShape, "adaptive pooling", "the input has an empty axis: shape \(shape)"))
    }
    if zip(extents, outputSize).allSatisfy({ $0 % $1 == 0 }) {
      let window = zip(extents, outputSize).map { $0 / $1 }
      return pool(kind, window: window, strides: window, padding: .valid)
    }
    var output = self
    for (index, count) in outputSize.enumerated() {
      let extent = extents[index]
      let windows = (0..<count).map { position in
        let (start, end) = (position * extent / count, ((position + 1) * extent + count - 1) / count)
        let window = output.slice(axis: index + 1, start..<end)
        return kind == .maximum
          ? window.max(axis: [index + 1], keepDims: true) : window.mean(axis: [index + 1], keepDims: true)
      }
      output = concatenate(windows, axis: index + 1)
    }
    return output
  }
}
