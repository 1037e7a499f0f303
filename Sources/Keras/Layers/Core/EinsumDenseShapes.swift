/// The shapes of `EinsumDense`'s variables, from its equation and the input's shape.
struct EinsumDenseShapes {
  let kernel: [Int]
  /// `nil` without a bias.
  let bias: [Int]?

  /// The three terms without `...`, and on which side of them it stands. `nil` where the equation has another form.
  static func split(_ equation: String) -> (input: [Character], kernel: [Character], output: [Character], elided: Side)?
  {
    guard let comma = equation.firstIndex(of: ","), let arrow = equation.firstRange(of: "->"), comma < arrow.lowerBound
    else {
      return nil
    }
    var input = equation[..<comma]
    let kernel = equation[equation.index(after: comma)..<arrow.lowerBound]
    var output = equation[arrow.upperBound...]
    var side = Side.none
    if input.hasPrefix("..."), output.hasPrefix("...") {
      (input, output, side) = (input.dropFirst(3), output.dropFirst(3), .left)
    } else if input.hasSuffix("..."), output.hasSuffix("...") {
      (input, output, side) = (input.dropLast(3), output.dropLast(3), .right)
    }
    let terms = [input, kernel, output]
    guard terms.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isLetter } }) else { return nil }
    return (Array(input), Array(kernel), Array(output), side)
  }

  enum Side { case none, left, right }

  /// - Throws: `KerasError` where shapes disagree, or an axis of the kernel or bias has no known extent.
  init(_ equation: String, biasAxes: String?, input shape: [Int?], output partial: [Int?], layer: String) throws {
    func mismatch(_ message: String) -> KerasError { KerasError(.incompatibleShape, layer, "\(equation): \(message)") }
    guard let (input, kernel, output, side) = Self.split(equation) else {
      throw KerasError(.invalidArgument, layer, "\"\(equation)\" is no equation of EinsumDense")
    }
    let elided = shape.count - input.count
    guard elided >= 0, side != .none || elided == 0 else {
      throw mismatch("the input's shape \(describe(shape)) does not have the axes \(String(input))")
    }
    // The result's extents: the batch, what `...` stands for, and those that the layer was given.
    var full = [shape.first ?? nil] + partial
    if side == .left, elided > 1 { full.insert(contentsOf: shape[1..<elided], at: 1) }
    if side == .right { full += shape.suffix(elided) }
    let offset = side == .left ? elided : 0
    guard full.count >= output.count + offset else {
      throw mismatch("output_shape \(describe(partial)) does not have the axes \(String(output)) without the batch")
    }
    func inputExtent(_ label: Character) -> Int?? { input.firstIndex(of: label).map { shape[$0 + offset] } }
    func outputExtent(_ label: Character) -> Int?? { output.firstIndex(of: label).map { full[$0 + offset] } }
    for label in input {
      if let given = outputExtent(label), let given, let found = inputExtent(label), given != found {
        throw mismatch(
          "axis \(label) has extent \(found.map(String.init) ?? "None") in the input, \(given) in the result")
      }
    }
    for label in output where !input.contains(label) && !kernel.contains(label) {
      throw mismatch("axis \(label) of the result is in neither operand")
    }
    self.kernel = try kernel.map { label in
      guard let known = outputExtent(label) ?? inputExtent(label) else {
        throw mismatch("axis \(label) of the kernel is in neither the input nor the result")
      }
      guard let extent = known ?? inputExtent(label) ?? nil else {
        throw mismatch("axis \(label) of the kernel must have a known extent")
      }
      return extent
    }
    guard let biasAxes, !biasAxes.isEmpty else {
      bias = nil
      return
    }
    guard biasAxes.allSatisfy(output.contains), let first = output.firstIndex(where: biasAxes.contains) else {
      throw mismatch("bias_axes \"\(biasAxes)\" must be axes of the result")
    }
    var extents: [Int] = try output[first...].map { label in
      guard biasAxes.contains(label) else { return 1 }
      guard let extent = outputExtent(label) ?? nil else {
        throw mismatch("axis \(label) of the bias must have a known extent")
      }
      return extent
    }
    if side == .right { extents += [Int](repeating: 1, count: elided) }
    bias = extents
  }
}
