import COneDNN
import Graph

extension PostOperations {
  /// Whether oneDNN applies the function as exactly as the kernels do. Its rectified linear unit makes NaN zero.
  static func supports(_ op: UnaryOp) -> Bool { algorithm(op) != nil }

  private static func algorithm(_ op: UnaryOp) -> dnnl_alg_kind_t? {
    switch op {
    case .tanh: dnnl_eltwise_tanh
    case .sigmoid: dnnl_eltwise_logistic
    default: nil
    }
  }

  convenience init(_ op: UnaryOp) throws(GraphError) {
    guard let algorithm = Self.algorithm(op) else { throw GraphError(op.rawValue, "is no post-operation") }
    try self.init(algorithm)
  }
}
