import ModelFiles

/// A pattern of named axes as in einops: `"b (h w) c -> b h w c"`.
///
/// Axes in parentheses are one axis of the tensor; `1` and `()` are axes of extent 1; `...` stands for any axes.
struct RearrangePattern: Sendable {
  private enum Label: Hashable { case name(String), ellipsis }

  private let left: [[Label]]
  private let right: [[Label]]

  init(_ pattern: String) throws(KerasError) {
    func invalid(_ message: String) -> KerasError {
      KerasError(.invalidArgument, "rearrange", "\"\(pattern)\" \(message)")
    }
    let sides = pattern.split(separator: "->", omittingEmptySubsequences: false)
    guard sides.count == 2 else { throw invalid("must have one ->") }
    func parse(_ side: Substring) throws(KerasError) -> [[Label]] {
      var axes: [[Label]] = []
      var isOpen = false
      let spaced = side.replacing("(", with: " ( ").replacing(")", with: " ) ").replacing("...", with: " ... ")
      for word in spaced.split(separator: " ") {
        switch word {
        case "(":
          guard !isOpen else { throw invalid("has nested parentheses") }
          isOpen = true
          axes.append([])
        case ")":
          guard isOpen else { throw invalid("closes a parenthesis that is not open") }
          isOpen = false
        default:
          guard word == "..." || word == "1" || word.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else {
            throw invalid("has an axis named \"\(word)\"")
          }
          if !isOpen { axes.append([]) }
          if word != "1" { axes[axes.count - 1].append(word == "..." ? .ellipsis : .name(String(word))) }
        }
      }
      guard !isOpen else { throw invalid("leaves a parenthesis open") }
      return axes
    }
    left = try parse(sides[0])
    right = try parse(sides[1])
    let (from, to) = (left.joined(), right.joined())
    guard Set(from).count == from.count, Set(to).count == to.count, Set(from) == Set(to) else {
      throw invalid("must have the same axes on both sides, each once")
    }
    guard !left.contains(where: { $0.count > 1 && $0.contains(.ellipsis) }) else {
      throw invalid("has ... in parentheses on the left")
    }
  }

  /// The tensor rearranged, its axes split, ordered and joined.
  func apply(_ x: Tensor, lengths: [String: Int]) -> Tensor {
    func mismatch() -> Tensor {
      rejected("rearrange", "the pattern does not fit shape \(describe(x.partialShape)) with lengths \(lengths)")
    }
    let hidden = x.rank - left.count { $0 != [.ellipsis] }
    guard hidden >= 0, hidden == 0 || left.contains([.ellipsis]) else { return mismatch() }
    var extents: [Label: [Int]] = [:]
    var split: [Int] = []
    var axis = 0
    for group in left {
      if group == [.ellipsis] {
        extents[.ellipsis] = (axis..<(axis + hidden)).map { x.shape[$0] }
        split += extents[.ellipsis] ?? []
        axis += hidden
        continue
      }
      let extent = x.shape[axis]
      axis += 1
      var known = group.map { label -> Int? in if case .name(let name) = label { lengths[name] } else { nil } }
      let open = known.indices.filter { known[$0] == nil }
      let product = known.compactMap { $0 }.reduce(1) { $0 &* $1 }
      guard open.count <= 1, product > 0, extent % product == 0 else { return mismatch() }
      if let place = open.first { known[place] = extent / product } else if product != extent { return mismatch() }
      for (label, length) in zip(group, known) { extents[label] = [length ?? 1] }
      split += known.compactMap { $0 }
    }
    // The places of each label's axes after splitting.
    var places: [Label: [Int]] = [:]
    var next = 0
    for label in left.joined() {
      let count = extents[label]?.count ?? 0
      places[label] = Array(next..<(next + count))
      next += count
    }
    let order = right.joined().flatMap { places[$0] ?? [] }
    let result = right.flatMap { group -> [Int] in
      let parts = group.flatMap { extents[$0] ?? [] }
      return group == [.ellipsis] ? parts : [parts.reduce(1, *)]
    }
    return x.reshape(split).transpose(order).reshape(result)
  }
}

extension Tensor {
  /// Splits, orders and joins axes by a pattern of their names, as in einops.
  ///
  /// ```swift
  /// let heads = x.rearranged("b t (h d) -> b h t d", ["h": 8])
  /// ```
  ///
  /// - Parameter lengths: extents of axes that the shape leaves open.
  public func rearranged(_ pattern: String, _ lengths: [String: Int] = [:]) -> Tensor {
    do {
      let parsed = try RearrangePattern(pattern)
      let keyword = lengths.mapValues { Argument.value(JSONValue($0)) }
      return Operation(
        className: "Rearrange", arguments: [.tensor(self), .value(.string(pattern))], keyword: keyword
      ).compose { [parsed.apply($0[0], lengths: lengths)] }[0]
    } catch {
      return Tensor(failure: error)
    }
  }
}
