import CKernels
import Graph

extension Recurrent.Activation {
  fileprivate var kind: Int32 {
    switch self {
    case .linear: Int32(CK_ACT_LINEAR.rawValue)
    case .tanh: Int32(CK_ACT_TANH.rawValue)
    case .sigmoid: Int32(CK_ACT_SIGMOID.rawValue)
    case .relu: Int32(CK_ACT_RELU.rawValue)
    case .hardSigmoid: Int32(CK_ACT_HARD_SIGMOID.rawValue)
    }
  }
}

extension Recurrent {
  /// The kernels' form of the layer.
  fileprivate func kernel(time: Int, samples: Int, units: Int) -> ck_recurrent {
    var layer = ck_recurrent()
    switch cell {
    case .simple: layer.cell = Int32(CK_CELL_SIMPLE.rawValue)
    case .lstm: layer.cell = Int32(CK_CELL_LSTM.rawValue)
    case .gru(resetAfter: true): layer.cell = Int32(CK_CELL_GRU.rawValue)
    case .gru(resetAfter: false): layer.cell = Int32(CK_CELL_GRU_RESET_BEFORE.rawValue)
    }
    layer.activation = activation.kind
    layer.recurrent_activation = recurrentActivation.kind
    layer.zero_output = zeroOutputForMask ? 1 : 0
    layer.reversed = reversed ? 1 : 0
    layer.time = Int64(time)
    layer.samples = Int64(samples)
    layer.units = Int64(units)
    return layer
  }
}

/// The slots of what both directions read.
private struct RecurrentSlots {
  var initial: [Int]
  var kernel: Int
  var bias: Int?
  var mask: Int?
  var scratch: Int

  func bound(in frame: Frame) -> ck_recurrent_operands {
    ck_recurrent_operands(
      kernel: frame[kernel].float, bias: bias.map { UnsafePointer(frame[$0].float) },
      mask: mask.map { UnsafePointer(frame[$0].assumingMemoryBound(to: UInt8.self)) },
      initial_h: frame[initial[0]].float,
      initial_c: initial.count > 1 ? UnsafePointer(frame[initial[1]].float) : nil, scratch: frame[scratch])
  }
}

extension Lowering {
  /// The operands from the first initial state to the mask, and how many there are.
  private func slots(_ recurrent: Recurrent, _ inputs: some Collection<Location>, scratch: Location) -> (
    slots: RecurrentSlots, count: Int
  ) {
    let operands = inputs.map { builder.slot($0) }
    let states = recurrent.cell.stateCount
    var count = states + 1
    func optional(_ exists: Bool) -> Int? {
      guard exists else { return nil }
      count += 1
      return operands[count - 1]
    }
    let bias = optional(recurrent.hasRecurrentBias)
    let mask = optional(recurrent.hasMask)
    return (
      RecurrentSlots(
        initial: Array(operands[..<states]), kernel: operands[states], bias: bias, mask: mask,
        scratch: builder.slot(scratch)), count
    )
  }

  private func layer(_ recurrent: Recurrent, _ node: Int, projection shape: Shape) -> ck_recurrent? {
    let (time, samples, units) = (shape[0], shape[1], shape[2] / recurrent.cell.gateCount)
    guard graph.nodes[node].types[0].dtype == .float32, samples > 0, units > 0 else { return nil }
    return recurrent.kernel(time: time, samples: samples, units: units)
  }

  func lowerRecurrent(_ node: Int, _ recurrent: Recurrent) throws {
    let entry = graph.nodes[node]
    guard let layer = layer(recurrent, node, projection: values.type(entry.inputs[0]).shape) else {
      return try lowerToInterpreter(node)
    }
    let inputs = try entry.inputs.map { try location($0) }
    let outputs = entry.types.indices.map { allocate(Value(node: node, output: $0)) }
    let scratch = builder.temporary(byteCount: withUnsafePointer(to: layer) { Int(ck_recurrent_scratch($0)) })
    let operands = slots(recurrent, inputs.dropFirst(), scratch: scratch).slots
    let (projection, results) = (builder.slot(inputs[0]), outputs.map { builder.slot($0) })
    let states = recurrent.cell.stateCount
    let hasSavedState = recurrent.hasSavedState
    builder.emit(
      "recurrent \(layer.time)×\(layer.samples)×\(layer.units)", scope: entry.scope,
      touching: inputs + outputs + [scratch]
    ) { frame in
      let bound = operands.bound(in: frame)
      withUnsafePointer(to: layer) { layer in
        withUnsafePointer(to: bound) {
          ck_recurrent_forward(
            layer, $0, frame[projection].float, frame[results[0]].float, frame[results[1]].float,
            states > 1 ? frame[results[2]].float : nil, frame[results[1 + states]].float,
            hasSavedState ? frame[results[2 + states]].float : nil)
        }
      }
    }
  }

  func lowerRecurrentGradient(_ node: Int, _ recurrent: Recurrent) throws {
    let entry = graph.nodes[node]
    guard let layer = layer(recurrent, node, projection: entry.types[0].shape) else {
      return try lowerToInterpreter(node)
    }
    let inputs = try entry.inputs.map { try location($0) }
    let outputs = entry.types.indices.map { allocate(Value(node: node, output: $0)) }
    let scratch = builder.temporary(byteCount: withUnsafePointer(to: layer) { Int(ck_recurrent_scratch($0)) })
    let (operands, count) = slots(recurrent, inputs, scratch: scratch)
    let (stored, results) = (inputs[count...].map { builder.slot($0) }, outputs.map { builder.slot($0) })
    let states = recurrent.cell.stateCount
    let hasSavedState = recurrent.hasSavedState
    // After the sequence, the gates and what else was saved: the gradients of the results.
    let gradients = Array(stored[(hasSavedState ? 3 : 2)...])
    // The gradient of h·U: the projection's own but for GRU.
    let product = recurrent.hasRecurrentBias ? results[1 + states] : results[0]
    builder.emit(
      "recurrentGradient \(layer.time)×\(layer.samples)×\(layer.units)", scope: entry.scope,
      touching: inputs + outputs + [scratch]
    ) { frame in
      let bound = operands.bound(in: frame)
      withUnsafePointer(to: layer) { layer in
        withUnsafePointer(to: bound) {
          ck_recurrent_gradient(
            layer, $0, frame[stored[0]].float, frame[stored[1]].float, hasSavedState ? frame[stored[2]].float : nil,
            frame[gradients[0]].float, frame[gradients[1]].float, states > 1 ? frame[gradients[2]].float : nil,
            frame[results[0]].float, frame[product].float, frame[results[1]].float,
            states > 1 ? frame[results[2]].float : nil)
        }
      }
    }
  }
}
