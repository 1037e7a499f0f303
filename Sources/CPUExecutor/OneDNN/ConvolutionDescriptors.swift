import COneDNN
import Graph

/// A convolution in oneDNN's terms: channels-last activations by their strides, weights in the layout it likes best.
struct ConvolutionDescriptors {
  let source: MemoryDescriptor
  let destination: MemoryDescriptor
  /// The weights as the graph stores them.
  let plainWeights: MemoryDescriptor
  let anyWeights: MemoryDescriptor
  let bias: MemoryDescriptor
  let strides: [Int64]
  let dilations: [Int64]
  let paddingLow: [Int64]
  let paddingHigh: [Int64]
  private let inputChannelsPerGroup: Int

  init(_ convolution: Convolution, _ dtype: DType, input: Shape, kernel: Shape, output: Shape) throws(GraphError) {
    func channelsLast(_ shape: Shape) throws(GraphError) -> MemoryDescriptor {
      let order = [0, shape.rank - 1] + Array(1..<(shape.rank - 1))
      let view = StridedView(shape).permuted(order)
      return try MemoryDescriptor(dtype, view.extents, strides: view.strides)
    }
    source = try channelsLast(input)
    destination = try channelsLast(output)
    let spatial = Array(0..<convolution.spatialRank)
    let rank = kernel.rank
    let view = StridedView(kernel).permuted([rank - 1, rank - 2] + spatial)
    var (extents, steps) = (view.extents, view.strides)
    if convolution.groups > 1 {
      let (groups, outputs) = (convolution.groups, extents[0] / convolution.groups)
      extents = [groups, outputs] + extents.dropFirst()
      steps = [outputs, 1] + steps.dropFirst()
    }
    plainWeights = try MemoryDescriptor(dtype, extents, strides: steps)
    anyWeights = try .any(dtype, extents)
    bias = try MemoryDescriptor(dtype, [kernel[-1]])
    inputChannelsPerGroup = kernel[-2]
    strides = convolution.strides.map(Int64.init)
    dilations = convolution.dilations.map { Int64($0 - 1) }
    paddingLow = convolution.paddingLow.map(Int64.init)
    paddingHigh = convolution.paddingHigh.map(Int64.init)
  }
}

extension ConvolutionDescriptors {
  func forward(
    _ propagation: dnnl_prop_kind_t, hasBias: Bool = false, postOperations: PostOperations? = nil
  ) throws(GraphError) -> Primitive.Description {
    let engine = try Engine.shared()
    return try Primitive.Description("convolution", postOperations: postOperations) { description, attributes in
      dnnl_convolution_forward_primitive_desc_create(
        description, engine.handle, propagation, dnnl_convolution_direct, source.handle, anyWeights.handle,
        hasBias ? bias.handle : nil, destination.handle, strides, dilations, paddingLow, paddingHigh, attributes)
    }
  }

  // Backward primitives are described together with the forward one they belong to.

  func inputGradient() throws(GraphError) -> Primitive.Description {
    let engine = try Engine.shared()
    let hint = try forward(dnnl_forward_training)
    return try Primitive.Description("convolutionInputGradient") { description, attributes in
      dnnl_convolution_backward_data_primitive_desc_create(
        description, engine.handle, dnnl_convolution_direct, source.handle, anyWeights.handle, destination.handle,
        strides, dilations, paddingLow, paddingHigh, hint.description, attributes)
    }
  }

  /// - Returns: `nil` where oneDNN has no implementation that stays within its memory.
  func kernelGradient(hasBias: Bool) throws(GraphError) -> Primitive.Description? {
    let engine = try Engine.shared()
    let hint = try forward(dnnl_forward_training)
    let description = try Primitive.Description("convolutionKernelGradient") { description, attributes in
      dnnl_convolution_backward_weights_primitive_desc_create(
        description, engine.handle, dnnl_convolution_direct, source.handle, anyWeights.handle,
        hasBias ? bias.handle : nil, destination.handle, strides, dilations, paddingLow, paddingHigh,
        hint.description, attributes)
    }
    return description.skip(while: overrunsScratchpad) ? description : nil
  }

  /// Whether an implementation of the kernel's gradient writes past its scratchpad.
  ///
  /// Those of oneDNN 3.2 for kernels of one element (`jit_1x1:avx2`, `jit_1x1:avx512_core`,
  /// `jit_bf16_1x1:avx512_core_bf16`) do where strides skip some of the input: they gather what is left a whole vector
  /// at a time, into rows that are shorter where the channels fill less than one. Canaries found it for up to 7 channels
  /// on AVX2 and 15 on AVX-512, never for more; what comes next in oneDNN's list is right for all of them.
  private func overrunsScratchpad(_ implementation: String) -> Bool {
    implementation.hasPrefix("jit") && implementation.contains("_1x1:") && strides.contains { $0 > 1 }
      && inputChannelsPerGroup < 16
  }
}
