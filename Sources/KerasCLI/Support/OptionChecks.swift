import ArgumentParser

/// - Throws: `ValidationError` for a count below the least that makes sense.
func check(_ count: Int, _ option: String, atLeast least: Int = 1) throws {
  guard count >= least else { throw ValidationError("\(option) must be at least \(least), found \(count)") }
}
