import Graph

/// That the numbers of a step's input are rows of a layer's table. Keras on TensorFlow refuses others, on JAX they give
/// NaN; both count negative ones from the end.
struct IndexCheck: Sendable {
  /// The position among the step's inputs.
  let input: Int
  let rowCount: Int
  let layer: String

  /// - Throws: `KerasError` with the first number that is out of range.
  func callAsFunction(_ inputs: [Buffer]) throws(KerasError) {
    guard let found = inputs[input].firstElement(outside: -rowCount...rowCount - 1) else { return }
    let value = found.value == found.value.rounded() ? String(Int(exactly: found.value) ?? .max) : "\(found.value)"
    throw KerasError(
      .invalidData, layer,
      "takes whole numbers from 0 to \(rowCount - 1), found \(value) in sample \(sample(of: found.position, inputs[input])) "
        + "of the batch; its input_dim must be larger than every index")
  }

  private func sample(of position: Int, _ buffer: Buffer) -> Int {
    let extents = buffer.type.shape.dimensions
    return position / max(extents.dropFirst().reduce(1, *), 1)
  }
}

extension Trace {
  /// Has every run of the step check `indices`, where they are one of its inputs as it came or in another type or shape.
  func check(_ indices: Tensor, below rowCount: Int, layer: String) {
    guard parent == nil, rowCount > 0, case .traced(let trace, let expression) = indices.content, trace === self else {
      return
    }
    var place = expression.value
    while let value = place {
      let node = builder.nodes[value.node]
      switch node.op {
      case .parameter(let position, _):
        if position < builder.parameters.count - variables.count {
          indexChecks.append(IndexCheck(input: position, rowCount: rowCount, layer: layer))
        }
        return
      case .convert(let dtype) where dtype != .bool: place = node.inputs[0]
      case .reshape, .broadcast, .transpose, .reverse, .stopGradient: place = node.inputs[0]
      default: return
      }
    }
  }
}
