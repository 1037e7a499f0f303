import Graph

extension Lowering {
  /// Lowers a group of elementwise nodes to one pass over memory.
  func lowerElementwise(_ members: [Int]) throws {
    let elementCount = graph.nodes[members[0]].types[0].shape.elementCount
    let stored = members.filter { isReadOutside($0, members) }
    guard elementCount > 0 else {
      for node in stored { _ = allocate(Value(node: node)) }
      return
    }
    var program = TileProgramBuilder(
      values, members: members, elementCount: elementCount, place: { try self.location($0) },
      constant: { self.builder.constant($0) })
    for member in members { try program.append(member) }

    var donors = inPlaceDonors(members)
    var touched: [Location] = []
    for node in stored {
      let value = Value(node: node)
      let location = allocate(value, inPlaceOf: donors)
      donors.removeAll { (try? self.location($0)) == location }
      program.store(value, at: location)
      touched.append(location)
    }
    touched += program.touched
    let assembled = try program.assemble { self.builder.slot($0) }
    let scratch = builder.temporary(byteCount: assembled.scratchByteCount)
    assembled.scratchSlot = builder.slot(scratch)
    let names = members.map { graph.nodes[$0].op.name }
    builder.emit(
      names.joined(separator: "+"), scope: graph.nodes[members[members.count - 1]].scope,
      touching: touched + [scratch]
    ) { frame in assembled.run(frame.pointers) }
  }

  private func isReadOutside(_ node: Int, _ members: [Int]) -> Bool {
    let value = Value(node: node)
    var uses = fusion.useCounts[values.index(value)]
    for member in members { for source in fusion.sources(of: member) where source == value { uses -= 1 } }
    return uses > 0
  }

  /// Operands whose memory a result may take: each element is read only for the result's element at the same place.
  private func inPlaceDonors(_ members: [Int]) -> [Value] {
    var (dense, others): ([Value], Set<Value>) = ([], [])
    for member in members {
      let isProgram = values.isElementwise(member)
      for input in graph.nodes[member].inputs {
        let root = values.root(input)
        if case .view(let source, _, _) = values.load(of: root.node), isProgram {
          others.insert(values.holder(of: values.root(source)))
        } else if !isProgram {
          others.insert(values.holder(of: root))
        } else if case .randomBits = graph.nodes[member].op {
          others.insert(values.holder(of: root))
        } else if !members.contains(root.node) {
          dense.append(root)
        }
      }
    }
    var seen: Set<Value> = []
    return dense.filter { !others.contains($0) && isLastRead($0) && seen.insert($0).inserted }
  }
}
