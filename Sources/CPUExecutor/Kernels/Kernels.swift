import CKernels

/// Kernels under the names and types that steps use.
enum Kernels {
  @inline(__always)
  static func copy(_ target: UnsafeMutableRawPointer, _ source: UnsafeRawPointer, _ byteCount: Int) {
    ck_copy(target, source, Int64(byteCount))
  }
}
