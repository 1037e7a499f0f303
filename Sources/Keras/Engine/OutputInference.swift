import Graph

/// What a layer gives for tensors whose extents are partly open.
///
/// Its `call` is recorded twice, with two different numbers in place of each open extent; an extent of the output that
/// differs between the two is open as well. Where a layer needs more than the first numbers (a window or crop that is
/// longer), larger ones are tried. Errors say `None` where they differ only in such numbers.
struct OutputInference {
  let layer: Layer
  let arguments: CallArguments
  /// How many samples stand for an open batch where it is not the numbers below.
  var batch: Int?
  /// Whether all calls before are recorded as well, so that extents of several tensors go together.
  var startsAtInputs = false

  /// Primes, far enough apart that strides and paddings keep them different.
  private static let extents = [89, 1013, 4099, 16_411, 131_101, 1_000_003, 16_777_259]
  /// The same for the first axis, the batch: few layers need many samples, and products are to stay below 2⁶³.
  private static let batches = [89, 1013, 1019, 1021, 1031, 1033, 1039]

  private struct Recording {
    let types: Result<[TensorType], any Error>
    let nodeCount: Int
  }

  /// The outputs' shapes and types.
  ///
  /// - Throws: what the call throws whatever the open extents are.
  func specs() throws -> [(shape: [Int?], dtype: DType)] {
    do { return try plainSpecs() } catch {
      // A constant with samples of its own goes with as many of the others alone.
      for batch in Set(arguments.constantBatches).sorted() {
        let inference = OutputInference(layer: layer, arguments: arguments, batch: batch)
        guard let specs = try? inference.plainSpecs() else { continue }
        return specs.map { spec in
          guard spec.shape.first == batch else { return spec }
          return ([nil] + spec.shape.dropFirst(), spec.dtype)
        }
      }
      guard (layer as? OperationLayer)?.isForeign == true else { throw error }
      return try OutputInference(layer: layer, arguments: arguments, startsAtInputs: true).plainSpecs()
    }
  }

  private func plainSpecs() throws -> [(shape: [Int?], dtype: DType)] {
    let builds = StandInBuilds()
    guard arguments.tensors.contains(where: \.dependsOnExtents) else {
      return try record(0, builds).types.get().map { ($0.shape.dimensions, $0.dtype) }
    }
    while true {
      let (given, failures, isLoopFree) = recordings(builds)
      if given.count == 2 {
        let specs = try compared(given[0], given[1])
        let settled = isLoopFree ? settled(specs, builds) : specs
        builds.finish()
        return settled
      }
      // Layers inside may have been built for numbers that stand for open extents.
      if !builds.learn() { throw described(failures) }
    }
  }

  /// Two recordings that work, or those that do not.
  ///
  /// - Returns: also whether they were as long for any extents.
  private func recordings(_ builds: StandInBuilds) -> (
    given: [[TensorType]], failures: [any Error], isLoopFree: Bool
  ) {
    var given: [[TensorType]] = []
    var failures: [any Error] = []
    var counts: [Int] = []
    for rung in Self.extents.indices where given.count < 2 {
      // A program that loops over an open extent records more, the larger it is.
      if rung > 3, Set(counts.prefix(2)).count > 1 { break }
      var recording = record(rung, builds)
      counts.append(recording.nodeCount)
      if case .failure = recording.types, let agreeing { recording = agreeing.record(rung, builds) }
      switch recording.types {
      case .success(let types): given.append(types)
      case .failure(let error): failures.append(error)
      }
      // Larger numbers do not help a layer that was built for the first.
      if rung == 1, given.count == 1, builds.hasLessons { break }
    }
    return (given, failures, Set(counts.prefix(2)).count == 1)
  }

  private func record(_ rung: Int, _ builds: StandInBuilds) -> Recording {
    let trace = Trace(training: false)
    func standIn(_ symbol: SymbolicTensor) -> Tensor {
      let extents = symbol.shape.enumerated().map { axis, extent in
        extent ?? (axis == 0 ? batch ?? Self.batches[rung] : Self.extents[rung])
      }
      return trace.input(TensorType(symbol.dtype, Shape(extents)))
    }
    let types = Result {
      let known = try arguments.computed(in: trace, onlyMeasured: !startsAtInputs, standIn)
      let filled = arguments.map { tensor in
        guard case .symbolic(let symbol) = tensor.content else { return tensor }
        return known[ObjectIdentifier(symbol)] ?? standIn(symbol)
      }
      let outputs = try builds.during { try layer.applyTraced(filled, trace, training: false) }
      if let error = trace.firstError { throw error }
      return outputs.map { TensorType($0.dtype, $0.shape) }
    }
    return Recording(types: types, nodeCount: trace.builder.nodes.count)
  }

  /// The same call with what other inputs of the same rank say of open extents, if they do.
  private var agreeing: OutputInference? {
    let shapes = arguments.tensors.map(\.partialShape)
    var changed = false
    let filled = arguments.map { tensor -> Tensor in
      guard case .symbolic(let symbol) = tensor.content else { return tensor }
      let shape = symbol.shape.enumerated().map { axis, extent -> Int? in
        if extent != nil { return extent }
        let known = shapes.lazy.filter { $0.count == symbol.shape.count }.compactMap { $0[axis] }.first { $0 != 1 }
        changed = changed || known != nil
        return known
      }
      return Tensor(.symbolic(SymbolicTensor(shape: shape, dtype: symbol.dtype)))
    }
    return changed ? OutputInference(layer: layer, arguments: filled) : nil
  }

  private func compared(_ first: [TensorType], _ second: [TensorType]) throws -> [(shape: [Int?], dtype: DType)] {
    guard first.count == second.count, zip(first, second).allSatisfy({ $0.shape.rank == $1.shape.rank }) else {
      throw KerasError(.incompatibleShape, layer.name, "the number of outputs or axes depends on an open extent")
    }
    return zip(first, second).map { a, b in
      (zip(a.shape.dimensions, b.shape.dimensions).map { $0 == $1 ? $0 : nil }, a.dtype)
    }
  }

  /// The same with what larger extents show. One window of a long stride, or nothing behind a cut, is the same for both
  /// of the first.
  private func settled(_ specs: [(shape: [Int?], dtype: DType)], _ builds: StandInBuilds) -> [(
    shape: [Int?], dtype: DType
  )] {
    guard specs.contains(where: { $0.shape.contains { $0.map { $0 <= 1 } ?? false } }),
      arguments.tensors.contains(where: { $0.partialShape.dropFirst().contains(nil) })
    else { return specs }
    for rung in (2...5).reversed() {
      guard case .success(let types) = record(rung, builds).types else { continue }
      return zip(specs, types).map { spec, type in
        guard spec.shape.count == type.shape.rank else { return spec }
        return (zip(spec.shape, type.shape.dimensions).map { $0 == $1 ? $0 : nil }, spec.dtype)
      }
    }
    return specs
  }

  // MARK: Errors

  /// What is wrong whatever the open extents are, as an error that does not tell what stood for them.
  private func described(_ failures: [any Error]) -> KerasError {
    let errors = failures.map { KerasError(wrapping: $0, subject: layer.name) }
    for (first, second) in zip(errors, errors.dropFirst()) {
      guard first.kind == second.kind, let subject = Self.merged(first.subject, second.subject),
        let message = Self.merged(first.message, second.message)
      else { continue }
      return KerasError(first.kind, subject, message)
    }
    let shapes = arguments.tensors.map { describe($0.partialShape) }.joined(separator: ", ")
    return KerasError(
      errors.last?.kind ?? .incompatibleShape, errors.last?.subject ?? layer.name,
      "cannot be called on \(shapes): no extents fit that are open there")
  }

  /// A text of which there are two versions, with `None` for the numbers in which they differ, or `nil` where they
  /// differ in more.
  static func merged(_ first: String, _ second: String) -> String? {
    let (a, b) = (parts(first), parts(second))
    guard a.count == b.count else { return nil }
    var result = ""
    for (x, y) in zip(a, b) {
      if x != y, !(x.first?.isNumber ?? false && y.first?.isNumber ?? false) { return nil }
      result += x == y ? String(x) : "None"
    }
    return result
  }

  /// The runs of digits and those of other characters, in turn.
  private static func parts(_ text: String) -> [Substring] {
    var parts: [Substring] = []
    var rest = text[...]
    while let first = rest.first {
      let part = rest.prefix { $0.isNumber == first.isNumber }
      parts.append(part)
      rest = rest.dropFirst(part.count)
    }
    return parts
  }
}

extension Tensor {
  /// Whether shape or numbers depend on extents that are open.
  fileprivate var dependsOnExtents: Bool {
    if case .symbolic(let symbol) = content { symbol.isMeasured || symbol.shape.contains(nil) } else { false }
  }
}
