import CKernels
import COneDNN
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
  /// The kernels' form of one time step; `nil` where they do not know the cell.
  fileprivate func kernel(samples: Int, units: Int) -> ck_recurrent? {
    var layer = ck_recurrent()
    switch cell {
    case .simple: layer.cell = Int32(CK_CELL_SIMPLE.rawValue)
    case .lstm: layer.cell = Int32(CK_CELL_LSTM.rawValue)
    case .gru(resetAfter: true): layer.cell = Int32(CK_CELL_GRU.rawValue)
    case .gru(resetAfter: false): return nil
    }
    layer.activation = activation.kind
    layer.recurrent_activation = recurrentActivation.kind
    layer.zero_output = zeroOutputForMask ? 1 : 0
    layer.samples = Int64(samples)
    layer.units = Int64(units)
    return layer
  }
}

/// The slots of what both directions read: initial states, bias and mask; and the sizes of one time step.
private struct RecurrentOperands {
  var initialH: Int
  var initialC: Int
  var bias: Int?
  var mask: Int?
  let time: Int
  let samples: Int
  let units: Int
  let gates: Int
  var stateBytes: Int { samples * units * 4 }
  var gateBytes: Int { samples * gates * 4 }
}

extension Lowering {
  /// A product `rows × inner · inner × columns` whose first operand and result move from step to step. The right
  /// operand is packed once.
  private func stepProduct(
    rows: Int, inner: Int, columns: Int, weights: Location, strides: [Int], source: Location, result: Location,
    scope: String
  ) throws -> (primitive: Primitive, arguments: (first: Int, count: Int, touched: [Location])) {
    let engine = try Engine.shared()
    let a = try MemoryDescriptor(.float32, [rows, inner])
    let c = try MemoryDescriptor(.float32, [rows, columns])
    let any = try MemoryDescriptor.any(.float32, [inner, columns])
    let primitive = try Primitive("recurrent") { pd, attributes in
      dnnl_matmul_primitive_desc_create(pd, engine.handle, a.handle, any.handle, nil, c.handle, attributes)
    }
    let chosen = try primitive.descriptor(dnnl_query_weights_md)
    let plain = try MemoryDescriptor(.float32, [inner, columns], strides: strides)
    let packed = try reordered(weights, plain, to: chosen, scope: scope)
    let arguments = builder.register(
      primitive, [(Role.source, source, a), (Role.destination, result, c), (Role.weights, packed, chosen)])
    return (primitive, arguments)
  }

  func lowerRecurrent(_ node: Int, _ recurrent: Recurrent) throws {
    let entry = graph.nodes[node]
    let shape = values.type(entry.inputs[0]).shape
    let (time, samples, gates) = (shape[0], shape[1], shape[2])
    let units = gates / recurrent.cell.gateCount
    guard entry.types[0].dtype == .float32, time > 0, samples > 0, units > 0,
      let layer = recurrent.kernel(samples: samples, units: units)
    else { return try lowerToInterpreter(node) }
    let states = recurrent.cell.stateCount
    let inputs = try entry.inputs.map { try location($0) }
    let outputs = entry.types.indices.map { allocate(Value(node: node, output: $0)) }
    let kernel = inputs[1 + states]
    let product = builder.temporary(byteCount: samples * gates * 4)
    let step = try stepProduct(
      rows: samples, inner: units, columns: gates, weights: kernel, strides: [gates, 1], source: outputs[0],
      result: product, scope: entry.scope)
    // The state apart from the sequence, where masked outputs are zero.
    let kept = (builder.temporary(byteCount: samples * units * 4), builder.temporary(byteCount: samples * units * 4))
    let o = RecurrentOperands(
      initialH: builder.slot(inputs[1]), initialC: builder.slot(inputs[states]),
      bias: recurrent.hasRecurrentBias ? builder.slot(inputs[2 + states]) : nil,
      mask: recurrent.hasMask ? builder.slot(inputs[inputs.count - 1]) : nil,
      time: time, samples: samples, units: units, gates: gates)
    let (projection, sequence, productSlot) = (builder.slot(inputs[0]), builder.slot(outputs[0]), builder.slot(product))
    let lastStates = (1...states).map { builder.slot(outputs[$0]) }
    let gateSlot = builder.slot(outputs[1 + states])
    let savedSlot = recurrent.hasSavedState ? builder.slot(outputs[2 + states]) : gateSlot
    let keptSlots = (builder.slot(kept.0), builder.slot(kept.1))
    let separate = recurrent.hasMask && recurrent.zeroOutputForMask
    let isLSTM = recurrent.cell == .lstm
    let reversed = recurrent.reversed
    builder.emit(
      "recurrent \(time)×\(samples)×\(units)", scope: entry.scope,
      touching: inputs + outputs + [product, kept.0, kept.1] + step.arguments.touched
    ) { frame in
      var h = UnsafeMutableRawPointer(frame[o.initialH])
      var c = UnsafeMutableRawPointer(frame[o.initialC])
      let bias = o.bias.map { frame[$0].float }
      for index in 0..<o.time {
        let row = reversed ? o.time - 1 - index : index
        let output = frame[sequence] + index * o.stateBytes
        let saved = frame[savedSlot] + index * o.stateBytes
        let newH = separate ? frame[index % 2 == 0 ? keptSlots.0 : keptSlots.1] : output
        try frame.execute(
          step.primitive, arguments: step.arguments.first, count: step.arguments.count, source: h,
          destination: frame[productSlot])
        let mask = o.mask.map { frame[$0].assumingMemoryBound(to: UInt8.self) + row * o.samples }
        withUnsafePointer(to: layer) {
          ck_recurrent_step(
            $0, (frame[projection] + row * o.gateBytes).float, frame[productSlot].float, bias, mask, h.float, c.float,
            newH.float, saved.float, output.float, (frame[gateSlot] + index * o.gateBytes).float, saved.float)
        }
        h = newH
        c = saved
      }
      Kernels.copy(frame[lastStates[0]], h, o.stateBytes)
      if isLSTM { Kernels.copy(frame[lastStates[1]], c, o.stateBytes) }
    }
  }

  func lowerRecurrentGradient(_ node: Int, _ recurrent: Recurrent) throws {
    let entry = graph.nodes[node]
    let shape = entry.types[0].shape
    let (time, samples, gates) = (shape[0], shape[1], shape[2])
    let units = gates / recurrent.cell.gateCount
    guard entry.types[0].dtype == .float32, time > 0, samples > 0, units > 0,
      let layer = recurrent.kernel(samples: samples, units: units)
    else { return try lowerToInterpreter(node) }
    let states = recurrent.cell.stateCount
    let inputs = try entry.inputs.map { try location($0) }
    let outputs = entry.types.indices.map { allocate(Value(node: node, output: $0)) }
    var position = states + 1 + (recurrent.hasRecurrentBias ? 1 : 0)
    let mask = recurrent.hasMask ? builder.slot(inputs[position]) : nil
    if recurrent.hasMask { position += 1 }
    let (sequence, gateSlot) = (builder.slot(inputs[position]), builder.slot(inputs[position + 1]))
    position += 2
    let saved = recurrent.hasSavedState ? builder.slot(inputs[position]) : gateSlot
    if recurrent.hasSavedState { position += 1 }
    let dSequence = builder.slot(inputs[position])
    let dLast = (1...states).map { builder.slot(inputs[position + $0]) }
    // Of h·U: the projection's own gradient but for GRU.
    let dProduct = recurrent.hasRecurrentBias ? outputs[1 + states] : outputs[0]
    let product = builder.temporary(byteCount: samples * units * 4)
    let carry = builder.temporary(byteCount: samples * units * 4)
    let step = try stepProduct(
      rows: samples, inner: gates, columns: units, weights: inputs[states], strides: [1, gates], source: dProduct,
      result: product, scope: entry.scope)
    let o = RecurrentOperands(
      initialH: builder.slot(inputs[0]), initialC: builder.slot(inputs[states - 1]), bias: nil, mask: mask, time: time,
      samples: samples, units: units, gates: gates)
    let (productSlot, carrySlot) = (builder.slot(product), builder.slot(carry))
    let (dProjection, dProductSlot) = (builder.slot(outputs[0]), builder.slot(dProduct))
    let dInitial = (1...states).map { builder.slot(outputs[$0]) }
    let isLSTM = recurrent.cell == .lstm
    let reversed = recurrent.reversed
    builder.emit(
      "recurrentGradient \(time)×\(samples)×\(units)", scope: entry.scope,
      touching: inputs + outputs + [product, carry] + step.arguments.touched
    ) { frame in
      Kernels.copy(frame[productSlot], frame[dLast[0]], o.stateBytes)
      frame[carrySlot].initializeMemory(as: UInt8.self, repeating: 0, count: o.stateBytes)
      if isLSTM { Kernels.copy(frame[dInitial[1]], frame[dLast[1]], o.stateBytes) }
      for index in (0..<o.time).reversed() {
        let row = reversed ? o.time - 1 - index : index
        let before = (index - 1) * o.stateBytes
        let h = index == 0 ? frame[o.initialH] : frame[sequence] + before
        let c = index == 0 ? frame[o.initialC] : frame[saved] + before
        let mask = o.mask.map { frame[$0].assumingMemoryBound(to: UInt8.self) + row * o.samples }
        let dc = isLSTM ? frame[dInitial[1]].float : nil
        let source = frame[dProductSlot] + row * o.gateBytes
        withUnsafePointer(to: layer) {
          ck_recurrent_step_gradient(
            $0, (frame[gateSlot] + index * o.gateBytes).float, (frame[saved] + index * o.stateBytes).float, h.float,
            c.float, mask, (frame[dSequence] + index * o.stateBytes).float, frame[productSlot].float,
            frame[carrySlot].float, dc, (frame[dProjection] + row * o.gateBytes).float, source.float)
        }
        try frame.execute(
          step.primitive, arguments: step.arguments.first, count: step.arguments.count, source: source,
          destination: frame[productSlot])
      }
      ck_sum(frame[dInitial[0]].float, frame[productSlot].float, frame[carrySlot].float, Int64(o.stateBytes / 4))
    }
  }
}
