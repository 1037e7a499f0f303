import Graph

/// The kernels of `scaleAndTranslate`, by all names that Keras has for them.
enum ScalingKernel: String, CaseIterable {
  case linear, bilinear, trilinear, triangle, cubic, bicubic, tricubic, lanczos3, lanczos5

  /// The weight of a pixel at these distances.
  fileprivate func weights(_ x: Tensor) -> Tensor {
    switch self {
    case .linear, .bilinear, .trilinear, .triangle: return (1 - x).maximum(0)
    case .cubic, .bicubic, .tricubic:
      let near = ((x * 1.5 - 2.5) * x) * x + 1
      let far = ((x * -0.5 + 2.5) * x - 4) * x + 2
      return `where`(x.less(1), near, `where`(x.less(2), far, x.zerosLike()))
    case .lanczos3: return lanczos(x, 3)
    case .lanczos5: return lanczos(x, 5)
    }
  }

  private func lanczos(_ x: Tensor, _ radius: Double) -> Tensor {
    let product = (x * .pi).sin() * (x * (.pi / radius)).sin() * radius
    let isFar = x.greater(1e-3)
    let weights = `where`(isFar, product / `where`(isFar, x.square() * (Double.pi * .pi), x.onesLike()), x.onesLike())
    return `where`(x.greater(radius), x.zerosLike(), weights)
  }
}

extension Tensor {
  /// Images whose places along `axes` are scaled and then moved: the result at `scale · x + translation` is what the
  /// images have at `x`, 0 outside them. Source: `keras.ops.image.scale_and_translate`.
  ///
  /// - Parameters:
  ///   - shape: that of the result.
  ///   - scale: one number for each of the axes, as `translation`.
  func scaledAndTranslated(
    _ shape: [Int], scale: Tensor, translation: Tensor, axes: [Int], kernel: ScalingKernel, antialias: Bool
  ) -> Tensor {
    let places = axes.map { $0 < 0 ? $0 + rank : $0 }
    guard shape.count == rank, places.allSatisfy((0..<rank).contains), Shape(shape).isValid else {
      return rejected("ScaleAndTranslate", "axes \(axes) and shape \(shape) do not fit \(describe(partialShape))")
    }
    var result = self
    for (index, axis) in places.enumerated() {
      let (from, to) = (self.shape[axis], shape[axis])
      if let problem = TableLimit.problem(from, to) { return rejected("ScaleAndTranslate", problem) }
      let inverse = 1 / scale.item([.at(index)]).asType(.float32)
      let move = translation.item([.at(index)]).asType(.float32)
      let sample = (Tensor.arange(0, Double(to), dtype: .float32) + 0.5) * inverse - move * inverse - 0.5
      let pixels = Tensor.arange(0, Double(from), dtype: .float32).expandDims(-1)
      let distance = (sample.expandDims(0) - pixels).absolute()
      var weights = kernel.weights(antialias ? distance / inverse.maximum(1) : distance)
      let total = weights.sum(axis: [0], keepDims: true)
      let counts = total.absolute().greater(1000 * Double(Float.ulpOfOne))
      weights = `where`(counts, weights / `where`(counts, total, total.onesLike()), weights.zerosLike())
      let isInside = sample.greaterEqual(-0.5).logicalAnd(sample.lessEqual(Double(from) - 0.5))
      weights = `where`(isInside.expandDims(0), weights, weights.zerosLike())
      result = result.tensordot(weights.asType(dtype), axes: ([axis], [0])).moveAxis(-1, to: axis)
    }
    return result
  }

  /// What is left of the numbers after they were stored as integers of `bits` bits between `low` and `high`, which are
  /// nudged so that 0 is one of the values. Gradients pass within the limits, elsewhere to the limits themselves.
  /// Source: `keras.quantizers.fake_quant_with_min_max_vars`.
  func fakeQuantized(_ low: Tensor, _ high: Tensor, bits: Int, isNarrow: Bool) -> Tensor {
    guard (2...16).contains(bits) else {
      return rejected("FakeQuantWithMinMaxVars", "num_bits must be 2 to 16, found \(bits)")
    }
    let (first, last) = (isNarrow ? 1.0 : 0, Double(1 << bits - 1))
    let scale = (high - low) / (last - first)
    let inverse = (last - first) / (high - low)
    let zero = (first - low / scale).clip(first, last).round()
    let (bottom, top) = ((first - zero) * scale, (last - zero) * scale)
    let shifted = (maximum(bottom).minimum(top) - bottom) * inverse
    let result = (shifted - (-bottom * inverse + 0.5).floor() + 0.5).floor() * scale
    let none = zerosLike()
    let passing =
      `where`(greaterEqual(bottom).logicalAnd(lessEqual(top)), self, none)
      + `where`(lessEqual(bottom), low, none) + `where`(greaterEqual(top), high, none)
    return (result.stopGradient() + passing - passing.stopGradient()).asType(dtype)
  }
}
