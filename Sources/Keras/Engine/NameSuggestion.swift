/// The names that a mistyped one may mean: those that differ in one or two letters, or else those that contain it. Of
/// several spellings that differ in case alone, the first of `names` stands for all.
func namesNear(_ name: String, among names: [String]) -> [String] {
  let wanted = Array(name.lowercased().utf8)
  guard !wanted.isEmpty, wanted.count <= 100 else { return [] }
  let ranked = names.map { (name: $0, distance: editDistance(wanted, Array($0.lowercased().utf8))) }
  let limit = min(2, max(1, wanted.count / 3))
  let close = ranked.filter { $0.distance <= limit }.sorted { $0.distance < $1.distance }
  let found = close.isEmpty ? names.filter { $0.lowercased().contains(name.lowercased()) } : close.map(\.name)
  var seen: Set<String> = []
  return Array(found.filter { seen.insert($0.lowercased()).inserted }.prefix(6))
}

extension KerasError {
  /// A name that is not among `names`: with those that it may mean, or else with all where they are few.
  ///
  /// - Parameters:
  ///   - kind: what is named, for the message: "layer".
  ///   - remedy: what to do where the name is right.
  static func unknown(_ name: String, _ kind: String, among names: [String], remedy: String? = nil) -> KerasError {
    let near = namesNear(name, among: names)
    let hint =
      near.isEmpty
      ? (names.count <= 24 ? "; known are \(names.joined(separator: ", "))" : "")
      : "; did you mean \(near.joined(separator: ", "))?"
    return KerasError(
      .unknownName, name,
      "is no \(kind)" + hint + (remedy.map { near.isEmpty ? "; \($0)" : " If not, \($0)" } ?? ""))
  }
}

/// How many letters must be changed, put in or left out.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var row = Array(0...b.count)
  for (i, x) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, y) in b.enumerated() {
      let above = row[j + 1]
      row[j + 1] = min(diagonal + (x == y ? 0 : 1), above + 1, row[j] + 1)
      diagonal = above
    }
  }
  return row[b.count]
}
