import Graph
import ModelFiles

/// What the pooling layers share: the maximum or the mean of a window slid over the spatial axes. Padding counts for
/// neither.
public class BasePooling: Layer, @unchecked Sendable {
  public let spatialRank: Int
  let kind: Pooling.Kind
  public private(set) var poolSize: [Int] = []
  public private(set) var strides: [Int] = []
  let options: PoolingOptions

  init(rank: Int, kind: Pooling.Kind, _ options: PoolingOptions, name: String?, dtype: DTypePolicy) {
    spatialRank = rank
    self.kind = kind
    self.options = options
    super.init(name: name, dtype: dtype)
    poolSize = expand("pool_size", options.poolSize, rank)
    strides = options.strides.map { expand("strides", $0, rank) } ?? poolSize
    inputSpec = InputSpec(rank: rank + 2)
    if options.padding == .causal { reject("padding", "must be \"valid\" or \"same\", found \"causal\"") }
  }

  public override var config: Config {
    [
      "pool_size": JSONValue(poolSize), "padding": .string(options.padding.rawValue),
      "strides": JSONValue(strides), "data_format": .string(options.dataFormat.rawValue),
    ]
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    options.dataFormat.computingChannelsLast(input) {
      $0.pool(kind, window: poolSize, strides: strides, padding: options.padding)
    }
  }
}

/// The arguments that the pooling layers share.
struct PoolingOptions: Sendable {
  var poolSize: AxisValues
  var strides: AxisValues?
  var padding: PaddingMode
  var dataFormat: DataFormat
}

extension PoolingOptions {
  public init(_ reader: ConfigReader) throws {
    poolSize = AxisValues(try reader.optionalInts("pool_size") ?? [2])
    strides = try reader.optionalInts("strides").map(AxisValues.init)
    padding = try reader.choice("padding", default: .valid)
    dataFormat = try reader.choice("data_format", default: .channelsLast)
  }
}

extension Tensor {
  /// The maximum or mean of a window slid over the spatial axes of a channels-last tensor.
  func pool(_ kind: Pooling.Kind, window: [Int], strides: [Int], padding: PaddingMode) -> Tensor {
    let config: Config = [
      "pool_size": JSONValue(window), "strides": JSONValue(strides), "padding": .string(padding.rawValue),
    ]
    return unary(kind == .maximum ? "MaxPool" : "AveragePool", config) { x in
      let amounts = window.indices.map {
        padding.amounts(extent: x.shape[$0 + 1], window: window[$0], stride: strides[$0], dilation: 1)
      }
      return x.pool(
        Pooling(
          kind, window: window, strides: strides, paddingLow: amounts.map(\.low), paddingHigh: amounts.map(\.high)))
    }
  }
}
