extension Evaluation {
  func scan(_ scan: Scan) throws(GraphError) -> [DenseTensor] {
    var carries = Array(inputs.prefix(scan.carryCount))
    let sequences = inputs.dropFirst(scan.carryCount).prefix(scan.sequenceCount)
    let constants = Array(inputs.dropFirst(scan.carryCount + scan.sequenceCount))
    var steps: [[DenseTensor]] = []
    for count in 0..<scan.length {
      let step = scan.reversed ? scan.length - 1 - count : count
      let slices = sequences.map { sequence in
        let shape = Shape(Array(sequence.shape.dimensions.dropFirst()))
        let first = step * shape.elementCount
        return sequence.taking((first..<(first + shape.elementCount)).map { $0 }, as: shape)
      }
      let results = try Interpreter.run(scan.body, carries + slices + constants)
      carries = Array(results.prefix(scan.carryCount))
      steps.append(Array(results.dropFirst(scan.carryCount)))
    }
    if scan.reversed { steps.reverse() }
    let outputs = types.indices.dropFirst(scan.carryCount).map { position in
      DenseTensor.concatenated(steps.map { $0[position - scan.carryCount] }, type: types[position])
    }
    return carries + outputs
  }

  func whileLoop(_ loop: WhileLoop) throws(GraphError) -> [DenseTensor] {
    var state = Array(inputs.prefix(loop.stateCount))
    let constants = Array(inputs.dropFirst(loop.stateCount))
    while try Interpreter.run(loop.condition, state + constants)[0].integers[0] != 0 {
      state = try Interpreter.run(loop.body, state + constants)
    }
    return state
  }
}
