import Graph

/// Collects the steps of a plan and the lifetimes of the memory they use.
struct PlanBuilder {
  /// The bytes on both sides of each block that nothing may write.
  let fenceByteCount: Int
  private(set) var steps: [Step] = []
  private(set) var storages: [Storage] = []
  private(set) var primitiveArguments: [PrimitiveArgument] = []
  private var primitiveCount = 0
  private(set) var children: [Plan] = []
  private var slots: [Location] = []
  private var slotOf: [Location: Int] = [:]
  private var literals: [(offset: Int, bytes: [UInt8])] = []
  private var constantByteCount = 0
  private var constantOf: [[UInt8]: Int] = [:]

  init(fenceByteCount: Int = 0) { self.fenceByteCount = fenceByteCount }

  // MARK: Memory

  mutating func storage(_ kind: Storage.Kind, byteCount: Int) -> Location {
    storages.append(Storage(kind: kind, byteCount: byteCount))
    return Location(storage: storages.count - 1)
  }

  mutating func temporary(byteCount: Int) -> Location { storage(.temporary, byteCount: byteCount) }

  /// Memory with fixed contents; equal contents are kept once.
  mutating func constant(_ bytes: [UInt8]) -> Location {
    if let existing = constantOf[bytes] { return Location(storage: existing) }
    let offset = constantByteCount + fenceByteCount
    literals.append((offset, bytes))
    constantByteCount = offset + ArenaLayout.aligned(max(bytes.count, 1)) + fenceByteCount
    let location = storage(.constant(offset), byteCount: bytes.count)
    constantOf[bytes] = location.storage
    return location
  }

  /// The place in a frame's pointer table that holds this address.
  mutating func slot(_ location: Location) -> Int {
    if let slot = slotOf[location] { return slot }
    slots.append(location)
    slotOf[location] = slots.count - 1
    return slots.count - 1
  }

  // MARK: Steps

  /// Adds a step. Everything it touches must be named, so that no other block overlaps it meanwhile.
  mutating func emit(
    _ name: String, scope: String, touching locations: [Location], _ body: @escaping @Sendable (Frame) throws -> Void
  ) {
    let position = steps.count
    for location in locations {
      storages[location.storage].firstStep = min(storages[location.storage].firstStep, position)
      storages[location.storage].lastStep = position
    }
    steps.append(Step(name: name, scope: scope, body: body))
  }

  /// Adds the execution of a primitive, with a scratchpad where it needs one.
  mutating func emit(
    _ primitive: Primitive, _ name: String, scope: String,
    _ arguments: [(role: Int32, location: Location, descriptor: MemoryDescriptor)]
  ) {
    var arguments = arguments
    if let descriptor = primitive.scratchpad {
      arguments.append((Role.scratchpad, temporary(byteCount: descriptor.byteCount), descriptor))
    }
    primitiveCount += 1
    let (first, count) = (primitiveArguments.count, arguments.count)
    for argument in arguments {
      primitiveArguments.append(
        PrimitiveArgument(role: argument.role, slot: slot(argument.location), descriptor: argument.descriptor))
    }
    emit(name, scope: scope, touching: arguments.map(\.location)) { frame in
      try frame.execute(primitive, arguments: first, count: count)
    }
  }

  /// Adds the plan of a body and gives its position among the frame's children.
  mutating func child(_ plan: Plan) -> Int {
    children.append(plan)
    return children.count - 1
  }

  // MARK: Finishing

  consuming func finish(_ interface: Plan.Interface) -> Plan {
    var storages = storages
    let arena = ArenaLayout.assign(&storages, fence: fenceByteCount)
    return Plan(
      graphInterface: interface, steps: steps, slots: slots, storages: storages, arenaByteCount: arena,
      fenceByteCount: fenceByteCount,
      constants: ConstantPool(literals, byteCount: constantByteCount, fence: fenceByteCount),
      primitiveArguments: primitiveArguments, primitiveCount: primitiveCount, children: children)
  }
}
