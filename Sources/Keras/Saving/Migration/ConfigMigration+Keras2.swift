import ModelFiles

extension ConfigMigration {
  /// What Keras 2 wrote, in the words of Keras 3.
  func migrateFromKeras2(_ className: String, _ config: inout Config) {
    for key in ["activation", "recurrent_activation"] where config[key]?.string == "hard_sigmoid" {
      config[key] = .string(ActivationFunction.keras2HardSigmoid.name)
    }
    switch className {
    case "LeakyReLU":
      config.rename("alpha", to: "negative_slope")
    default: break
    }
  }
}

extension Config {
  /// Gives a member another name, unless there is one of that name.
  mutating func rename(_ old: String, to new: String) {
    guard let value = self[old] else { return }
    self[old] = nil
    if self[new] == nil { self[new] = value }
  }
}
