import Graph
import ModelFiles

/// What a layer's `call` is given besides its inputs.
public struct CallContext: Sendable {
  /// Whether the call is part of a training step.
  public var training: Bool { mode ?? false }
  /// The same, `nil` where nobody has said.
  let mode: Bool?
  /// The masks of the inputs, in their order.
  public let masks: [Tensor?]
  /// Tensors given by keyword (`initial_state`, `attention_mask`), under Keras's names.
  public let tensors: [String: [Tensor]]
  /// Other values given by keyword (`use_causal_mask`), under Keras's names.
  public let options: [String: JSONValue]
  let layer: Layer
  let trace: Trace
  /// The arguments as they were written, for layers to which their positions matter.
  var arguments = CallArguments([])

  /// A variable's value at this point of the step, in the type the layer computes in.
  public subscript(variable: Variable) -> Tensor {
    let value = trace.read(variable)
    return variable.autocast && variable.dtype.isFloatingPoint ? value.asType(layer.dtypePolicy.computeDType) : value
  }

  /// A variable's value in the type it is stored in.
  public func stored(_ variable: Variable) -> Tensor { trace.read(variable) }

  /// Gives a variable a new value; calls that follow in the same step see it.
  public func assign(_ variable: Variable, _ value: Tensor) { trace.assign(variable, value) }

  /// Adds a scalar to what training minimises.
  public func addLoss(_ loss: Tensor) { trace.losses.append(loss) }

  /// Whether the call gives masks rather than leave it to the inputs, in a layer whose third argument they are.
  var hasMaskArgument: Bool { arguments.keyword["mask"] != nil || arguments.positional.count > 2 }

  public func flag(_ name: String) -> Bool { options[name]?.bool ?? false }

  /// The context of a layer inside, called with these masks and tensors.
  func entering(_ layer: Layer, masks: [Tensor?] = [], tensors: [String: [Tensor]] = [:]) -> CallContext {
    CallContext(mode: mode, masks: masks, tensors: tensors, options: [:], layer: layer, trace: trace)
  }

  /// The same call inside another recording.
  func recording(in trace: Trace) -> CallContext {
    CallContext(mode: mode, masks: masks, tensors: tensors, options: options, layer: layer, trace: trace)
  }

  /// Zeros that take no memory until they are used.
  func zeros(_ shape: Shape) -> Tensor {
    Tensor(.traced(trace, trace.builder.full(0, TensorType(layer.dtypePolicy.computeDType, shape))))
  }
}
