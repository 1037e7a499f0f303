/// A pattern of variables' paths: letters, `.` for any character, `*`, `+` and `?` after one, `|` between alternatives,
/// `^` and `$` for the ends. It is matched in time proportional to the path, so a file's pattern cannot stall.
struct PathPattern: Sendable {
  private struct Item: Sendable {
    /// `nil` for any character.
    var character: Character?
    var isOptional = false
    var repeats = false
  }

  private struct Alternative: Sendable {
    var items: [Item] = []
    var atStart = false
    var atEnd = false
  }

  let text: String
  private var alternatives: [Alternative] = []

  /// - Returns: `nil` where the pattern uses more of regular expressions than this.
  init?(_ text: String) {
    self.text = text
    for part in text.split(separator: "|", omittingEmptySubsequences: false) {
      var alternative = Alternative()
      var rest = part.makeIterator()
      var isFirst = true
      while let character = rest.next() {
        switch character {
        case "^" where isFirst: alternative.atStart = true
        case "$": alternative.atEnd = true
        case ".": alternative.items.append(Item())
        case "\\":
          guard let escaped = rest.next(), !escaped.isLetter, !escaped.isNumber else { return nil }
          alternative.items.append(Item(character: escaped))
        case "*", "+", "?":
          guard let last = alternative.items.indices.last else { return nil }
          if character != "+" { alternative.items[last].isOptional = true }
          if character != "?" { alternative.items[last].repeats = true }
        case "(", ")", "[", "]", "{", "}", "^": return nil
        default: alternative.items.append(Item(character: character))
        }
        isFirst = false
      }
      alternatives.append(alternative)
    }
  }

  /// Whether the pattern occurs in the path, or matches all of it.
  func matches(_ path: String, fully: Bool = false) -> Bool {
    alternatives.contains { Self.matches(path, $0, fully: fully) }
  }

  /// Keeps the set of items that may come next, character after character.
  private static func matches(_ path: String, _ alternative: Alternative, fully: Bool) -> Bool {
    let items = alternative.items
    let (isAnchored, mustEnd) = (fully || alternative.atStart, fully || alternative.atEnd)
    func withSkipped(_ places: Set<Int>) -> Set<Int> {
      var reached = places
      for place in items.indices where reached.contains(place) && items[place].isOptional { reached.insert(place + 1) }
      return reached
    }
    var places = withSkipped([0])
    if !mustEnd, places.contains(items.count) { return true }
    for character in path {
      var next: Set<Int> = isAnchored ? [] : [0]
      for place in places where place < items.count {
        guard items[place].character.map({ $0 == character }) ?? true else { continue }
        next.insert(place + 1)
        if items[place].repeats { next.insert(place) }
      }
      places = withSkipped(next)
      if !mustEnd, places.contains(items.count) { return true }
    }
    return places.contains(items.count)
  }
}
