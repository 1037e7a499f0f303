/// What a file turned out to hold, line by line, and what is wrong with it.
struct Inspection {
  private(set) var lines: [String] = []
  private(set) var problems: [String] = []
  private var arrays: [ArrayRow] = []

  /// An array in a file.
  struct ArrayRow {
    let name: String
    let shape: [Int]
    let type: String
    let byteCount: Int
  }

  /// A line of text from a file or about it.
  mutating func add(_ line: String, indent: Int = 0) {
    lines.append(String(repeating: " ", count: indent) + Terminal.escaped(line))
  }

  mutating func add(_ row: ArrayRow) { arrays.append(row) }

  /// Ends a list of arrays: they are shown in columns, with their total.
  mutating func endArrays() {
    guard !arrays.isEmpty else { return }
    let rows = arrays.map { [Terminal.escaped($0.name), shape($0.shape), $0.type, "\($0.byteCount)"] }
    let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
    for row in rows {
      let size = String(repeating: " ", count: widths[3] - row[3].count) + row[3]
      lines.append(
        "  " + (0..<3).map { row[$0].padded(to: widths[$0]) }.joined(separator: "  ") + "  " + size + " bytes")
    }
    let elements = arrays.reduce(0) { $0 &+ $1.shape.reduce(1, &*) }
    add("\(arrays.count) arrays, \(elements) numbers", indent: 2)
    arrays = []
  }

  /// Notes what is wrong, each thing once.
  mutating func note(_ problem: some CustomStringConvertible) {
    let text = problem.description
    if !problems.contains(text) { problems.append(text) }
  }

  /// The value, or `nil` with a note of what is wrong.
  mutating func attempt<Value>(_ body: () throws -> Value) -> Value? {
    do { return try body() } catch {
      note("\(error)")
      return nil
    }
  }

  /// As NumPy prints shapes.
  private func shape(_ extents: [Int]) -> String {
    "(" + extents.map(String.init).joined(separator: ", ") + (extents.count == 1 ? ",)" : ")")
  }
}
