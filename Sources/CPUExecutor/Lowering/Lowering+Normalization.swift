import CKernels
import Graph

extension Lowering {
  /// Rows and channels of what is normalised, and where every operand and result lies; `nil` where the kernels do not
  /// know the element type.
  private struct Operands {
    var rows: Int64
    var channels: Int64
    var inputs: [Int]
    var outputs: [Int]
    var touched: [Location]
    var scratch: Int
  }

  private func operands(_ node: Int) throws -> Operands? {
    let entry = graph.nodes[node]
    let type = values.type(entry.inputs[0])
    guard type.dtype == .float32 else { return nil }
    let channels = type.shape[-1]
    let rows = type.shape.elementCount / max(channels, 1)
    let inputs = try entry.inputs.map { try location($0) }
    let outputs = entry.types.indices.map { allocate(Value(node: node, output: $0)) }
    let scratch = builder.temporary(byteCount: Int(ck_normalization_scratch(Int64(rows), Int64(channels))))
    return Operands(
      rows: Int64(rows), channels: Int64(channels), inputs: inputs.map { builder.slot($0) },
      outputs: outputs.map { builder.slot($0) }, touched: inputs + outputs + [scratch], scratch: builder.slot(scratch))
  }

  private func batchKernel(_ o: Operands, _ epsilon: Double, rectified: Bool) -> ck_batch {
    ck_batch(rows: o.rows, channels: o.channels, epsilon: Float(epsilon), rectified: rectified ? 1 : 0)
  }

  func lowerBatchNormalization(_ node: Int, _ epsilon: Double, rectified: Bool) throws {
    guard let o = try operands(node) else { return try lowerToInterpreter(node) }
    let batch = batchKernel(o, epsilon, rectified: rectified)
    builder.emit("batchNormalization", scope: graph.nodes[node].scope, touching: o.touched) { frame in
      ck_batch_normalization(
        batch, frame[o.inputs[0]].float, frame[o.inputs[1]].float, frame[o.inputs[2]].float,
        frame[o.outputs[0]].float, frame[o.outputs[1]].float, frame[o.outputs[2]].float, frame[o.scratch])
    }
  }

  func lowerBatchNormalizationGradient(_ node: Int, _ epsilon: Double, rectified: Bool) throws {
    guard let o = try operands(node) else { return try lowerToInterpreter(node) }
    let batch = batchKernel(o, epsilon, rectified: rectified)
    builder.emit("batchNormalizationGradient", scope: graph.nodes[node].scope, touching: o.touched) { frame in
      ck_batch_normalization_gradient(
        batch, frame[o.inputs[0]].float, frame[o.inputs[1]].float, rectified ? frame[o.inputs[5]].float : nil,
        frame[o.inputs[2]].float, frame[o.inputs[3]].float, frame[o.inputs[4]].float, frame[o.outputs[0]].float,
        frame[o.outputs[1]].float, frame[o.outputs[2]].float, frame[o.scratch])
    }
  }

  func lowerLayerNormalization(_ node: Int, _ epsilon: Double) throws {
    guard let o = try operands(node) else { return try lowerToInterpreter(node) }
    builder.emit("layerNormalization", scope: graph.nodes[node].scope, touching: o.touched) { frame in
      ck_layer_normalization(
        o.rows, o.channels, Float(epsilon), frame[o.inputs[0]].float, frame[o.inputs[1]].float,
        frame[o.inputs[2]].float, frame[o.outputs[0]].float, frame[o.outputs[1]].float, frame[o.outputs[2]].float)
    }
  }

  func lowerLayerNormalizationGradient(_ node: Int) throws {
    guard let o = try operands(node) else { return try lowerToInterpreter(node) }
    builder.emit("layerNormalizationGradient", scope: graph.nodes[node].scope, touching: o.touched) { frame in
      ck_layer_normalization_gradient(
        o.rows, o.channels, frame[o.inputs[0]].float, frame[o.inputs[1]].float, frame[o.inputs[2]].float,
        frame[o.inputs[3]].float, frame[o.inputs[4]].float, frame[o.outputs[0]].float, frame[o.outputs[1]].float,
        frame[o.outputs[2]].float, frame[o.scratch])
    }
  }
}
