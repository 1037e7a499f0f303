extension OperationRegistry {
  /// The module of Keras that has an operation's class. Files name it, and Keras looks nowhere else.
  static func module(of className: String) -> String {
    "keras.src.ops." + (modules.first { $0.classes.contains(className) }?.name ?? "numpy")
  }

  /// The classes that are not in `keras.src.ops.numpy`.
  private static let modules: [(name: String, classes: Set<String>)] = [
    (
      "nn",
      [
        "BatchNorm", "BinaryCrossentropy", "CategoricalCrossentropy", "Celu", "DepthToSpace", "Elu", "Gelu", "Glu",
        "HardShrink", "HardSigmoid", "HardSilu", "HardTanh", "LayerNorm", "LeakyRelu", "LogSigmoid", "LogSoftmax",
        "Moments", "MultiHot", "Normalize", "OneHot", "RMSNorm", "Relu", "Relu6", "Selu", "Sigmoid", "Silu",
        "SoftShrink", "Softmax", "Softplus", "Softsign", "SpaceToDepth", "SparsePlus", "SparseSigmoid", "Sparsemax",
        "Squareplus", "TanhShrink", "Threshold",
      ]
    ),
    ("core", ["Cast", "Scatter", "ScatterUpdate", "Slice", "SliceUpdate", "StopGradient", "Unstack"]),
    (
      "linalg",
      ["Cholesky", "Det", "Eigh", "Inv", "Norm", "Pinv", "Qr", "SVD", "Solve", "SolveTriangular"]
    ),
    (
      "math",
      [
        "Erf", "Erfc", "Erfinv", "InTopK", "Logdet", "Logsumexp", "Rsqrt", "SegmentMax", "SegmentMin", "SegmentSum",
        "TopK",
      ]
    ),
    ("image", ["Resize"]),
  ]
}
