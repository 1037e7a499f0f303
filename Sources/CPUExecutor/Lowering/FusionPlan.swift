import Graph

/// Which nodes run together, and in which order.
///
/// Elementwise nodes with the same number of elements are grouped as far as no other node must run between them; a
/// broadcast, a slice or a counter is no node of its own where an elementwise consumer can compute it while loading.
struct FusionPlan {
  enum Unit {
    case elementwise([Int])
    /// A node and those whose work it takes over, in order; the last one's result is the unit's.
    case single(Int, absorbed: [Int])
  }

  let values: ValueTable
  private(set) var units: [Unit] = []
  /// The values each unit reads, as roots.
  private(set) var reads: [[Value]] = []
  /// Nodes whose results must exist in memory or in a group.
  private(set) var required: [Bool]
  /// How often a root is read by required nodes or as an output.
  private(set) var useCounts: [Int]

  private let sourcesOf: [[Value]]
  private var graph: Graph { values.graph }
  /// Keeps a program's registers below what the kernel holds.
  private static let memberLimit = 48

  init(_ values: ValueTable) {
    self.values = values
    sourcesOf = values.graph.nodes.indices.map { Self.sources(of: $0, in: values) }
    required = [Bool](repeating: false, count: values.graph.nodes.count)
    useCounts = [Int](repeating: 0, count: values.count)
    markRequired()
    group()
  }

  // MARK: What is needed

  /// The values a node reads when its loads are taken into account, as roots.
  func sources(of node: Int) -> [Value] { sourcesOf[node] }

  private static func sources(of node: Int, in values: ValueTable) -> [Value] {
    let graph = values.graph
    let op = graph.nodes[node].op
    let isElementwise = values.isElementwise(node)
    return graph.nodes[node].inputs.compactMap { input in
      let root = values.root(input)
      if case .scatterAdd = op, input == graph.nodes[node].inputs[0], values.repeatedElement(input) != nil {
        return nil  // filled in, not copied
      }
      if isElementwise {
        switch values.load(of: root.node) {
        case .counter: return nil
        case .view(let source, _, _): return values.root(source)
        case nil: return root
        }
      }
      if values.readsTransposed(node), case .transpose = graph.nodes[root.node].op {
        return values.root(graph.nodes[root.node].inputs[0])
      }
      return root
    }
  }

  private mutating func markRequired() {
    for output in graph.outputs {
      let root = values.root(output)
      required[root.node] = true
      useCounts[values.index(root)] += 1
    }
    for node in graph.nodes.indices.reversed() where required[node] {
      for source in sources(of: node) {
        required[source.node] = true
        useCounts[values.index(source)] += 1
      }
    }
  }

  // MARK: Grouping

  private struct Group {
    var members: [Int]
    var elementCount = 0
    var isElementwise = false
    var absorbed: [Int] = []
    var first: Int { min(members[0], absorbed.first ?? members[0]) }
    var last: Int
  }

  private mutating func group() {
    var groups: [Group] = []
    var groupOf = [Int](repeating: -1, count: graph.nodes.count)
    var stamps: [Int] = []
    var stamp = 0
    var horizon = GroupHorizon()

    /// Whether `target` must run before any of `starts` (other than directly through themselves).
    func depends(_ starts: some Sequence<Int>, on target: Int, groups: [Group]) -> Bool {
      stamp += 1
      var stack: [Int] = []
      let floor = groups[target].first
      for start in starts where start != target && stamps[start] != stamp {
        stamps[start] = stamp
        stack.append(start)
      }
      while let group = stack.popLast() {
        guard horizon[group] >= floor else { continue }
        for member in groups[group].members + groups[group].absorbed {
          for source in sources(of: member) {
            let other = groupOf[source.node]
            if other == target { return true }
            if other >= 0, other != group, stamps[other] != stamp {
              stamps[other] = stamp
              stack.append(other)
            }
          }
        }
      }
      return false
    }

    let consumers = PostOperationMatcher(plan: self)
    for node in graph.nodes.indices where required[node] && groupOf[node] < 0 {
      let op = graph.nodes[node].op
      if case .parameter = op { continue }
      if case .constant = op { continue }
      guard values.isElementwise(node) || values.load(of: node) != nil else {
        var (leader, absorbed) = (node, consumers.absorbed(by: node))
        if let gradient = consumers.kernelGradient(beside: node) { (leader, absorbed) = (gradient, [node]) }
        for member in [leader] + absorbed { groupOf[member] = groups.count }
        let last = max(leader, absorbed.last ?? leader)
        groups.append(Group(members: [leader], absorbed: absorbed, last: last))
        stamps.append(0)
        for member in [leader] + absorbed {
          horizon.add(member, to: groups.count - 1, last: last, reading: sources(of: member).map(\.node), groupOf)
        }
        continue
      }
      let count = graph.nodes[node].types[0].shape.elementCount
      let producers = sources(of: node).map { groupOf[$0.node] }.filter { $0 >= 0 }
      var home = -1
      for candidate in Set(producers).sorted(by: >)
      where candidate != home && groups[candidate].isElementwise && groups[candidate].elementCount == count {
        if home < 0 {
          guard groups[candidate].members.count < Self.memberLimit,
            !depends(producers, on: candidate, groups: groups)
          else { continue }
          home = candidate
          groups[home].members.append(node)
          groups[home].last = node
          groupOf[node] = home
        } else if groups[home].members.count + groups[candidate].members.count <= Self.memberLimit,
          !depends(producersOf(home, groups, groupOf), on: candidate, groups: groups),
          !depends(producersOf(candidate, groups, groupOf), on: home, groups: groups)
        {
          for member in groups[candidate].members { groupOf[member] = home }
          groups[home].members = (groups[home].members + groups[candidate].members).sorted()
          groups[candidate].members = []
          horizon.merge(candidate, into: home)
        }
      }
      if home < 0 {
        groupOf[node] = groups.count
        groups.append(Group(members: [node], elementCount: count, isElementwise: true, last: node))
        stamps.append(0)
      }
      horizon.add(node, to: groupOf[node], last: node, reading: sources(of: node).map(\.node), groupOf)
    }
    order(groups, groupOf)
  }

  /// The other groups that a group reads.
  private func producersOf(_ group: Int, _ groups: [Group], _ groupOf: [Int]) -> Set<Int> {
    var producers: Set<Int> = []
    for member in groups[group].members { for source in sources(of: member) { producers.insert(groupOf[source.node]) } }
    return producers.subtracting([-1, group])
  }

  /// Every group after those it reads, else in the order of their last nodes.
  private mutating func order(_ groups: [Group], _ groupOf: [Int]) {
    var placed = [Bool](repeating: false, count: groups.count)
    for start in groups.indices.sorted(by: { groups[$0].last < groups[$1].last }) {
      var stack = [start]
      while let group = stack.last {
        if placed[group] || groups[group].members.isEmpty {
          stack.removeLast()
          continue
        }
        let waiting =
          groups[group].members.flatMap { sources(of: $0) }.map { groupOf[$0.node] }
          + groups[group].absorbed.flatMap { sources(of: $0) }.map { groupOf[$0.node] }
        let missing = waiting.filter { $0 >= 0 && $0 != group && !placed[$0] }
        if missing.isEmpty {
          placed[group] = true
          stack.removeLast()
          append(groups[group], groupOf, group)
        } else {
          stack.append(contentsOf: missing)
        }
      }
    }
  }

  private mutating func append(_ group: Group, _ groupOf: [Int], _ position: Int) {
    if group.isElementwise {
      units.append(.elementwise(group.members))
    } else {
      units.append(.single(group.members[0], absorbed: group.absorbed))
    }
    var seen: Set<Value> = []
    for member in group.members + group.absorbed {
      for source in sources(of: member) where groupOf[source.node] != position { seen.insert(source) }
    }
    reads.append(Array(seen))
  }
}

extension ValueTable {
  /// Whether the node takes operands in any order of axes without a copy: a product that is not left to the
  /// interpreter.
  func readsTransposed(_ node: Int) -> Bool {
    let entry = graph.nodes[node]
    guard case .dot = entry.op, [.float32, .bfloat16].contains(entry.types[0].dtype) else { return false }
    return entry.inputs.allSatisfy { type($0).shape.elementCount > 0 }
  }
}
