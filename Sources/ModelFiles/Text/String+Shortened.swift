extension String {
  /// The text, or where it is longer than so many characters its start and its end: a message says the remedy last.
  public func shortened(to limit: Int) -> String {
    guard utf8.count > limit, count > limit else { return self }
    let end = limit / 4
    return String(prefix(limit - end - 3)) + " … " + String(suffix(end))
  }
}
