extension Graph {
  /// With small computations on constants done now. What only repeats a number stays as it is: it costs nothing.
  func foldingConstants() -> Graph {
    rewritten { node, inputs, builder in
      guard node.op.isFoldable, !inputs.isEmpty,
        (inputs.map(\.shape) + node.types.map(\.shape)).allSatisfy({ $0.elementCount <= Self.largestFolded })
      else { return nil }
      var operands: [DenseTensor] = []
      for input in inputs {
        guard let constant = input.constantTensor else { return nil }
        operands.append(constant)
      }
      guard let results = try? Interpreter.evaluate(node.op, operands) else { return nil }
      let literals = results.compactMap { Literal($0.type, bytes: $0.bytes) }
      return literals.count == results.count ? literals.map(builder.constant) : nil
    }
  }

  /// In elements: enough for shapes, indices and filters, too little to bloat the graph.
  private static let largestFolded = 4096
}

extension Op {
  fileprivate var isFoldable: Bool {
    switch self {
    case .parameter, .constant, .iota, .broadcast, .scan, .whileLoop, .conditional: false
    default: true
    }
  }
}

extension Expression {
  /// The elements of a literal or of a repeated one.
  fileprivate var constantTensor: DenseTensor? {
    if let literal { return literal.bytes.withUnsafeBytes { DenseTensor(literal.type, bytes: $0) } }
    guard let scalar = repeatedScalar, let literal = scalar.literal else { return nil }
    let tensor = literal.bytes.withUnsafeBytes { DenseTensor(literal.type, bytes: $0) }
    return tensor.taking([Int?](repeating: 0, count: shape.elementCount), as: shape)
  }
}
