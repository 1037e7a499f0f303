import ModelFiles

/// An optimizer's variables in a file, in the order of the Keras version that wrote it (`OptimizerOrder`).
struct OptimizerState {
  private let arrays: [StoredArray]
  private let version: KerasVersion
  /// The weights beside it, where it may have to be converted as they are.
  private let weights: LegacyWeights?

  /// The state in a `.keras` file: variables by number, in one group or spread over several files.
  init(archive groups: [HDF5Group], version: KerasVersion) throws {
    self.version = version
    weights = nil
    var found: [Int: StoredArray] = [:]
    for group in groups where group.contains("vars") {
      let variables = try group.group("vars")
      for number in variables.names.compactMap(Int.init) {
        found[number] = StoredArray(try variables.dataset("\(number)"))
      }
    }
    arrays = found.sorted { $0.key < $1.key }.map(\.value)
  }

  /// The state in a legacy `.h5` file: variables by name, from the file's root where it starts with a slash.
  init(legacy group: HDF5Group, root: HDF5Group, version: KerasVersion, weights: LegacyWeights) throws {
    self.version = version
    self.weights = weights
    arrays = try (group.chunkedStrings("weight_names") ?? []).map { name in
      StoredArray(try name.hasPrefix("/") ? root.dataset(String(name.dropFirst())) : group.dataset(name))
    }
  }

  /// Fills the optimizer of a model whose weights are loaded. A state that fits in none of the orders is left out, as in
  /// Keras.
  ///
  /// - Returns: what was left out and why.
  func load(into optimizer: Optimizer, of model: Model) throws -> String? {
    guard !arrays.isEmpty else { return nil }
    // A model that was compiled and never trained has no more than these.
    let unused = [optimizer.iterations] + [optimizer.rate].compactMap { $0 }
    if arrays.count > unused.count { try optimizer.build(model.trainableWeights) }
    let orders = arrays.count > unused.count ? orders(of: optimizer) : [unused, [optimizer.iterations]].map(places)
    let arrays = isOld(for: optimizer) ? converted(for: model) : arrays
    guard let assignments = orders.lazy.compactMap({ fitted($0, arrays) }).first else {
      return "\(optimizer.name): its state in the file was not loaded. The file has \(arrays.count) variables, the "
        + "optimizer of this model \(optimizer.variables.count), or their shapes differ; training starts anew"
    }
    for (variable, array) in assignments { try array.load(into: variable) }
    if let shared = optimizer.sharedSlots.first, !assignments.contains(where: { $0.variable === shared }) {
      try optimizer.restoreSharedSlots()
    }
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

  private func places(_ variables: [Variable]) -> [Place] { variables.map(Place.variable) }

  /// The orders to try. Several may have the same shapes: the version's own comes first.
  private func orders(of optimizer: Optimizer) -> [[Place]] {
    let old = oldOrders(of: optimizer)
    let orders = OptimizerOrder.allCases.map { ($0, places(optimizer.variables(in: $0))) }
    let own = OptimizerOrder(of: version)
    let new =
      orders.filter { $0.0 == own }.map(\.1) + orders.filter { $0.0 != own }.map(\.1)
      + [places(optimizer.variables(in: .keras2)) + momenta(of: optimizer)]
    return isOld(for: optimizer) ? old + new : new + old
  }

  /// Until TensorFlow 2.10: the step count, which some optimizers lacked, then one kind of value for all weights, then
  /// the next kind. Adam and its like without `amsgrad` put a placeholder for each weight at the end.
  private func oldOrders(of optimizer: Optimizer) -> [[Place]] {
    let kinds = optimizer.slotNames.indices.flatMap { kind in optimizer.slots.map { $0[kind] } }
    let counted = places([optimizer.iterations] + kinds)
    let placeholders = optimizer.trainedVariables.map { _ in Place.unused([1]) }
    return [
      places([optimizer.iterations] + optimizer.sharedSlots + kinds), counted, places(kinds), counted + placeholders,
      counted + momenta(of: optimizer),
    ]
  }

  /// SGD kept momentum even where it is 0.
  private func momenta(of optimizer: Optimizer) -> [Place] {
    optimizer.trainedVariables.map { Place.unused($0.shape.dimensions) }
  }

  /// Whether the state is likely to be in one of the old orders: the name of the step count tells, which `.keras` files,
  /// being younger, do not have. Ftrl kept both of a weight's values together from the start.
  private func isOld(for optimizer: Optimizer) -> Bool {
    let name = arrays.first?.name.split(separator: "/").last.map { $0.prefix { $0 != ":" } }
    return weights != nil && name != "iteration" && !version.isKeras3 && !(optimizer is Ftrl)
  }

  /// The arrays of an old order, all of one kind together, as arrays for the model's own weights.
  private func converted(for model: Model) -> [StoredArray] {
    guard let weights else { return arrays }
    let count = weights.trainedCount(for: model)
    let head = arrays.prefix { $0.shape.isEmpty }
    guard count > 0, (arrays.count - head.count).isMultiple(of: count) else { return arrays }
    let kinds = stride(from: head.count, to: arrays.count, by: count).compactMap { start in
      weights.converted(slots: Array(arrays[start..<(start + count)]), for: model)
    }
    return Array(head) + kinds.joined()
  }

  /// Each variable with its array, if the shapes agree.
  private func fitted(_ places: [Place], _ arrays: [StoredArray]) -> [(variable: Variable, array: StoredArray)]? {
    guard places.map(\.shape) == arrays.map(\.shape) else { return nil }
    return zip(places, arrays).compactMap { place, array in
      if case .variable(let variable) = place { (variable, array) } else { nil }
    }
  }
}
