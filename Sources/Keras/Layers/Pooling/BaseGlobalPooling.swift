import Graph
import ModelFiles

/// What the global pooling layers share: the maximum or the mean over all spatial axes.
public class BaseGlobalPooling: Layer, @unchecked Sendable {
  let kind: Pooling.Kind
  public let dataFormat: DataFormat
  public let keepDims: Bool
  let spatialAxes: [Int]

  init(rank: Int, kind: Pooling.Kind, dataFormat: DataFormat, keepDims: Bool, name: String?, dtype: DTypePolicy) {
    self.kind = kind
    self.dataFormat = dataFormat
    self.keepDims = keepDims
    let first = dataFormat == .channelsLast ? 1 : 2
    spatialAxes = Array(first..<(first + rank))
    super.init(name: name, dtype: dtype)
    inputSpec = InputSpec(rank: rank + 2)
  }

  public override var config: Config {
    ["data_format": .string(dataFormat.rawValue), "keepdims": .bool(keepDims)]
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    switch kind {
    case .maximum: input.max(axis: spatialAxes, keepDims: keepDims)
    case .average: input.mean(axis: spatialAxes, keepDims: keepDims)
    }
  }
}
