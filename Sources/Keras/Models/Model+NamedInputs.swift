extension Model {
  /// The names of a functional model's inputs, in their order: the keys where they are a dictionary, else the names of
  /// the input layers.
  public var inputKeys: [String] {
    guard let graph else { return [] }
    return graph.inputStructure.keys ?? graph.inputs.map { $0.node?.layer.name ?? "" }
  }

  /// The names of a functional model's outputs likewise.
  public var outputKeys: [String] { outputNaming.known }

  /// Arrays by the inputs' names (`inputKeys`), in the order in which `fit`, `evaluate` and `predict` take them.
  ///
  /// ```swift
  /// let y = try model.predict(model.arranged(["text": text, "image": image]))
  /// ```
  /// - Throws: `KerasError` where a name is missing or is none of an input.
  public func arranged(_ x: [String: Tensor]) throws -> [Tensor] {
    let keys = inputKeys
    let others = x.keys.filter { !keys.contains($0) }.sorted()
    guard others.isEmpty, x.count == Set(keys).count else {
      throw KerasError(
        .invalidData, name,
        "takes arrays named \(keys.joined(separator: ", ")), found \(x.keys.sorted().joined(separator: ", "))")
    }
    return keys.compactMap { x[$0] }
  }
}
