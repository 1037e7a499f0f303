import COneDNN
import Graph

/// A compiled oneDNN operation. Its scratchpad is the caller's.
final class Primitive: @unchecked Sendable {
  let handle: dnnl_primitive_t
  private let owner: Description
  /// `nil` where the primitive needs none.
  let scratchpad: MemoryDescriptor?

  /// The bytes of a primitive and its machine code, about.
  static let usualByteCount = 32 << 10

  typealias Describe = (UnsafeMutablePointer<dnnl_primitive_desc_t?>, dnnl_primitive_attr_t) -> dnnl_status_t

  /// - Parameter describe: fills in the primitive's description from attributes that ask for a scratchpad of the user.
  convenience init(_ operation: String, postOperations: PostOperations? = nil, _ describe: Describe)
    throws(GraphError)
  {
    try self.init(Description(operation, postOperations: postOperations, describe))
  }

  init(_ owner: Description) throws(GraphError) {
    var handle: dnnl_primitive_t?
    try check(dnnl_primitive_create(&handle, owner.description), owner.operation)
    guard let handle else { throw GraphError(owner.operation, "oneDNN: no primitive", kind: .system) }
    self.handle = handle
    self.owner = owner
    let scratchpad = owner.query(dnnl_query_scratchpad_md)
    self.scratchpad = scratchpad.flatMap { $0.byteCount > 0 ? $0 : nil }
  }

  deinit { dnnl_primitive_destroy(handle) }

  /// The layout the primitive chose for an argument.
  func descriptor(_ what: dnnl_query_t) throws(GraphError) -> MemoryDescriptor {
    guard let descriptor = owner.query(what) else {
      throw GraphError("oneDNN", "a primitive does not describe its arguments", kind: .system)
    }
    return descriptor
  }

  /// The implementation that oneDNN chose, for profiles.
  var implementation: String { owner.implementation }

  /// What oneDNN would do, before it is compiled.
  final class Description {
    let operation: String
    let description: dnnl_primitive_desc_t

    init(_ operation: String, postOperations: PostOperations? = nil, _ describe: Describe) throws(GraphError) {
      var attributes: dnnl_primitive_attr_t?
      try check(dnnl_primitive_attr_create(&attributes), operation)
      guard let attributes else { throw GraphError(operation, "no attributes", kind: .system) }
      defer { dnnl_primitive_attr_destroy(attributes) }
      try check(dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user), operation)
      if let postOperations {
        try check(dnnl_primitive_attr_set_post_ops(attributes, postOperations.handle), operation)
      }
      var description: dnnl_primitive_desc_t?
      try check(describe(&description, attributes), operation)
      guard let description else { throw GraphError(operation, "no primitive description", kind: .system) }
      self.operation = operation
      self.description = description
    }

    deinit { dnnl_primitive_desc_destroy(description) }

    /// oneDNN's name of the implementation it chose, such as `jit_1x1:avx2`.
    var implementation: String {
      var text: UnsafePointer<CChar>?
      guard dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, &text) == dnnl_success, let text
      else { return "" }
      return String(cString: text)
    }

    /// Moves on to oneDNN's next choice for as long as an implementation is not wanted.
    ///
    /// - Returns: whether there is one that is.
    func skip(while isUnwanted: (String) -> Bool) -> Bool {
      while isUnwanted(implementation) {
        guard dnnl_primitive_desc_next_impl(description) == dnnl_success else { return false }
      }
      return true
    }

    func query(_ what: dnnl_query_t) -> MemoryDescriptor? {
      guard let borrowed = dnnl_primitive_desc_query_md(description, what, 0) else { return nil }
      var copy: dnnl_memory_desc_t?
      guard dnnl_memory_desc_clone(&copy, borrowed) == dnnl_success, let copy else { return nil }
      return MemoryDescriptor(owning: copy)
    }
  }
}
