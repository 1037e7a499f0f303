import CKernels
import Graph

/// An operand of a matrix product: where its rows and columns lie, in `batch… × rows × columns`.
struct MatrixOperand {
  var location: Location
  var dtype: DType
  var extents: [Int]
  var strides: [Int]

  func descriptor() throws(GraphError) -> MemoryDescriptor {
    try MemoryDescriptor(dtype, extents, strides: strides)
  }

  var rows: Int { extents[extents.count - 2] }
  var columns: Int { extents[extents.count - 1] }
  var rowStride: Int { strides[strides.count - 2] }
  var columnStride: Int { strides[strides.count - 1] }

  /// Where each product's matrix starts, in elements.
  var starts: [Int64] {
    var starts: [Int64] = [0]
    for (extent, stride) in zip(extents, strides).dropLast(2) {
      starts = starts.flatMap { start in (0..<extent).map { start + Int64($0 * stride) } }
    }
    return starts
  }
}

extension Lowering {
  /// Off where all products are to be oneDNN's, as tests want them.
  @TaskLocal static var usesSmallProducts = true

  /// A product that is soon done, by a kernel that is there already: oneDNN generates code for its first product, which
  /// takes about as long as everything else in the life of a process that predicts with a small model.
  ///
  /// - Returns: whether it is such a product.
  func lowerSmallProduct(
    _ node: Int, _ left: MatrixOperand, _ right: MatrixOperand, bias: Value?, function: UnaryOp?, into last: Int
  ) throws -> Bool {
    let batch = left.extents.dropLast(2).reduce(1, *)
    guard Self.usesSmallProducts, left.dtype == .float32, Self.isSmall(left, right, batch: batch),
      let activation = function.kernelActivation
    else { return false }
    let (aStarts, bStarts) = (left.starts, right.starts)
    let product = ck_product(
      rows: Int64(left.rows), inner: Int64(left.columns), columns: Int64(right.columns),
      a_row: Int64(left.rowStride), a_column: Int64(left.columnStride), b_row: Int64(right.rowStride),
      b_column: Int64(right.columnStride), count: Int64(batch), activation: activation)
    var touched = [left.location, right.location]
    let biasSlot = try bias.map { value in
      let location = try location(value)
      touched.append(location)
      return builder.slot(location)
    }
    let result = allocate(Value(node: last))
    let packed = builder.temporary(byteCount: withUnsafePointer(to: product) { Int(ck_product_scratch($0)) })
    let (a, b) = (builder.slot(left.location), builder.slot(right.location))
    let (c, scratch) = (builder.slot(result), builder.slot(packed))
    let size = "\(batch == 1 ? "" : "\(batch)×")\(left.rows)×\(left.columns)×\(right.columns)"
    builder.emit("dot \(size)", scope: graph.nodes[node].scope, touching: touched + [result, packed]) { frame in
      withUnsafePointer(to: product) {
        ck_small_product(
          $0, frame[c].float, frame[a].float, aStarts, frame[b].float, bStarts,
          biasSlot.map { UnsafePointer(frame[$0].float) }, frame[scratch])
      }
    }
    return true
  }

  /// Whether the kernel was measured to be as fast as oneDNN or faster, by the multiplications of whole panels of
  /// columns. Transposed operands cost it more.
  private static func isSmall(_ left: MatrixOperand, _ right: MatrixOperand, batch: Int) -> Bool {
    let (whole, overflow) = (batch * left.rows).multipliedReportingOverflow(
      by: left.columns * ((right.columns + 15) / 16 * 16))
    let limit = right.columnStride != 1 ? 1 << 19 : left.columnStride != 1 ? 1 << 20 : 1 << 22
    return !overflow && whole <= limit
  }
}

extension UnaryOp? {
  /// What the kernel calls the function, `nil` where it has none such.
  fileprivate var kernelActivation: Int32? {
    switch self {
    case nil: Int32(CK_PRODUCT_LINEAR.rawValue)
    case .tanh: Int32(CK_PRODUCT_TANH.rawValue)
    case .sigmoid: Int32(CK_PRODUCT_SIGMOID.rawValue)
    default: nil
    }
  }
}
