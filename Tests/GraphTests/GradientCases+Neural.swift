import Graph

extension GradientCase {
  private static let plain = Convolution(
    strides: [1, 1], paddingLow: [1, 1], paddingHigh: [1, 1], dilations: [1, 1])
  private static let strided = Convolution(
    strides: [2, 3], paddingLow: [1, 0], paddingHigh: [0, 2], dilations: [1, 2], groups: 2)
  private static let sequence = Convolution(strides: [2], paddingLow: [2], paddingHigh: [0], dilations: [2])
  private static let depthwise = Convolution(
    strides: [1, 1], paddingLow: [0, 1], paddingHigh: [1, 0], dilations: [1, 1], groups: 3)
  private static let volume = Convolution(
    strides: [1, 2, 1], paddingLow: [0, 1, 0], paddingHigh: [0, 1, 1], dilations: [1, 1, 1])
  private static let average = Pooling(
    .average, window: [3, 2], strides: [2, 1], paddingLow: [1, 0], paddingHigh: [1, 1])

  static let windows: [GradientCase] = [
    GradientCase("convolution", [[2, 5, 4, 2], [3, 3, 2, 3]]) { [$0[0].convolution($0[1], plain)] },
    GradientCase("strided dilated grouped convolution", [[1, 6, 7, 4], [3, 2, 2, 6]]) {
      [$0[0].convolution($0[1], strided)]
    },
    GradientCase("convolution of a sequence", [[2, 7, 2], [3, 2, 2]]) { [$0[0].convolution($0[1], sequence)] },
    GradientCase("depthwise convolution", [[1, 4, 4, 3], [2, 2, 1, 6]]) { [$0[0].convolution($0[1], depthwise)] },
    GradientCase("convolution of a volume", [[1, 3, 4, 3, 2], [2, 2, 2, 2, 1]]) { [$0[0].convolution($0[1], volume)] },
    GradientCase("transposed convolution", [[1, 3, 3, 6], [3, 2, 2, 6]]) {
      [$0[0].convolutionInputGradient($0[1], strided, input: [1, 6, 7, 4])]
    },
    GradientCase("kernel gradient", [[2, 5, 4, 2], [2, 5, 4, 3]]) {
      [$0[0].convolutionKernelGradient($0[1], plain, kernel: [3, 3, 2, 3])]
    },
    GradientCase("overlapping maximum", [[2, 5, 6, 2]]) {
      [
        $0[0].pool(
          Pooling(.maximum, window: [3, 3], strides: [2, 1], paddingLow: [1, 1], paddingHigh: [1, 0])
        ).square()
      ]
    },
    GradientCase("average", [[2, 5, 6, 2]]) { [$0[0].pool(average).square()] },
  ]

  static let normalizations: [GradientCase] = [
    GradientCase("batchNormalization", [[3, 2, 4], [4], [4]]) { inputs in
      let (y, mean, variance) = inputs[0].batchNormalization(scale: inputs[1], offset: inputs[2], epsilon: 1e-2)
      return [y, mean, variance]
    },
    GradientCase("batchNormalization, rectified", [[3, 2, 4], [4], [4]]) { inputs in
      inputs[0].builder.add(.batchNormalization(epsilon: 1e-2, rectified: true), inputs)
    },
    GradientCase("statistics alone", [[5, 3], [3], [3]]) { inputs in
      let results = inputs[0].batchNormalization(scale: inputs[1], offset: inputs[2], epsilon: 1e-2)
      return [results.mean.square(), results.variance.square()]
    },
    GradientCase("layerNormalization", [[3, 2, 4], [4], [4]]) { inputs in
      inputs[0].builder.add(.layerNormalization(epsilon: 1e-2), inputs)
    },
    GradientCase("softmax", [[3, 4]]) { [$0[0].softmax()] },
    GradientCase("softmax along the first axis", [[3, 4]]) { [$0[0].softmax(axis: 0)] },
    GradientCase("logSoftmax", [[3, 4]]) { [$0[0].logSoftmax()] },
  ]

  static let twice: [GradientCase] =
    [windows[0], windows[1], windows[8]] + normalizations + [
      GradientCase("batchNormalization", [[4, 3], [3], [3]]) { inputs in
        [inputs[0].batchNormalization(scale: inputs[1], offset: inputs[2], epsilon: 1e-2).y]
      }, recurrent[0], recurrent[1], recurrent[2], recurrent[3], controlFlow[0], controlFlow[1], linearAlgebra[2],
      reductions[1], movement[7],
    ]
}
