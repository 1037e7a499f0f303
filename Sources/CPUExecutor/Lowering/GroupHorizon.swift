/// The last node that must run before a group of nodes is done: its own last, or that of a group it waits for, however
/// far up. A group that is older than another by its own nodes may still wait for it, because the groups between them grew.
struct GroupHorizon {
  private var horizon: [Int] = []
  /// The groups that read each group, as they were numbered when they began to.
  private var readers: [[Int]] = []
  /// The group that each has become part of, itself at first.
  private var home: [Int] = []
  /// Groups that read a node which is in no group yet.
  private var waiting: [Int: [Int]] = [:]

  subscript(group: Int) -> Int { horizon[current(group)] }

  private func current(_ group: Int) -> Int {
    var group = group
    while home[group] != group { group = home[group] }
    return group
  }

  /// Makes a node, which reads others, part of a group: the next new one, or one that is there.
  mutating func add(_ node: Int, to group: Int, last: Int, reading sources: [Int], _ groupOf: [Int]) {
    if group == horizon.count {
      horizon.append(last)
      readers.append([])
      home.append(group)
    }
    var reach = last
    for source in sources {
      if groupOf[source] < 0 {
        waiting[source, default: []].append(group)
      } else if current(groupOf[source]) != group {
        readers[current(groupOf[source])].append(group)
        reach = max(reach, self[groupOf[source]])
      }
    }
    for reader in waiting.removeValue(forKey: node) ?? [] where current(reader) != group {
      readers[group].append(reader)
    }
    raise([group], to: reach)
    raise(readers[group], to: horizon[group])
  }

  mutating func merge(_ group: Int, into other: Int) {
    home[group] = other
    readers[other] += readers[group]
    horizon[other] = max(horizon[other], horizon[group])
    raise(readers[other], to: horizon[other])
  }

  private mutating func raise(_ groups: [Int], to node: Int) {
    var stack = groups
    while let next = stack.popLast() {
      let group = current(next)
      guard horizon[group] < node else { continue }
      horizon[group] = node
      stack += readers[group]
    }
  }
}
