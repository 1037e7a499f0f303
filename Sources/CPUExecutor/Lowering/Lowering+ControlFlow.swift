import Graph

extension Lowering {
  /// A loop whose body is a plan of its own: slices are addresses, carries alternate between two places.
  func lowerScan(_ node: Int, _ scan: Scan) throws {
    let entry = graph.nodes[node]
    let body = builder.child(try Lowering.plan(scan.body, options))
    let inputs = try entry.inputs.map { try location($0) }
    let outputs = entry.types.indices.map { allocate(Value(node: node, output: $0)) }
    let carryBytes = entry.types.prefix(scan.carryCount).map(\.byteCount)
    let spare = carryBytes.map { (builder.temporary(byteCount: $0), builder.temporary(byteCount: $0)) }
    let spareSlots = spare.map { (builder.slot($0.0), builder.slot($0.1)) }
    let (inputSlots, outputSlots) = (inputs.map { builder.slot($0) }, outputs.map { builder.slot($0) })
    let sliceBytes = scan.body.parameterTypes.map(\.byteCount)
    let storedBytes = scan.body.outputTypes.map(\.byteCount)
    let sequences = scan.carryCount..<(scan.carryCount + scan.sequenceCount)
    let (length, reversed, carryCount) = (scan.length, scan.reversed, scan.carryCount)
    builder.emit("scan", scope: entry.scope, touching: inputs + outputs + spare.flatMap { [$0.0, $0.1] }) { frame in
      let child = frame.children[body]
      for position in inputSlots.indices { child.bind(argument: position, to: frame[inputSlots[position]]) }
      for step in 0..<length {
        let index = reversed ? length - 1 - step : step
        for position in sequences {
          child.bind(argument: position, to: frame[inputSlots[position]] + index * sliceBytes[position])
        }
        for carry in 0..<carryCount {
          // The last result is the output itself; the others alternate.
          let places = spareSlots[carry]
          if step > 0 { child.bind(argument: carry, to: frame[step % 2 == 0 ? places.1 : places.0]) }
          let target = step == length - 1 ? outputSlots[carry] : step % 2 == 0 ? places.0 : places.1
          child.bind(result: carry, to: frame[target])
        }
        for output in carryCount..<outputSlots.count {
          child.bind(result: output, to: frame[outputSlots[output]] + index * storedBytes[output])
        }
        try child.run()
      }
      if length == 0 {
        for carry in 0..<carryCount {
          Kernels.copy(frame[outputSlots[carry]], frame[inputSlots[carry]], carryBytes[carry])
        }
      }
    }
  }

  func lowerWhile(_ node: Int, _ loop: WhileLoop) throws {
    let entry = graph.nodes[node]
    let condition = builder.child(try Lowering.plan(loop.condition, options))
    let body = builder.child(try Lowering.plan(loop.body, options))
    let inputs = try entry.inputs.map { try location($0) }
    let outputs = entry.types.indices.map { allocate(Value(node: node, output: $0)) }
    let bytes = entry.types.map(\.byteCount)
    let spare = bytes.map { (builder.temporary(byteCount: $0), builder.temporary(byteCount: $0)) }
    let verdict = builder.temporary(byteCount: 1)
    let spareSlots = spare.map { (builder.slot($0.0), builder.slot($0.1)) }
    let (inputSlots, outputSlots) = (inputs.map { builder.slot($0) }, outputs.map { builder.slot($0) })
    let verdictSlot = builder.slot(verdict)
    let touched = inputs + outputs + spare.flatMap { [$0.0, $0.1] } + [verdict]
    builder.emit("whileLoop", scope: entry.scope, touching: touched) { frame in
      let (test, child) = (frame.children[condition], frame.children[body])
      for position in inputSlots.indices {
        test.bind(argument: position, to: frame[inputSlots[position]])
        child.bind(argument: position, to: frame[inputSlots[position]])
      }
      test.bind(result: 0, to: frame[verdictSlot])
      var step = 0
      while true {
        try test.run()
        if frame[verdictSlot].load(as: UInt8.self) == 0 { break }
        for state in bytes.indices {
          child.bind(result: state, to: frame[step % 2 == 0 ? spareSlots[state].0 : spareSlots[state].1])
        }
        try child.run()
        for state in bytes.indices {
          let place = frame[step % 2 == 0 ? spareSlots[state].0 : spareSlots[state].1]
          test.bind(argument: state, to: place)
          child.bind(argument: state, to: place)
        }
        step += 1
      }
      for state in bytes.indices {
        let last = step % 2 == 1 ? spareSlots[state].0 : spareSlots[state].1
        Kernels.copy(frame[outputSlots[state]], frame[step == 0 ? inputSlots[state] : last], bytes[state])
      }
    }
  }

  func lowerConditional(_ node: Int, _ then: Graph, _ otherwise: Graph) throws {
    let entry = graph.nodes[node]
    let branches = (
      builder.child(try Lowering.plan(then, options)), builder.child(try Lowering.plan(otherwise, options))
    )
    let inputs = try entry.inputs.map { try location($0) }
    let outputs = entry.types.indices.map { allocate(Value(node: node, output: $0)) }
    let (inputSlots, outputSlots) = (inputs.map { builder.slot($0) }, outputs.map { builder.slot($0) })
    builder.emit("conditional", scope: entry.scope, touching: inputs + outputs) { frame in
      let chosen = frame[inputSlots[0]].load(as: UInt8.self) != 0 ? branches.0 : branches.1
      let child = frame.children[chosen]
      for position in 1..<inputSlots.count { child.bind(argument: position - 1, to: frame[inputSlots[position]]) }
      for position in outputSlots.indices { child.bind(result: position, to: frame[outputSlots[position]]) }
      try child.run()
    }
  }
}
