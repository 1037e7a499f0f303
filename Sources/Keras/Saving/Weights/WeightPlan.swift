/// Which array of a file goes into which variable of a model, settled before anything is changed.
struct WeightPlan {
  private var assignments: [(variable: Variable, weight: String, array: StoredArray)] = []
  private(set) var report = WeightReport()
  private let names: WeightNames
  private var completions: [() -> Void] = []
  private var disagreements: [LayerDisagreement] = []

  init(_ names: WeightNames) { self.names = names }

  /// Puts an array into a variable, or notes that their shapes differ.
  mutating func match(_ variable: Variable, _ array: StoredArray) {
    let weight = names[variable]
    if array.shape == variable.shape.dimensions {
      assignments.append((variable, weight, array))
    } else {
      report.mismatched.append(
        .init(weight: weight, expected: variable.shape.dimensions, stored: array.name, found: array.shape))
    }
  }

  /// Matches arrays with the variables of one layer in order; where their numbers differ, none fits.
  mutating func match(_ variables: [Variable], _ arrays: [StoredArray]) {
    if variables.count == arrays.count {
      for (variable, array) in zip(variables, arrays) { match(variable, array) }
    } else {
      for variable in variables { miss(variable) }
      for array in arrays { leave(array) }
    }
  }

  /// Notes a weight that the file has nothing for.
  mutating func miss(_ variable: Variable) { report.missing.append(names[variable]) }

  /// Notes an array that the model has no weight for.
  mutating func leave(_ array: StoredArray) { report.unexpected.append(array.name) }

  /// Notes the shapes that the file has for a layer's weights, to find out by an error why they are others.
  mutating func compare(_ layer: Layer, _ shapes: [[Int]], _ weights: @escaping (Layer) -> [Variable]) {
    guard shapes != weights(layer).map(\.shape.dimensions), !shapes.isEmpty else { return }
    disagreements.append(LayerDisagreement(layer: layer, stored: shapes, weights: weights))
  }

  /// What to do when all variables are filled.
  mutating func whenLoaded(_ completion: @escaping () -> Void) { completions.append(completion) }

  /// Fills the variables, one after the other.
  ///
  /// - Throws: `KerasError` where something does not fit that `options` does not allow; then nothing has changed.
  ///   `ModelFileError` where an array is damaged; then the ones before it have been filled.
  func load(_ options: WeightLoadingOptions, file: String) throws -> WeightReport {
    guard options.allow(report) else {
      throw KerasError(
        report.missing.isEmpty && report.unexpected.isEmpty ? .incompatibleShape : .invalidFile, file,
        (["does not fit \(options.isOwnModel ? "its own architecture" : "the model"): \(report)"]
          + disagreements.prefix(3).map(\.description)).joined(separator: "; ") + ". " + options.remedy(for: report))
    }
    for (variable, _, array) in assignments { try array.load(into: variable) }
    for completion in completions { completion() }
    var result = report
    result.loaded = assignments.map(\.weight)
    return result
  }
}

/// What need not fit between a file and a model.
struct WeightLoadingOptions {
  /// Layers and weights are found by name, and either side may have more than the other.
  var byName = false
  /// Weights of another shape keep their numbers.
  var skipMismatch = false
  /// Whether the model was made from the same file, so that nobody has a choice.
  var isOwnModel = false

  func remedy(for report: WeightReport) -> String {
    if isOwnModel { return "The file was put together from two models; save it again" }
    return "Use the model that the file is of"
      + (report.mismatched.isEmpty ? "" : ", skipMismatch to leave out weights of another shape")
      + (report.missing.isEmpty && report.unexpected.isEmpty ? "" : ", byName to load what both have")
  }

  func allow(_ report: WeightReport) -> Bool {
    (byName || (report.missing.isEmpty && report.unexpected.isEmpty)) && (skipMismatch || report.mismatched.isEmpty)
  }
}
