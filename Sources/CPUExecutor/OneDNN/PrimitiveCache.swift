import COneDNN

/// The compiled operations that oneDNN keeps for the next executable that needs the same ones, whether or not any uses
/// them.
enum PrimitiveCache {
  /// As many as one large model has. By itself oneDNN keeps 1024, which for ever new shapes grow to hundreds of megabytes.
  static let capacity: Int32 = 256

  static func limit() { dnnl_set_primitive_cache_capacity(capacity) }

  static func removeAll() {
    dnnl_set_primitive_cache_capacity(0)
    limit()
  }
}
