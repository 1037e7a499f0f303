import Graph
import ModelFiles

/// Einstein's summation: the sum of products that the subscripts describe, over all labels missing after `->`.
///
/// Without `->` the result's labels are those that occur once, in alphabetical order. `...` stands for leading axes
/// that broadcast; a label twice in one operand takes its diagonal. Source: `keras.ops.einsum`.
///
/// ```swift
/// let scores = einsum("bqhd,bkhd->bhqk", query, key)
/// ```
public func einsum(_ subscripts: String, _ operands: Tensor...) -> Tensor { einsum(subscripts, operands) }

public func einsum(_ subscripts: String, _ operands: [Tensor]) -> Tensor {
  if let failure = operands.lazy.compactMap(\.failure).first { return Tensor(failure: failure) }
  do {
    let equation = try EinsumEquation(subscripts, ranks: operands.map(\.rank))
    let operation = Operation(
      className: "Einsum", config: ["subscripts": .string(subscripts)], arguments: operands.map(Argument.tensor))
    return operation.apply { expressions in [equation.evaluate(expressions)] }[0]
  } catch {
    return Tensor(failure: KerasError(wrapping: error, subject: "einsum"))
  }
}

/// Subscripts as labels for each axis.
struct EinsumEquation: Sendable {
  /// A letter's code, or for the axes of `...` a negative number counted from the right.
  typealias Label = Int

  let operands: [[Label]]
  let result: [Label]

  init(_ subscripts: String, ranks: [Int]) throws(KerasError) {
    func invalid(_ message: String) -> KerasError {
      KerasError(.invalidArgument, "einsum", "\"\(subscripts)\" \(message)")
    }
    let text = subscripts.filter { $0 != " " }
    let sides = text.split(separator: "->", omittingEmptySubsequences: false)
    guard let left = sides.first, sides.count <= 2 else { throw invalid("has more than one ->") }
    let terms = left.split(separator: ",", omittingEmptySubsequences: false)
    guard terms.count == ranks.count, !ranks.isEmpty else {
      throw invalid("describes \(terms.count) operands, \(ranks.count) were given")
    }
    func labels(_ term: Substring, ellipsisRank: (Int) -> Int?) throws(KerasError) -> [Label] {
      let parts = term.split(separator: "...", omittingEmptySubsequences: false)
      guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy { $0.isLetter && $0.isASCII } }) else {
        throw invalid("may hold letters and at most one ... a term, found \"\(term)\"")
      }
      let letters = parts.map { $0.unicodeScalars.map { Label($0.value) } }
      guard let hidden = ellipsisRank(letters.joined().count), parts.count == 2 || hidden == 0 else {
        throw invalid("does not fit the operands' numbers of axes \(ranks)")
      }
      return letters[0] + (0..<hidden).map { $0 - hidden } + (parts.count == 2 ? letters[1] : [])
    }
    var parsed: [[Label]] = []
    for (term, rank) in zip(terms, ranks) {
      parsed.append(try labels(term) { $0 <= rank ? rank - $0 : nil })
    }
    operands = parsed
    let all = parsed.joined()
    let hidden = -(all.min() ?? 0)
    if sides.count == 2 {
      result = try labels(sides[1]) { _ in sides[1].contains("...") ? Swift.max(hidden, 0) : 0 }
      guard Set(result).count == result.count, Set(result).isSubset(of: all) else {
        throw invalid("must name each axis of the result once, and only axes of the operands")
      }
    } else {
      let counts = Dictionary(all.map { ($0, 1) }, uniquingKeysWith: +)
      result = counts.keys.filter { $0 < 0 || counts[$0] == 1 }.sorted()
    }
  }

  /// The sum, operand after operand.
  func evaluate(_ expressions: [Expression]) -> Expression {
    let dtype = expressions.dropFirst().reduce(expressions[0].dtype) { $0.promoted(with: $1.dtype) }
    var terms = zip(expressions, operands).map { EinsumTerm($0.converted(to: dtype), $1).withoutRepeats() }
    var product = terms.removeFirst()
    while !terms.isEmpty {
      let next = terms.removeFirst()
      let needed = Set(result).union(terms.flatMap(\.labels))
      product = product.times(next, keeping: needed, preferring: terms.isEmpty ? result : [])
    }
    return product.summed(keeping: Set(result)).ordered(result)
  }
}

/// A tensor with a label for each axis.
private struct EinsumTerm {
  let value: Expression
  let labels: [Int]

  init(_ value: Expression, _ labels: [Int]) {
    self.value = value
    self.labels = labels
  }

  /// The diagonal where a label occurs twice.
  func withoutRepeats() -> EinsumTerm {
    for (position, label) in labels.enumerated() {
      guard let first = labels.firstIndex(of: label), first < position else { continue }
      let type = TensorType(.int32, value.shape)
      let onDiagonal = value.builder.iota(type, axis: first).equal(value.builder.iota(type, axis: position))
      let diagonal = onDiagonal.select(value, value.constant(0)).sum(axes: [position])
      var rest = labels
      rest.remove(at: position)
      return EinsumTerm(diagonal, rest).withoutRepeats()
    }
    return self
  }

  func summed(keeping needed: Set<Int>) -> EinsumTerm {
    let axes = labels.indices.filter { !needed.contains(labels[$0]) }
    return axes.isEmpty ? self : EinsumTerm(value.sum(axes: axes), labels.filter(needed.contains))
  }

  func ordered(_ target: [Int]) -> Expression {
    value.transpose(target.map { labels.firstIndex(of: $0) ?? 0 })
  }

  /// Without the axes of extent 1 that broadcast against a longer axis of `other`.
  private func withoutBroadcastAxes(against other: EinsumTerm) -> EinsumTerm {
    let axes = labels.indices.filter { axis in
      guard value.shape[axis] == 1, let partner = other.labels.firstIndex(of: labels[axis]) else { return false }
      return other.value.shape[partner] != 1
    }
    guard !axes.isEmpty else { return self }
    let kept = labels.indices.filter { !axes.contains($0) }
    return EinsumTerm(value.reshape(Shape(kept.map { value.shape[$0] })), kept.map { labels[$0] })
  }

  /// The product, summed over the labels that nothing after needs.
  func times(_ other: EinsumTerm, keeping needed: Set<Int>, preferring target: [Int]) -> EinsumTerm {
    let left = withoutBroadcastAxes(against: other).summed(keeping: needed.union(other.labels))
    let right = other.withoutBroadcastAxes(against: self).summed(keeping: needed.union(left.labels))
    let swapped = right.product(with: left, keeping: needed)
    if swapped.labels == target { return swapped.make() }
    return left.product(with: right, keeping: needed).make()
  }

  private func product(with right: EinsumTerm, keeping needed: Set<Int>) -> (
    labels: [Int], make: () -> EinsumTerm
  ) {
    let shared = labels.filter(right.labels.contains)
    let (batch, contracted) = (shared.filter(needed.contains), shared.filter { !needed.contains($0) })
    let free = labels.filter { !shared.contains($0) } + right.labels.filter { !shared.contains($0) }
    func axes(_ wanted: [Int], _ term: EinsumTerm) -> [Int] { wanted.compactMap(term.labels.firstIndex(of:)) }
    let dimensions = DotDimensions(
      leftBatch: axes(batch, self), rightBatch: axes(batch, right), leftContracting: axes(contracted, self),
      rightContracting: axes(contracted, right))
    let resultLabels = batch + free
    return (resultLabels, { EinsumTerm(value.dot(right.value, dimensions), resultLabels) })
  }
}
