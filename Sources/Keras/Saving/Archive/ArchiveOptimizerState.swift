import ModelFiles

/// The optimizer's variables in a `.keras` file, numbered in the order of `Optimizer.variables`. Keras 2 keeps the
/// learning rate in the config only, and an SGD's momentum also where it is 0 and nothing uses it.
struct ArchiveOptimizerState {
  private let arrays: [StoredArray]

  /// - Parameter groups: of one file, or of all over which the variables are spread.
  init(_ groups: [HDF5Group]) throws {
    var found: [Int: StoredArray] = [:]
    for group in groups where group.contains("vars") {
      let variables = try group.group("vars")
      for number in variables.names.compactMap(Int.init) {
        found[number] = StoredArray(try variables.dataset("\(number)"))
      }
    }
    arrays = found.sorted { $0.key < $1.key }.map(\.value)
  }

  private init(arrays: [StoredArray]) { self.arrays = arrays }

  /// Fills the optimizer of a model whose weights are loaded. A state that does not fit is left out, as in Keras.
  ///
  /// - Returns: what was left out and why.
  func load(into optimizer: Optimizer, of model: Model) throws -> String? {
    // A model that was compiled and never trained has no more.
    let unused = [optimizer.iterations] + [optimizer.rate].compactMap { $0 }
    if arrays.count > unused.count { try optimizer.build(model.trainableWeights) }
    let all = arrays.count > unused.count ? optimizer.variables : unused
    let momenta = model.trainableWeights
    if let sgd = optimizer as? SGD, sgd.momentum == 0, !momenta.isEmpty,
      [0, 1].contains(all.count + momenta.count - arrays.count),
      zip(momenta, arrays.suffix(momenta.count)).allSatisfy({ $0.shape.dimensions == $1.shape })
    {
      return try ArchiveOptimizerState(arrays: arrays.dropLast(momenta.count)).load(into: optimizer, of: model)
    }
    let withoutRate = all.filter { $0 !== optimizer.rate }
    guard let variables = [all, withoutRate].first(where: fits) else {
      return arrays.isEmpty
        ? nil
        : "\(optimizer.name): its state in the file was not loaded. The file has \(arrays.count) variables, the "
          + "optimizer of this model \(optimizer.variables.count), or their shapes differ; training starts anew"
    }
    for (variable, array) in zip(variables, arrays) { try array.load(into: variable) }
    return nil
  }

  private func fits(_ variables: [Variable]) -> Bool {
    variables.count == arrays.count && zip(variables, arrays).allSatisfy { $0.shape.dimensions == $1.shape }
  }
}
