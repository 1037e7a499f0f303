import CPUExecutor
import Graph
import Testing

struct ConvolutionCase: Sendable {
  var input: Shape
  var kernel: Shape
  var convolution: Convolution
}

@Suite struct WindowTests {
  static func attributes(
    _ rank: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1
  ) -> Convolution {
    func all(_ value: Int) -> [Int] { [Int](repeating: value, count: rank) }
    return Convolution(
      strides: all(stride), paddingLow: all(padding), paddingHigh: all(padding), dilations: all(dilation),
      groups: groups)
  }

  static let cases: [ConvolutionCase] = [
    ConvolutionCase(input: [2, 9, 3], kernel: [3, 3, 5], convolution: attributes(1)),
    ConvolutionCase(input: [2, 9, 4], kernel: [3, 4, 16], convolution: attributes(1, stride: 2, padding: 1)),
    ConvolutionCase(input: [2, 10, 3], kernel: [3, 3, 5], convolution: attributes(1, dilation: 2)),
    ConvolutionCase(input: [3, 8, 7, 1], kernel: [3, 3, 1, 8], convolution: attributes(2)),
    ConvolutionCase(input: [3, 8, 7, 16], kernel: [3, 3, 16, 32], convolution: attributes(2, padding: 1)),
    ConvolutionCase(input: [1, 9, 9, 5], kernel: [3, 3, 5, 7], convolution: attributes(2, stride: 2, padding: 1)),
    ConvolutionCase(input: [2, 8, 8, 6], kernel: [3, 3, 2, 9], convolution: attributes(2, padding: 1, groups: 3)),
    ConvolutionCase(input: [2, 9, 8, 16], kernel: [3, 3, 1, 16], convolution: attributes(2, padding: 1, groups: 16)),
    ConvolutionCase(
      input: [2, 9, 8, 3], kernel: [3, 3, 1, 6], convolution: attributes(2, stride: 2, padding: 1, groups: 3)),
    ConvolutionCase(input: [2, 6, 5, 8], kernel: [1, 1, 8, 12], convolution: attributes(2)),
    ConvolutionCase(input: [1, 5, 6, 7, 2], kernel: [2, 3, 3, 2, 4], convolution: attributes(3)),
  ]

  @Test(arguments: 0..<11) func convolutionsAndGradients(_ index: Int) throws {
    let (input, kernel, convolution) = (
      Self.cases[index].input, Self.cases[index].kernel, Self.cases[index].convolution
    )
    let types = [TensorType(.float32, input), TensorType(.float32, kernel), TensorType(.float32, [kernel[-1]])]
    try expectConforms(types, .balanced, comment: "\(Self.cases[index])") { p in
      let y = p[0].convolution(p[1], convolution)
      let fused = (p[0].convolution(p[1], convolution) + p[2]).relu()
      return [y, fused]
    }
    try expectConforms(types, .balanced, comment: "gradients of \(Self.cases[index])") { p in
      let y = (p[0].convolution(p[1], convolution) + p[2]).relu()
      return p[0].builder.gradients(of: y.square(), withRespectTo: p)
    }
  }

  static let pools: [(Shape, Pooling)] = [Pooling.Kind.maximum, .average].flatMap { kind -> [(Shape, Pooling)] in
    [
      ([2, 8, 3], Pooling(kind, window: [2], strides: [2], paddingLow: [0], paddingHigh: [0])),
      ([2, 8, 6, 32], Pooling(kind, window: [2, 2], strides: [2, 2], paddingLow: [0, 0], paddingHigh: [0, 0])),
      ([2, 9, 7, 5], Pooling(kind, window: [3, 3], strides: [2, 2], paddingLow: [1, 0], paddingHigh: [1, 1])),
      ([1, 9, 7, 130], Pooling(kind, window: [3, 2], strides: [1, 1], paddingLow: [0, 1], paddingHigh: [2, 0])),
      ([1, 17, 17, 3], Pooling(kind, window: [17, 17], strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0])),
      (
        [2, 4, 5, 6, 3],
        Pooling(kind, window: [2, 2, 2], strides: [2, 2, 2], paddingLow: [0, 0, 0], paddingHigh: [0, 1, 0])
      ),
    ]
  }

  @Test(arguments: 0..<12) func poolsAndGradients(_ index: Int) throws {
    let (shape, pooling) = Self.pools[index]
    try expectConforms([TensorType(.float32, shape)], .strict, comment: "\(pooling)") { p in
      let results = p[0].builder.add(.pool(pooling), p)
      return results + p[0].builder.gradients(of: results[0].square(), withRespectTo: p)
    }
  }

  /// The executor moves pooling before the activation; ties at zero must not show.
  @Test func poolsOfRectifiedConvolutions() throws {
    let pooling = Pooling(.maximum, window: [2, 2], strides: [2, 2], paddingLow: [0, 0], paddingHigh: [0, 0])
    let types = [[2, 9, 8, 3], [3, 3, 3, 16], [16]].map { TensorType(.float32, Shape($0)) }
    try expectConforms(types, .balanced) { p in
      let y = (p[0].convolution(p[1], Self.attributes(2)) + p[2] - 2).relu().pool(pooling)
      return [y] + p[0].builder.gradients(of: y.square() + y, withRespectTo: p)
    }
    try expectConforms([types[0]], .balanced) { p in
      let unit = p[0].relu()
      let results = p[0].builder.add(.pool(pooling), [unit])
      return [results[1]] + p[0].builder.gradients(of: results[0], withRespectTo: [unit])
    }
  }
}
