import Graph
import ModelFiles

/// A layer applied to each time step on its own.
///
/// Input `[batch, time, …]`, output `[batch, time, …]`; the layer sees `[batch, …]`. A mask passes through and is
/// given to the layer step by step. Source: `keras.layers.TimeDistributed`.
///
/// ```swift
/// TimeDistributed(Conv2D(16, kernelSize: 3))
/// ```
public final class TimeDistributed: Layer, ConfigConstructible, @unchecked Sendable {
  public let layer: Layer

  public init(_ layer: Layer, name: String? = nil, dtype: DTypePolicy = .float32) {
    self.layer = layer
    super.init(name: name, dtype: dtype)
    if let error = layer.deferredError { fail(error) }
    if layer.dtypePolicy.quantization != nil {
      reject("layer", "must not be quantized itself: Keras leaves the scales of its weights out; quantize it unwrapped")
    }
    inputSpec = InputSpec(minimumRank: 3)
  }

  public convenience init(from reader: ConfigReader) throws {
    self.init(try reader.layer("layer"), name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "the inner layer applied to each time step", example: "TimeDistributed(Dense(32))",
      arguments: ["layer": ["class_name": "Dense", "config": ["units": 32]]], inputs: [[nil, 10, 8]])
  }

  public override var config: Config { ["layer": layer.serialized] }
  public override var sublayers: [(attribute: String, layer: Layer)] { [("layer", layer)] }
  public override var supportsMasking: Bool { true }
  public override var argumentNames: [String] { ["training", "mask"] }

  public override func build(_ inputShape: [Int?]) throws {
    guard inputShape.count >= 3 else {
      throw KerasError(.incompatibleShape, name, "takes [batch, time, …], found \(describe(inputShape))")
    }
    try layer.buildIfNeeded(shapes: [[inputShape[0]] + inputShape.dropFirst(2)])
  }

  public override func call(_ inputs: [Tensor], _ context: CallContext) -> [Tensor] {
    guard let input = inputs.first, input.rank >= 3 else { return [rejected(name, "takes [batch, time, …]")] }
    let mask = context.masks.first ?? nil
    if let mask, mask.rank < 2 || mask.shape[0] != input.shape[0] || mask.shape[1] != input.shape[1] {
      return [rejected(name, "takes a mask [batch, time, …] that fits \(input.shape), found shape \(mask.shape)")]
    }
    return context.trace.builder.withScope(layer.name) {
      treatsSamplesAlone && mask == nil ? [merged(input, context)] : [stepByStep(input, mask, context)]
    }
  }

  /// Layers that treat each sample on its own, so that time can be part of the batch.
  private var treatsSamplesAlone: Bool {
    switch layer {
    case is Dense, is EinsumDense, is BaseConvolution, is BasePooling, is Flatten, is Activation,
      is DenseRecurrentLayer:
      (layer as? RecurrentLayer).map { !$0.stateful && !$0.timeMajor } ?? true
    default: false
    }
  }

  private func merged(_ input: Tensor, _ context: CallContext) -> Tensor {
    let leading = Array(input.shape.dimensions.prefix(2))
    let together = input.reshape([leading[0] * leading[1]] + input.shape.dimensions.dropFirst(2))
    let output = single(layer.call([together], context.entering(layer, masks: [nil])))
    return output.reshape(leading + output.shape.dimensions.dropFirst())
  }

  private func stepByStep(_ input: Tensor, _ mask: Tensor?, _ context: CallContext) -> Tensor {
    let sequences = [input, mask].compactMap { $0?.swapped(0, 1) }
    let result = context.scan(carries: [], sequences: sequences) { context, _, slices in
      let masks = [slices.count > 1 ? slices[1] : nil]
      return ([], [single(layer.call([slices[0]], context.entering(layer, masks: masks)))])
    }
    return result.outputs[0].swapped(0, 1)
  }
}
