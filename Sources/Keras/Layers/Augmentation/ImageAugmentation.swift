import Graph
import ModelFiles

/// What the layers that change images at random share: in training each image of a batch is changed by an amount of
/// its own, in inference none.
///
/// Input `[batch, height, width, channels]`, or one image without a batch; with `.channelsFirst` the channels come
/// before height and width. Output shape is the input's.
public class ImageAugmentation: Layer, @unchecked Sendable {
  public let dataFormat: DataFormat
  public let seed: Int?
  private var generator: SeedGenerator?

  init(dataFormat: DataFormat, seed: Int?, name: String?, dtype: DTypePolicy) {
    self.dataFormat = dataFormat
    self.seed = seed
    super.init(name: name, dtype: dtype)
    generator = addSeedGenerator(seed: seed)
    built = true
  }

  public override var config: Config { ["data_format": .string(dataFormat.rawValue), "seed": JSONValue(seed)] }

  /// Whether images of whole numbers become floating-point ones in inference as well.
  var convertsInInference: Bool { true }

  /// Images `[batch, height, width, channels]` changed.
  ///
  /// - Parameter random: uniform numbers between two limits, one an image, `[batch, 1]`.
  func augmented(_ images: Tensor, _ random: (AmountRange) -> Tensor) -> Tensor { images }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    guard input.rank == 3 || input.rank == 4 else {
      return rejected(name, "takes one image or a batch of them, found shape \(input.shape)")
    }
    guard context.training, let generator else {
      return convertsInInference ? input.asType(dtypePolicy.computeDType) : input
    }
    let batch = input.rank == 4 ? input : input.expandDims(0)
    let images = dataFormat.computingChannelsLast(batch.asType(dtypePolicy.computeDType)) { images in
      augmented(images) { range in
        context.randomUniform([images.shape[0], 1], generator) * (range.upper - range.lower) + range.lower
      }
    }
    return input.rank == 4 ? images : images.squeeze(0)
  }
}

/// The limits of a random amount: a number for ± it, or both limits.
public struct AmountRange: Sendable, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public let lower: Double
  public let upper: Double
  private let isPair: Bool

  public init(_ amount: Double) { (lower, upper, isPair) = (-abs(amount), abs(amount), false) }
  public init(_ lower: Double, _ upper: Double) {
    (self.lower, self.upper, isPair) = (Swift.min(lower, upper), Swift.max(lower, upper), true)
  }
  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }

  /// As it was given.
  var serialized: JSONValue { isPair ? pair : .number(upper) }
  /// Both limits.
  var pair: JSONValue { [.number(lower), .number(upper)] }

  /// The same with limits that are not below `bound`.
  func notBelow(_ bound: Double) -> AmountRange { AmountRange(Swift.max(lower, bound), Swift.max(upper, bound)) }
}

extension ConfigReader {
  func optionalAmount(_ key: String) throws -> AmountRange? {
    guard let values = try optionalDoubles(key) else { return nil }
    if value(key)?.array == nil { return AmountRange(values[0]) }
    guard values.count == 2 else { throw error(key, "must be a number or two, found \(values)") }
    return AmountRange(values[0], values[1])
  }

  func amount(_ key: String) throws -> AmountRange {
    guard let amount = try optionalAmount(key) else { throw error(key, "is missing") }
    return amount
  }
}

extension Layer {
  /// Remembers as the initializer's error an amount outside of −1…1 or of other bounds.
  func requireAmount(_ argument: String, _ range: AmountRange, from least: Double = -1) {
    guard range.lower >= least, range.upper <= 1 else {
      reject(argument, "must be from \(least) to 1, found \(range.lower) to \(range.upper)")
      return
    }
  }
}
