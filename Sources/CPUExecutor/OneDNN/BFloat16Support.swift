import COneDNN
import Graph

/// What oneDNN computes in bfloat16 itself; everything else is widened to f32.
struct BFloat16Support: Equatable, Sendable {
  var products: Bool
  var convolutions: Bool

  static let none = BFloat16Support(products: false, convolutions: false)

  /// Asked of oneDNN once: on processors without AVX-512 or an equivalent it has no such primitives.
  static let ofProcessor = BFloat16Support(
    products: (try? describeProduct()) != nil, convolutions: (try? describeConvolution()) != nil)

  private static func describeProduct() throws(GraphError) -> Primitive.Description {
    let engine = try Engine.shared()
    let matrix = try MemoryDescriptor(.bfloat16, [16, 16])
    return try Primitive.Description("dot") { description, attributes in
      dnnl_matmul_primitive_desc_create(
        description, engine.handle, matrix.handle, matrix.handle, nil, matrix.handle, attributes)
    }
  }

  private static func describeConvolution() throws(GraphError) -> Primitive.Description {
    let convolution = Convolution(strides: [1, 1], paddingLow: [0, 0], paddingHigh: [0, 0], dilations: [1, 1])
    return try ConvolutionDescriptors(
      convolution, .bfloat16, input: [1, 8, 8, 16], kernel: [3, 3, 16, 16], output: [1, 6, 6, 16]
    ).forward(dnnl_forward_inference)
  }
}
