import COneDNN
import Graph

/// The shape, element type and layout of memory as oneDNN sees it.
final class MemoryDescriptor: @unchecked Sendable {
  let handle: dnnl_memory_desc_t

  /// Takes over a handle.
  init(owning handle: dnnl_memory_desc_t) { self.handle = handle }

  /// Dense or strided memory; `strides` in elements, row-major where missing.
  convenience init(_ dtype: DType, _ dimensions: [Int], strides: [Int]? = nil) throws(GraphError) {
    let dims = dimensions.map(Int64.init)
    let steps = (strides ?? Shape(dimensions).strides).map(Int64.init)
    var handle: dnnl_memory_desc_t?
    let status = dnnl_memory_desc_create_with_strides(&handle, Int32(dims.count), dims, try dtype.oneDNN(), steps)
    try check(status, "memory descriptor")
    guard let handle else { throw GraphError("memory descriptor", "none was made", kind: .system) }
    self.init(owning: handle)
  }

  /// Memory whose layout the primitive chooses.
  static func any(_ dtype: DType, _ dimensions: [Int]) throws(GraphError) -> MemoryDescriptor {
    let dims = dimensions.map(Int64.init)
    var handle: dnnl_memory_desc_t?
    try check(
      dnnl_memory_desc_create_with_tag(&handle, Int32(dims.count), dims, try dtype.oneDNN(), dnnl_format_tag_any),
      "memory descriptor")
    guard let handle else { throw GraphError("memory descriptor", "none was made", kind: .system) }
    return MemoryDescriptor(owning: handle)
  }

  deinit { dnnl_memory_desc_destroy(handle) }

  var byteCount: Int { Int(dnnl_memory_desc_get_size(handle)) }

  func isEqual(to other: MemoryDescriptor) -> Bool { dnnl_memory_desc_equal(handle, other.handle) != 0 }
}

extension DType {
  func oneDNN() throws(GraphError) -> dnnl_data_type_t {
    switch self {
    case .float32: return dnnl_f32
    case .bfloat16: return dnnl_bf16
    case .float16: return dnnl_f16
    case .int32: return dnnl_s32
    case .int8: return dnnl_s8
    case .uint8: return dnnl_u8
    default: throw GraphError("oneDNN", "has no element type \(self)")
    }
  }
}
