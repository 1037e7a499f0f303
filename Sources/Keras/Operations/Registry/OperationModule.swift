extension OperationRegistry {
  /// The module of Keras that has an operation's class. Files name it, and Keras looks nowhere else.
  static func module(of className: String) -> String {
    modules.first { $0.value.contains(className) }?.key ?? "keras.src.ops.numpy"
  }

  /// The classes that are not in `keras.src.ops.numpy`, as `scripts/fixtures/operation_modules` finds them in Keras.
  private static let modules: [String: Set<String>] = [
    // The table begins.
    "keras.src.activations.activations": [
      "Mish", "ReLU",
    ],
    "keras.src.ops.core": [
      "AssociativeScan", "Cast", "Cond", "ConvertToTensor", "ForiLoop", "Map", "SaturateCast", "Scan", "Scatter",
      "ScatterUpdate", "Slice", "SliceUpdate", "StopGradient", "Switch", "Unstack", "VectorizedMap", "WhileLoop",
    ],
    "keras.src.ops.einops": ["Rearrange"],
    "keras.src.ops.function": ["Function"],
    "keras.src.ops.image": [
      "AffineTransform", "CropImages", "ElasticTransform", "ExtractPatches", "GaussianBlur", "HSVToRGB",
      "MapCoordinates", "PadImages", "PerspectiveTransform", "RGBToGrayscale", "RGBToHSV", "Resize", "SSIM",
      "ScaleAndTranslate", "SobelEdges",
    ],
    "keras.src.ops.linalg": [
      "Cholesky", "CholeskyInverse", "Det", "Eig", "Eigh", "Inv", "JVP", "Lstsq", "LuFactor", "MatrixRank",
      "Norm", "Pinv", "Qr", "SVD", "Solve", "SolveTriangular",
    ],
    "keras.src.ops.math": [
      "CDist", "Erf", "Erfc", "Erfinv", "ExtractSequences", "FFT", "FFT2", "IFFT2", "IRFFT", "ISTFT", "InTopK",
      "Logdet", "Logsumexp", "RFFT", "Rsqrt", "STFT", "SegmentMax", "SegmentMin", "SegmentProd",
      "SegmentReduction", "SegmentSum", "TopK", "ViewAsComplex", "ViewAsReal",
    ],
    "keras.src.ops.nn": [
      "AdaptiveAveragePool", "AdaptiveMaxPool", "AveragePool", "BatchNorm", "BinaryCrossentropy", "CTCDecode",
      "CTCLoss", "CategoricalCrossentropy", "Celu", "Conv", "ConvTranspose", "DepthToSpace", "DepthwiseConv",
      "DotProductAttention", "Elu", "Fold", "Gelu", "Glu", "HardShrink", "HardSigmoid", "HardSilu", "HardTanh",
      "LayerNorm", "LeakyRelu", "LogSigmoid", "LogSoftmax", "MaxPool", "Moments", "MultiHot", "Normalize",
      "OneHot", "PSNR", "Polar", "RMSNorm", "Relu", "Relu6", "Selu", "SeparableConv", "Sigmoid", "Silu",
      "SoftShrink", "Softmax", "Softplus", "Softsign", "SpaceToDepth", "SparseCategoricalCrossentropy",
      "SparsePlus", "SparseSigmoid", "Sparsemax", "Squareplus", "TanhShrink", "Threshold", "Unfold",
    ],
    "keras.src.quantizers.quantizers": ["FakeQuantWithMinMaxVars"],
    // The table ends.
  ]
}
