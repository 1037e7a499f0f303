import Graph

/// A buffer of numbers, each encoded as the element type.
func tensor(_ dtype: DType, _ shape: Shape, _ values: [Double]) -> Buffer {
  precondition(values.count == shape.elementCount)
  let buffer = Buffer(TensorType(dtype, shape))
  buffer.mutableBytes.copyBytes(from: values.flatMap(dtype.encode))
  return buffer
}

/// A buffer's elements as numbers.
func numbers(_ buffer: Buffer) -> [Double] {
  let converted = try? Interpreter.evaluate(.convert(.float64), inputs: [buffer])
  return converted.map { Array($0[0].bytes.bindMemory(to: Double.self)) } ?? []
}

/// One operation's results, as numbers.
func evaluate(_ op: Op, _ inputs: [Buffer]) throws -> [[Double]] {
  try Interpreter.evaluate(op, inputs: inputs).map(numbers)
}
