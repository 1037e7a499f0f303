/// Turns the arrays of layers as Keras 1 and 2 stored them into those of today's layers.
///
/// What is converted: kernels and gates of Keras 1, the layouts of cuDNN's recurrent layers, and kernels of the Theano
/// backend, whose convolutions flipped them.
struct LegacyConversion {
  let isKeras1: Bool
  /// The backend that the file was written with.
  let backend: String?

  /// The arrays that belong into `layer.legacyWeights`, in that order.
  func converted(_ arrays: [StoredArray], for layer: Layer) -> [StoredArray] {
    switch layer {
    case let model as Model:
      return converted(arrays, model: model)
    case let wrapper as Bidirectional:
      let half = arrays.count / 2
      return converted(Array(arrays[..<half]), for: wrapper.forwardLayer)
        + converted(Array(arrays[half...]), for: wrapper.backwardLayer)
    case let wrapper as TimeDistributed:
      return converted(arrays, for: wrapper.layer)
    case is Normalization:
      // Keras 2 kept the number of samples it had seen as a third weight.
      return Array(arrays.prefix(layer.weights.count))
    default:
      return KernelConversion(layer: layer, isKeras1: isKeras1, backend: backend).converted(
        RecurrentConversion(layer: layer, isKeras1: isKeras1).converted(arrays))
    }
  }

  /// A nested model's arrays: the trainable ones of all layers, then the others of all layers.
  private func converted(_ arrays: [StoredArray], model: Model) -> [StoredArray] {
    let layers = model.layers.filter { !$0.weights.isEmpty }
    let counts = [layers.map(storedCounts), layers.map(counts)].first { counts in
      counts.reduce(0) { $0 + $1.trainable + $1.others } == arrays.count
    }
    guard let counts else { return arrays }
    var trainable = arrays.prefix(counts.reduce(0) { $0 + $1.trainable })
    var others = arrays.dropFirst(trainable.count)
    var (newTrainable, newOthers): ([StoredArray], [StoredArray]) = ([], [])
    for (layer, count) in zip(layers, counts) {
      let own = Array(trainable.prefix(count.trainable) + others.prefix(count.others))
      let result = converted(own, for: layer)
      newTrainable += result.prefix(layer.trainableWeights.count)
      newOthers += result.dropFirst(layer.trainableWeights.count)
      trainable = trainable.dropFirst(count.trainable)
      others = others.dropFirst(count.others)
    }
    return newTrainable + newOthers
  }

  private func counts(_ layer: Layer) -> (trainable: Int, others: Int) {
    (layer.trainableWeights.count, layer.nonTrainableWeights.count)
  }

  /// How many arrays the file holds for a layer, where older versions had more than the layer has weights.
  func storedCounts(_ layer: Layer) -> (trainable: Int, others: Int) {
    var result = counts(layer)
    switch layer {
    case let model as Model:
      result = model.layers.map(storedCounts).reduce((0, 0)) { ($0.0 + $1.trainable, $0.1 + $1.others) }
    case is Normalization: result.others += 1
    case let wrapper as Bidirectional:
      let (forward, backward) = (storedCounts(wrapper.forwardLayer), storedCounts(wrapper.backwardLayer))
      result = (forward.trainable + backward.trainable, forward.others + backward.others)
    case let wrapper as TimeDistributed: result = storedCounts(wrapper.layer)
    default:
      let gates = isKeras1 ? RecurrentConversion.gateCount(of: layer) ?? 1 : 1
      result = (result.trainable * gates, result.others * gates)
    }
    return result
  }
}
