/// The initializers that files can name.
let initializerRegistry = Registry<any Initializer>(
  "initializer",
  [
    Zeros.self, Ones.self, Constant.self, RandomUniform.self, VarianceScaling.self, GlorotUniform.self,
    GlorotNormal.self, HeUniform.self, HeNormal.self, Orthogonal.self,
  ])

extension ConfigReader {
  public func initializer(_ key: String, default fallback: any Initializer) throws -> any Initializer {
    guard let member = value(key) else { return fallback }
    return try initializerRegistry.make(member)
  }
}
