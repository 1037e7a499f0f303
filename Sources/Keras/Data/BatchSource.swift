import Graph

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Arrays of samples, handed out in batches: inputs, targets and sample weights side by side.
struct BatchSource: Sendable {
  let inputs: [Buffer]
  let targets: [Buffer]
  /// None, one for all targets, or one for each.
  let sampleWeights: [Buffer]
  let count: Int

  /// - Throws: `KerasError` where there are no samples or the arrays' counts differ.
  init(inputs: [Tensor], targets: [Tensor] = [], sampleWeights: [Tensor] = []) throws {
    self.inputs = try inputs.map { try $0.buffer() }
    self.targets = try targets.map { try $0.buffer() }
    self.sampleWeights = try sampleWeights.map { try $0.asType(.float32).buffer() }
    let named =
      self.inputs.enumerated().map { ("x[\($0.offset)]", $0.element) }
      + self.targets.enumerated().map { ("y[\($0.offset)]", $0.element) }
      + self.sampleWeights.enumerated().map { ("sampleWeights[\($0.offset)]", $0.element) }
    guard let first = named.first else { throw KerasError(.invalidData, "x", "there is no data") }
    count = first.1.type.shape.rank == 0 ? 0 : first.1.type.shape[0]
    for (name, buffer) in named {
      guard buffer.type.shape.rank > 0 else {
        throw KerasError(.invalidData, name, "must have a first axis of samples, found a scalar")
      }
      guard buffer.type.shape[0] == count else {
        throw KerasError(
          .invalidData, name,
          "all arrays must have as many samples: x[0] has \(count) (shape \(first.1.type.shape)), "
            + "\(name) has \(buffer.type.shape[0]) (shape \(buffer.type.shape))")
      }
    }
    guard count > 0 else { throw KerasError(.invalidData, "x", "there are no samples: shape \(first.1.type.shape)") }
    guard [0, 1, self.targets.count].contains(self.sampleWeights.count) else {
      throw KerasError(
        .invalidData, "sampleWeights",
        "must be one array for all \(self.targets.count) targets or one for each, found \(self.sampleWeights.count)")
    }
    for (position, weight) in self.sampleWeights.enumerated() {
      let target = self.targets[min(position, self.targets.count - 1)].type.shape
      // Weights may come in a column, as targets may.
      let extents = weight.type.shape.dimensions
      guard (extents.last == 1 ? extents.count - 1 : extents.count) <= target.rank else {
        throw KerasError(
          .invalidData, "sampleWeights[\(position)]",
          "must have one weight a sample, shape [\(count)], or more axes of the target's \(target), found "
            + "\(weight.type.shape)")
      }
    }
  }

  private init(_ inputs: [Buffer], _ targets: [Buffer], _ sampleWeights: [Buffer], _ count: Int) {
    self.inputs = inputs
    self.targets = targets
    self.sampleWeights = sampleWeights
    self.count = count
  }

  var arrays: [Buffer] { inputs + targets + sampleWeights }

  /// The samples of a range, without copying.
  func slice(_ range: Range<Int>) -> BatchSource {
    func part(_ buffer: Buffer) -> Buffer { buffer.rows(range) }
    return BatchSource(inputs.map(part), targets.map(part), sampleWeights.map(part), range.count)
  }
}

extension Buffer {
  /// The bytes of one sample.
  var rowByteCount: Int { type.shape[0] == 0 ? 0 : byteCount / type.shape[0] }

  /// The samples of a range: the same memory. The range must lie inside.
  func rows(_ range: Range<Int>) -> Buffer {
    if range == 0..<type.shape[0] { return self }
    let type = TensorType(type.dtype, self.type.shape.replacing(axis: 0, with: range.count))
    return Buffer(type, borrowing: pointer + range.lowerBound * rowByteCount, from: self)
  }

  /// Copies the samples with these positions to the front of this buffer.
  func gatherRows(_ positions: ArraySlice<Int>, from source: Buffer) {
    let bytes = source.rowByteCount
    var target = pointer
    for position in positions {
      memcpy(target, source.pointer + position * bytes, bytes)
      target += bytes
    }
  }
}
