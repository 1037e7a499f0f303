extension LegacyWeights {
  /// What an optimizer kept for each trained array of the file, put in the order of the model's trained weights and
  /// converted as these are.
  ///
  /// - Parameter slots: one for each trained array, in their order; until 2.0.5 Keras sorted them by the weights' names.
  /// - Returns: `nil` where their number is another.
  func converted(slots: [StoredArray], for model: Model) -> [StoredArray]? {
    let pairs = pairs(with: model)
    var weights = pairs.flatMap { pair in
      trained(pair.entry, pair.layer).map { (place: $0.name, name: name(of: $0, in: pair.entry)) }
    }
    if version < KerasVersion(2, 0, 6) { weights.sort { $0.name < $1.name } }
    guard weights.count == slots.count else { return nil }
    let slotOfName = Dictionary(zip(weights.map(\.place), slots), uniquingKeysWith: { first, _ in first })
    var slotsOfLayer: [ObjectIdentifier: ArraySlice<StoredArray>] = [:]
    for (layer, entry) in pairs {
      let trained = trained(entry, layer)
      let arrays = trained.compactMap { slotOfName[$0.name] } + entry.arrays.dropFirst(trained.count)
      slotsOfLayer[ObjectIdentifier(layer)] =
        conversion.converted(arrays, for: layer).prefix(layer.trainableWeights.count)
    }
    return model.layers.flatMap { slotsOfLayer[ObjectIdentifier($0)] ?? [] }
  }

  /// How many arrays of the file were trained.
  func trainedCount(for model: Model) -> Int {
    pairs(with: model).reduce(0) { $0 + trained($1.entry, $1.layer).count }
  }

  private func trained(_ entry: Entry, _ layer: Layer) -> ArraySlice<StoredArray> {
    entry.arrays.prefix(conversion.storedCounts(layer).trainable)
  }

  /// The layers of the file, each with the model's.
  private func pairs(with model: Model) -> [(layer: Layer, entry: Entry)] {
    let layers = model.layers.filter { !$0.weights.isEmpty }
    guard hasLayers(of: model) else { return Array(zip(layers, entries)) }
    let named = Dictionary(layers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    return entries.compactMap { entry in named[entry.layer].map { ($0, entry) } }
  }

  /// The variable's own name. In a file it stands behind that of the layer; Keras 1 has no further parts.
  private func name(of array: StoredArray, in entry: Entry) -> Substring {
    if version.isKeras1 { return array.name.split(separator: "/").last ?? "" }
    return array.name.firstRange(of: entry.layer + "/").map { array.name[$0.upperBound...] } ?? array.name[...]
  }
}
