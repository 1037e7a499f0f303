import Graph

/// Turns a graph into a plan: fuses, chooses kernels, decides what lies where.
final class Lowering {
  let graph: Graph
  let options: LoweringOptions
  let values: ValueTable
  let fusion: FusionPlan
  private(set) lazy var postOperations = PostOperationMatcher(plan: fusion)
  var builder: PlanBuilder
  private var locations: [Location?]
  /// The last unit that reads a root (`Int.max`: it must outlive the run of all units).
  private var lastReads: [Int]
  private var storageLastReads: [Int: Int] = [:]
  /// Where an output's root should be written at once.
  private var preferred: [Value: Location] = [:]
  private var argumentLocations: [Location] = []
  private var resultLocations: [Location] = []
  /// The unit being lowered.
  private(set) var unit = 0

  /// The plan of a graph, which is optimised first.
  static func plan(_ graph: Graph, _ options: LoweringOptions) throws -> Plan {
    for node in graph.nodes { try MemoryLimit.check(node.types, for: "a result of \(node.op.name)") }
    let optimized = graph.optimized()
    do {
      return try plan(optimized: optimized, options)
    } catch _ where options.bfloat16 != .none {
      // oneDNN has bfloat16, but not for these shapes.
      var options = options
      options.bfloat16 = .none
      return try plan(optimized: optimized, options)
    }
  }

  private static func plan(optimized graph: Graph, _ options: LoweringOptions) throws -> Plan {
    let rewritten = graph.wideningHalfPrecision(options.bfloat16).maskingBeforePoolGradients().poolingBeforeRectifiers()
      .rectifyingNormalizations()
    let lowering = Lowering(rewritten, options)
    try lowering.lower()
    return lowering.builder.finish(
      Plan.Interface(
        parameterTypes: graph.parameterTypes, outputTypes: graph.outputTypes, updates: graph.updates))
  }

  private init(_ graph: Graph, _ options: LoweringOptions) {
    self.graph = graph
    self.options = options
    builder = PlanBuilder(fenceByteCount: options.fenceByteCount)
    values = ValueTable(graph)
    fusion = FusionPlan(values)
    locations = [Location?](repeating: nil, count: values.count)
    lastReads = [Int](repeating: -1, count: values.count)
  }

  private func lower() throws {
    for (position, type) in graph.parameterTypes.enumerated() {
      argumentLocations.append(builder.storage(.argument(position), byteCount: type.byteCount))
    }
    for (position, type) in graph.outputTypes.enumerated() {
      resultLocations.append(builder.storage(.result(position), byteCount: type.byteCount))
    }
    findLastReads()
    chooseResults()
    for (position, item) in fusion.units.enumerated() {
      unit = position
      switch item {
      case .elementwise(let members): try lowerElementwise(members)
      case .single(let node, let absorbed): try lower(node, absorbed: absorbed)
      }
    }
    unit = fusion.units.count
    try copyResults()
  }

  // MARK: Lifetimes

  private func findLastReads() {
    for (position, reads) in fusion.reads.enumerated() {
      for value in reads { lastReads[values.index(value)] = position }
    }
    for output in graph.outputs { lastReads[values.index(values.root(output))] = Int.max }
    // A view keeps what it views.
    for item in fusion.units.reversed() {
      guard case .single(let node, _) = item, let (source, _) = values.contiguousSlice(node) else { continue }
      let index = values.index(values.root(source))
      lastReads[index] = max(lastReads[index], lastReads[values.index(Value(node: node))])
    }
  }

  /// Whether the unit being lowered is the last to read a value.
  func isLastRead(_ value: Value) -> Bool { lastReads[values.index(values.root(value))] <= unit }

  /// Outputs are computed in place; an update also where no later unit reads the old value.
  private func chooseResults() {
    var unitOf: [Int: Int] = [:]
    for (position, item) in fusion.units.enumerated() {
      switch item {
      case .elementwise(let members): for member in members { unitOf[member] = position }
      case .single(let node, let absorbed): unitOf[absorbed.last ?? node] = position
      }
    }
    for (position, output) in graph.outputs.enumerated() {
      let root = values.root(output)
      guard preferred[root] == nil, let writer = unitOf[root.node] else { continue }
      guard let parameter = graph.updates[position] else {
        preferred[root] = resultLocations[position]
        continue
      }
      let old = graph.parameters[parameter]
      let lastRead = lastReads[values.index(old)]
      guard !preferred.values.contains(argumentLocations[parameter]) else { continue }
      if lastRead < writer || (lastRead == writer && readsOnlyInStep(old, writer)) {
        preferred[root] = argumentLocations[parameter]
      }
    }
  }

  /// Whether an elementwise unit reads each element of a value only for the result's element at the same place.
  private func readsOnlyInStep(_ value: Value, _ position: Int) -> Bool {
    guard case .elementwise(let members) = fusion.units[position] else { return false }
    for member in members {
      for input in graph.nodes[member].inputs {
        let root = values.root(input)
        if case .view(let source, _, _) = values.load(of: root.node), values.holder(of: values.root(source)) == value {
          return false
        }
        guard values.holder(of: root) == value else { continue }
        if values.load(of: member) != nil || root != value { return false }
        if case .randomBits = graph.nodes[member].op { return false }
      }
    }
    return true
  }

  private func copyResults() throws {
    let pending = graph.outputs.indices.filter { position in
      let target = graph.updates[position].map { argumentLocations[$0] } ?? resultLocations[position]
      return (try? location(graph.outputs[position])) != target
    }
    // Old values first: an update may overwrite what another output still has to copy.
    var staged: [(from: Location, to: Location, byteCount: Int)] = []
    for position in pending where graph.updates[position] == nil {
      let from = try location(graph.outputs[position])
      copy(from, to: resultLocations[position], byteCount: graph.outputTypes[position].byteCount)
    }
    let updates = pending.compactMap { position in graph.updates[position].map { (position, $0) } }
    for (position, parameter) in updates {
      let byteCount = graph.outputTypes[position].byteCount
      var from = try location(graph.outputs[position])
      if case .argument = builder.storages[from.storage].kind {
        let temporary = builder.temporary(byteCount: byteCount)
        copy(from, to: temporary, byteCount: byteCount)
        from = temporary
      }
      staged.append((from, argumentLocations[parameter], byteCount))
    }
    for entry in staged { copy(entry.from, to: entry.to, byteCount: entry.byteCount) }
  }

  // MARK: Places

  /// Where a value lies that was computed before.
  func location(_ value: Value) throws(GraphError) -> Location {
    let root = values.root(value)
    if let known = locations[values.index(root)] { return known }
    let location: Location
    switch graph.nodes[root.node].op {
    case .parameter(let position, _): location = argumentLocations[position]
    case .constant(let literal): location = builder.constant(literal.bytes)
    default: throw GraphError(graph.nodes[root.node].op.name, "is read before it is computed")
    }
    locations[values.index(root)] = location
    return location
  }

  /// Where a result will lie: an output's own memory, the memory of one of `donors` (dense operands of the same size
  /// that nothing reads afterwards), or new memory.
  func allocate(_ value: Value, inPlaceOf donors: [Value] = []) -> Location {
    if let target = preferred[value] {
      assign(value, target)
      return target
    }
    let byteCount = values.type(value).byteCount
    for donor in donors {
      guard let location = locations[values.index(values.root(donor))], location.byteOffset == 0 else { continue }
      let storage = builder.storages[location.storage]
      if storage.kind == .temporary, storage.byteCount == byteCount,
        storageLastReads[location.storage, default: -1] <= unit
      {
        assign(value, location)
        return location
      }
    }
    let location = builder.temporary(byteCount: byteCount)
    assign(value, location)
    return location
  }

  /// Records where a value lies.
  func assign(_ value: Value, _ location: Location) {
    let index = values.index(value)
    locations[index] = location
    // A result nobody reads still is written by this unit.
    storageLastReads[location.storage] = max(
      storageLastReads[location.storage, default: -1], lastReads[index], unit == 0 ? 0 : unit)
  }

  func copy(_ from: Location, to: Location, byteCount: Int, name: String = "copy", scope: String = "") {
    guard from != to, byteCount > 0 else { return }
    let (source, target) = (builder.slot(from), builder.slot(to))
    builder.emit(name, scope: scope, touching: [from, to]) { frame in
      Kernels.copy(frame[target], frame[source], byteCount)
    }
  }
}
