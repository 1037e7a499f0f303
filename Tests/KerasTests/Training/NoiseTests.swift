import Graph
import Testing

@testable import Keras

/// Noise and dropout layers: rate, scale, mean and variance, off in inference, same seed same bits.
@Suite struct NoiseTests {
  private static let input = Tensor.ones([200, 500])

  private func statistics(_ layer: Layer, _ x: Tensor = input) throws -> (mean: Double, variance: Double) {
    let y = layer(x, training: true)
    return (try y.mean().item(), try y.variance().item())
  }

  @Test func dropoutHasItsRateAndKeepsTheMean() throws {
    let y = Dropout(0.3, seed: 1)(Self.input, training: true)
    let dropped = try y.equal(0).asType(.float32).mean().item()
    #expect(abs(dropped - 0.3) < 0.01)
    #expect(abs(try y.mean().item() - 1) < 0.02)
    #expect(abs(try y.max().item() - 1 / 0.7) < 1e-5)
  }

  @Test func gaussianNoiseAddsItsDeviation() throws {
    let (mean, variance) = try statistics(GaussianNoise(0.5, seed: 2))
    #expect(abs(mean - 1) < 0.01)
    #expect(abs(variance - 0.25) < 0.01)
  }

  @Test func gaussianDropoutHasTheVarianceOfItsRate() throws {
    let (mean, variance) = try statistics(GaussianDropout(0.2, seed: 3))
    #expect(abs(mean - 1) < 0.01)
    #expect(abs(variance - 0.25) < 0.01)
  }

  @Test func alphaDropoutKeepsMeanAndVarianceOfNormalInput() throws {
    let normal = GaussianNoise(1, seed: 4)(Tensor.zeros([200, 500]), training: true)
    let (mean, variance) = try statistics(AlphaDropout(0.3, seed: 5), normal)
    #expect(abs(mean) < 0.02)
    #expect(abs(variance - 1) < 0.03)
  }

  @Test func spatialDropoutDropsWholeChannels() throws {
    let y = SpatialDropout1D(0.4, seed: 6)(Tensor.ones([50, 7, 100]), training: true)
    let perChannel = y.equal(0).asType(.float32).mean(axis: [1])
    let rates = try perChannel.scalars()
    #expect(rates.allSatisfy { $0 == 0 || $0 == 1 })
    #expect(abs(try perChannel.mean().item() - 0.4) < 0.03)
  }

  static let makers: [@Sendable () -> Layer] = [
    { Dropout(0.5, seed: 7) }, { GaussianNoise(0.5, seed: 7) }, { GaussianDropout(0.5, seed: 7) },
    { AlphaDropout(0.5, seed: 7) },
  ]

  @Test(arguments: makers.indices)
  func inferenceIsTheIdentityAndSeedsRepeat(_ index: Int) throws {
    let x = Tensor.ones([4, 8])
    let (a, b) = (Self.makers[index](), Self.makers[index]())
    #expect(try a(x).scalars() == x.scalars())
    let first = try a(x, training: true).scalars()
    #expect(try first == b(x, training: true).scalars())
    #expect(try first != a(x, training: true).scalars())
  }
}
