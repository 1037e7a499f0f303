import COneDNN
import Graph

/// What a primitive does to its result before storing it: applies one function.
final class PostOperations: @unchecked Sendable {
  let handle: dnnl_post_ops_t

  init(_ algorithm: dnnl_alg_kind_t) throws(GraphError) {
    var handle: dnnl_post_ops_t?
    try check(dnnl_post_ops_create(&handle), "post-operations")
    guard let handle else { throw GraphError("post-operations", "none were made", kind: .system) }
    self.handle = handle
    try check(dnnl_post_ops_append_eltwise(handle, algorithm, 0, 0), "post-operations")
  }

  deinit { dnnl_post_ops_destroy(handle) }
}
