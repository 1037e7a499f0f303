import Graph

/// Where an activation's channels are.
public enum DataFormat: String, Sendable, CaseIterable {
  /// `[batch, spatial…, channels]`.
  case channelsLast = "channels_last"
  /// `[batch, channels, spatial…]`.
  case channelsFirst = "channels_first"
}

extension Tensor {
  /// `[batch, channels, spatial…]` as `[batch, spatial…, channels]`.
  func channelsMovedLast() -> Tensor { rank < 3 ? self : transpose([0] + Array(2..<rank) + [1]) }

  /// `[batch, spatial…, channels]` as `[batch, channels, spatial…]`.
  func channelsMovedFirst() -> Tensor {
    rank < 3 ? self : transpose([0, rank - 1] + Array((0..<rank).dropFirst().dropLast()))
  }
}

extension DataFormat {
  /// What `body` makes of the input with its channels last, in this format again.
  func computingChannelsLast(_ input: Tensor, _ body: (Tensor) -> Tensor) -> Tensor {
    switch self {
    case .channelsLast: body(input)
    case .channelsFirst: body(input.channelsMovedLast()).channelsMovedFirst()
    }
  }

  /// The channels' axis and extent in the shape of an input of a layer.
  ///
  /// - Throws: `KerasError` where the extent is open.
  func channels(of shape: [Int?], layer: String) throws -> (axis: Int, count: Int) {
    let axis = self == .channelsLast ? shape.count - 1 : 1
    guard shape.indices.contains(axis), let count = shape[axis] else {
      throw KerasError(
        .incompatibleShape, layer, "the channels of the input must be known, found \(describe(shape))")
    }
    return (axis, count)
  }
}

/// How a window treats the border.
public enum PaddingMode: String, Sendable, CaseIterable {
  /// The window stays inside.
  case valid
  /// The output has ⌈extent / stride⌉ positions.
  case same
  /// Position t sees nothing after t. One spatial axis only.
  case causal

  /// Elements added before and after an axis.
  func amounts(extent: Int, window: Int, stride: Int, dilation: Int) -> (low: Int, high: Int) {
    let span = (window - 1) &* dilation + 1
    switch self {
    case .valid: return (0, 0)
    case .causal: return (span - 1, 0)
    case .same:
      let count = (extent + stride - 1) / Swift.max(stride, 1)
      let total = Swift.max((count - 1) &* stride + span - extent, 0)
      return (total / 2, total - total / 2)
    }
  }
}

/// An argument given for each spatial axis, or once for all.
public struct AxisValues: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  public let values: [Int]

  public init(_ values: [Int]) { self.values = values }
  public init(integerLiteral value: Int) { values = [value] }
  public init(arrayLiteral elements: Int...) { values = elements }

  /// One value for each of `rank` axes, or `nil` where the count does not fit, a value is below `minimum` or no size.
  func expanded(_ rank: Int, minimum: Int = 1) -> [Int]? {
    let all = values.count == 1 ? [Int](repeating: values[0], count: rank) : values
    return all.count == rank && all.allSatisfy { $0 >= minimum && $0 <= Size.largest } ? all : nil
  }
}

/// The sizes that arguments may give: products of two and the sums that follow from them fit an `Int`.
enum Size {
  static let largest = Int(Int32.max)
}

extension Layer {
  /// Remembers as the initializer's error an argument that is not a size from 1 on; `nil` is none.
  func requireSize(_ argument: String, _ value: Int?) {
    guard let value, !(1...Size.largest).contains(value) else { return }
    reject(argument, "must be a positive integer of at most \(Size.largest), found \(value)")
  }

  /// One value for each spatial axis; what does not fit is remembered as the initializer's error.
  func expand(_ argument: String, _ given: AxisValues, _ rank: Int, minimum: Int = 1) -> [Int] {
    if let values = given.expanded(rank, minimum: minimum) { return values }
    reject(argument, "must be \(rank) integers from \(minimum) to \(Size.largest) (or one), found \(given.values)")
    return [Int](repeating: Swift.max(minimum, 1), count: rank)
  }
}
