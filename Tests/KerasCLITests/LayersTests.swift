import Testing

/// `keras layers`
@Suite struct LayersTests {
  @Test func catalogue() throws {
    let lines = try expectSuccess("layers").split(separator: "\n")
    #expect(lines.first == "Core")
    for group in ["Convolutional", "Pooling", "Recurrent", "Merge", "Attention", "Activations", "Further layers"] {
      #expect(lines.contains { $0 == group })
    }
    #expect(lines.contains { $0.hasPrefix("  Dense ") && $0.hasSuffix("  activation(x · kernel + bias)") })
    #expect(lines.contains { $0.contains("leaky_relu") })
  }

  @Test(arguments: ["Dense", "dense"])
  func oneLayer(_ name: String) throws {
    let page = try expectSuccess("layers", name).split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
    for line in [
      "Dense (Core)", "Dense(64, activation: .relu)", "units required", "useBias true (Keras: use_bias)",
      "kernelInitializer GlorotUniform (Keras: kernel_initializer)", "input (None, 8)", "output (None, 64)",
      "kernel (8, 64)",
    ] {
      #expect(page.contains(line), "\(line)")
    }
  }

  @Test func unknownLayer() throws {
    try expectFailure("layers", "Dens", saying: ["Dens: is no layer", "Dense"])
    try expectFailure("layers", "Frobnicate", saying: ["Frobnicate: is no layer"])
  }
}
