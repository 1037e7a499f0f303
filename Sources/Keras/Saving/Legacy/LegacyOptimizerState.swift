import Graph
import ModelFiles

/// The optimizer's variables in a legacy `.h5` file, in the order of one of the Keras versions:
///
/// - Keras 3: step count, learning rate, then what belongs to each weight together.
/// - Keras 2 since TensorFlow 2.11: the same without the learning rate.
/// - Keras 1 and 2 before: the step count, which some optimizers lacked, then one kind of value for all weights, then
///   the next kind. Adam and its like without `amsgrad` put a placeholder for each weight at the end.
struct LegacyOptimizerState {
  private let arrays: [StoredArray]
  private let file: String

  init(_ group: HDF5Group, file: String) throws {
    arrays = try (group.chunkedStrings("weight_names") ?? []).map { StoredArray(try group.dataset($0)) }
    self.file = file
  }

  /// Fills the optimizer of a model whose weights are loaded.
  ///
  /// - Throws: `KerasError` where the state fits in none of the orders.
  func load(into optimizer: Optimizer, of model: Model) throws {
    guard !arrays.isEmpty else { return }
    try optimizer.build(model.trainableWeights)
    guard let assignments = orders(of: optimizer).lazy.compactMap(fitted).first else {
      throw KerasError(
        .invalidFile, file,
        "holds \(arrays.count) values of an optimizer's state that do not fit \(optimizer.name), which has "
          + "\(optimizer.variables.count). Load with compile: false to go on without them")
    }
    for (variable, array) in assignments { try array.load(into: variable) }
  }

  /// The orders to try. Where several have the same shapes, the name of the step count tells old from new.
  private func orders(of optimizer: Optimizer) -> [[Variable]] {
    let rate = optimizer.rate.map(ObjectIdentifier.init)
    let current = optimizer.variables
    let withoutRate = current.filter { ObjectIdentifier($0) != rate }
    let kinds = optimizer.slotNames.indices.flatMap { kind in optimizer.slots.map { $0[kind] } }
    let byKind = [[optimizer.iterations] + optimizer.sharedSlots + kinds, [optimizer.iterations] + kinds, kinds]
    let count = arrays.first?.name.split(separator: "/").last.map { $0.prefix { $0 != ":" } } ?? ""
    // Ftrl kept both of a weight's values together from the start.
    return count == "iteration" || optimizer is Ftrl ? [current, withoutRate] + byKind : byKind + [withoutRate, current]
  }

  /// Each variable with its array, if the shapes agree.
  private func fitted(_ variables: [Variable]) -> [(Variable, StoredArray)]? {
    let placeholders = arrays.dropFirst(variables.count)
    guard variables.count <= arrays.count, placeholders.allSatisfy({ $0.shape == [1] }),
      zip(variables, arrays).allSatisfy({ $0.shape.dimensions == $1.shape })
    else { return nil }
    return Array(zip(variables, arrays))
  }
}
