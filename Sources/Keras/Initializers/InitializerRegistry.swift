/// The initializers that files can name.
let initializerRegistry = Registry<any Initializer>(
  "initializer",
  [
    Zeros.self, Ones.self, Constant.self, IdentityInitializer.self, STFTInitializer.self, RandomUniform.self,
    RandomNormal.self, TruncatedNormal.self, VarianceScaling.self, GlorotUniform.self, GlorotNormal.self,
    HeUniform.self, HeNormal.self, LecunUniform.self, LecunNormal.self, Orthogonal.self,
  ],
  aliases: [
    "IdentityInitializer": "Identity", "OrthogonalInitializer": "Orthogonal", "STFTInitializer": "STFT",
    "uniform": "RandomUniform", "normal": "RandomNormal", "zero": "Zeros", "one": "Ones", "stft": "STFT",
  ])

extension ConfigReader {
  public func initializer(_ key: String, default fallback: any Initializer) throws -> any Initializer {
    guard let member = value(key) else { return fallback }
    return try initializerRegistry.make(member)
  }
}
