import COneDNN
import Graph

/// What a primitive does to its result before storing it.
final class PostOperations: @unchecked Sendable {
  let handle: dnnl_post_ops_t
  private(set) var count = 0

  init() throws(GraphError) {
    var handle: dnnl_post_ops_t?
    try check(dnnl_post_ops_create(&handle), "post-operations")
    guard let handle else { throw GraphError("post-operations", "none were made", kind: .system) }
    self.handle = handle
  }

  deinit { dnnl_post_ops_destroy(handle) }

  func append(_ algorithm: dnnl_alg_kind_t, alpha: Float = 0, beta: Float = 0) throws(GraphError) {
    try check(dnnl_post_ops_append_eltwise(handle, algorithm, alpha, beta), "post-operations")
    count += 1
  }

  /// Combines the result with a second operand, which is an argument of the primitive.
  func append(_ algorithm: dnnl_alg_kind_t, operand: MemoryDescriptor) throws(GraphError) {
    try check(dnnl_post_ops_append_binary(handle, algorithm, operand.handle), "post-operations")
    count += 1
  }

  /// Adds the result to what its memory holds.
  func appendSum() throws(GraphError) {
    try check(dnnl_post_ops_append_sum(handle, 1, 0, dnnl_data_type_undef), "post-operations")
    count += 1
  }
}
