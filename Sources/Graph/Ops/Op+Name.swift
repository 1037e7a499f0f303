extension Op {
  /// The name that errors, dumps and profiles show.
  public var name: String {
    switch self {
    case .parameter: "parameter"
    case .constant: "constant"
    case .iota: "iota"
    case .randomBits: "randomBits"
    case .unary(let op): op.rawValue
    case .binary(let op): op.rawValue
    case .compare(let comparison): comparison.rawValue
    case .select: "select"
    case .convert: "convert"
    case .bitcast: "bitcast"
    case .reshape: "reshape"
    case .broadcast: "broadcast"
    case .transpose: "transpose"
    case .reverse: "reverse"
    case .slice: "slice"
    case .pad: "pad"
    case .concatenate: "concatenate"
    case .dynamicSlice: "dynamicSlice"
    case .dynamicUpdateSlice: "dynamicUpdateSlice"
    case .gather: "gather"
    case .scatterAdd: "scatterAdd"
    case .gatherAlong: "gatherAlong"
    case .scatterAddAlong: "scatterAddAlong"
    case .reduce(let reduction, _): "reduce.\(reduction.rawValue)"
    case .argReduce(let reduction, _): "argReduce.\(reduction.rawValue)"
    case .cumulative(let reduction, _, _): "cumulative.\(reduction.rawValue)"
    case .sort: "sort"
    case .dot: "dot"
    case .cholesky: "cholesky"
    case .triangularSolve: "triangularSolve"
    case .factorize(.qr): "factorize.qr"
    case .factorize(.lu): "factorize.lu"
    case .factorize(.svd): "factorize.svd"
    case .factorize(.eigh): "factorize.eigh"
    case .convolution: "convolution"
    case .convolutionInputGradient: "convolutionInputGradient"
    case .convolutionKernelGradient: "convolutionKernelGradient"
    case .pool(let pooling): "pool.\(pooling.kind.rawValue)"
    case .poolGradient(let pooling, _): "poolGradient.\(pooling.kind.rawValue)"
    case .batchNormalization: "batchNormalization"
    case .batchNormalizationGradient: "batchNormalizationGradient"
    case .layerNormalization: "layerNormalization"
    case .layerNormalizationGradient: "layerNormalizationGradient"
    case .softmax: "softmax"
    case .logSoftmax: "logSoftmax"
    case .recurrent: "recurrent"
    case .recurrentGradient: "recurrentGradient"
    case .scan: "scan"
    case .whileLoop: "whileLoop"
    case .conditional: "conditional"
    case .stopGradient: "stopGradient"
    }
  }

  /// How many results a node of this operation can have at the most: known without the operands' types, so that a
  /// builder can hand out placeholders after an error.
  var resultCountUpperBound: Int {
    switch self {
    case .sort, .pool, .factorize(.qr), .factorize(.lu), .factorize(.eigh): 2
    case .factorize(.svd), .batchNormalization, .batchNormalizationGradient, .layerNormalization,
      .layerNormalizationGradient:
      3
    case .recurrent(let recurrent): recurrent.cell.stateCount + 3
    case .recurrentGradient(let recurrent): recurrent.cell.stateCount + 2
    case .scan(let scan): scan.body.outputs.count
    case .whileLoop(let loop): loop.stateCount
    case .conditional(let then, _): then.outputs.count
    default: 1
    }
  }
}
