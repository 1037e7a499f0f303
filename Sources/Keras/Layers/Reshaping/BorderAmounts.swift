import ModelFiles

/// How much is added to or taken from both ends of each spatial axis.
///
/// One integer counts for all ends; a list has an entry for each axis, an integer for both of its ends or a list of
/// two. For a single axis a list of two integers is its two ends.
///
/// ```swift
/// ZeroPadding2D(1)
/// ZeroPadding2D([1, 2])             // 1 above and below, 2 left and right
/// ZeroPadding2D([[1, 0], [2, 3]])   // 1 above, 2 left, 3 right
/// ```
public struct BorderAmounts: Sendable, Hashable, ExpressibleByIntegerLiteral, ExpressibleByArrayLiteral {
  let entries: [AxisValues]
  let isUniform: Bool

  public init(_ entries: [AxisValues]) { (self.entries, isUniform) = (entries, false) }
  public init(integerLiteral value: Int) { (entries, isUniform) = ([AxisValues(integerLiteral: value)], true) }
  public init(arrayLiteral elements: AxisValues...) { self.init(elements) }

  /// The two ends of each of `rank` axes, or `nil` where the counts do not fit or an amount is negative.
  func expanded(_ rank: Int) -> [(low: Int, high: Int)]? {
    var axes = entries
    if isUniform { axes = [AxisValues](repeating: entries[0], count: rank) }
    if rank == 1, axes.count == 2 { axes = [AxisValues(axes.flatMap(\.values))] }
    let ends = axes.compactMap { $0.expanded(2, minimum: 0) }
    guard axes.count == rank, ends.count == rank else { return nil }
    return ends.map { ($0[0], $0[1]) }
  }
}

extension ConfigReader {
  func borderAmounts(_ key: String, default fallback: BorderAmounts = 1) throws -> BorderAmounts {
    guard let member = value(key) else { return fallback }
    if let amount = member.int { return BorderAmounts(integerLiteral: amount) }
    let entries = try (member.array ?? []).map { entry in
      if let amount = entry.int { return AxisValues([amount]) }
      guard let ends = entry.array, ends.allSatisfy({ $0.int != nil }) else {
        throw error(key, "must hold integers, or lists of two for each axis, found \(member.excerpt)")
      }
      return AxisValues(ends.compactMap(\.int))
    }
    return BorderAmounts(entries)
  }
}

/// What the padding and cropping layers share: an amount at each end of each spatial axis.
public class BorderLayer: Layer, @unchecked Sendable {
  let spatialRank: Int
  let dataFormat: DataFormat
  /// Each spatial axis's amounts before and after.
  let amounts: [(low: Int, high: Int)]

  init(
    rank: Int, argument: String, _ given: BorderAmounts, dataFormat: DataFormat, name: String?, dtype: DTypePolicy
  ) {
    spatialRank = rank
    self.dataFormat = dataFormat
    let expanded = given.expanded(rank)
    amounts = expanded ?? [(low: Int, high: Int)](repeating: (0, 0), count: rank)
    super.init(name: name, dtype: dtype)
    if expanded == nil {
      let found = given.entries.map(\.values)
      reject(
        argument,
        "must be an integer, or for each of the \(rank) axes an integer or two, none negative, found \(found)")
    }
    inputSpec = InputSpec(rank: rank + 2)
  }

  var serializedAmounts: JSONValue {
    let pairs = amounts.map { JSONValue([$0.low, $0.high]) }
    return spatialRank == 1 ? pairs[0] : .array(pairs)
  }

  /// The amounts of all axes, batch and channels included.
  var allAmounts: [(low: Int, high: Int)] {
    dataFormat == .channelsFirst ? [(0, 0), (0, 0)] + amounts : [(0, 0)] + amounts + [(0, 0)]
  }
}
