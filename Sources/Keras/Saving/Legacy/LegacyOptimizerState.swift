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

  init(_ group: HDF5Group) throws {
    arrays = try (group.chunkedStrings("weight_names") ?? []).map { StoredArray(try group.dataset($0)) }
  }

  /// Fills the optimizer of a model whose weights are loaded. A state that fits in none of the orders is left out, as in
  /// Keras.
  ///
  /// - Returns: what was left out and why.
  func load(into optimizer: Optimizer, of model: Model) throws -> String? {
    guard !arrays.isEmpty else { return nil }
    try optimizer.build(model.trainableWeights)
    guard let assignments = orders(of: optimizer).lazy.compactMap(fitted).first else {
      return "\(optimizer.name): its state in the file was not loaded. The file has \(arrays.count) variables, the "
        + "optimizer of this model \(optimizer.variables.count), or their shapes differ; training starts anew"
    }
    for (variable, array) in assignments { try array.load(into: variable) }
    return nil
  }

  /// A place in the list: the variable that it is for, or the shape of what is left out.
  private enum Place {
    case variable(Variable)
    case unused([Int])

    var shape: [Int] {
      switch self {
      case .variable(let variable): variable.shape.dimensions
      case .unused(let shape): shape
      }
    }
  }

  /// The orders to try. Where several have the same shapes, the name of the step count tells old from new.
  private func orders(of optimizer: Optimizer) -> [[Place]] {
    let rate = optimizer.rate.map(ObjectIdentifier.init)
    let current = optimizer.variables
    let withoutRate = current.filter { ObjectIdentifier($0) != rate }
    let kinds = optimizer.slotNames.indices.flatMap { kind in optimizer.slots.map { $0[kind] } }
    let counted = [optimizer.iterations] + kinds
    func places(_ variables: [Variable]) -> [Place] { variables.map(Place.variable) }
    // SGD kept momentum even where it is 0.
    let momentum = optimizer.trainedVariables.map { Place.unused($0.shape.dimensions) }
    let placeholders = optimizer.trainedVariables.map { _ in Place.unused([1]) }
    let new = [places(current), places(withoutRate), places(withoutRate) + momentum]
    let old = [
      places([optimizer.iterations] + optimizer.sharedSlots + kinds), places(counted), places(kinds),
      places(counted) + placeholders, places(counted) + momentum,
    ]
    let count = arrays.first?.name.split(separator: "/").last.map { $0.prefix { $0 != ":" } } ?? ""
    // Ftrl kept both of a weight's values together from the start.
    return count == "iteration" || optimizer is Ftrl ? new + old : old + new
  }

  /// Each variable with its array, if the shapes agree.
  private func fitted(_ places: [Place]) -> [(Variable, StoredArray)]? {
    guard places.map(\.shape) == arrays.map(\.shape) else { return nil }
    return zip(places, arrays).compactMap { place, array in
      if case .variable(let variable) = place { (variable, array) } else { nil }
    }
  }
}
