/// Something a command cannot do: what was expected, what was found, and the remedy, on one line.
struct CommandError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
