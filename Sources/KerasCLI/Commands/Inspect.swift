import ArgumentParser
import ModelFiles

/// `keras inspect`
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Show what a file holds: members, versions, layers, arrays.",
    discussion: """
      Reads .keras, .h5, .weights.h5, .npz, .npy, safetensors and .json files, by their contents, also a .keras file \
      unpacked in a folder and weights spread over several files with their .weights.json. Nothing is built or run. Of a damaged file, what can be read is listed; what is wrong is told on standard error, and the status is 1.

        keras inspect model.keras
        keras inspect weights.safetensors
      """)

  @Argument(help: "The file.")
  var file: String

  func run() throws {
    var inspection = Inspection()
    if let folder = Folder(file) { inspection.inspect(folder) } else { inspection.inspect(try ByteSource(path: file)) }
    for line in inspection.lines { print(line) }
    guard inspection.problems.isEmpty else { throw Problems(inspection.problems) }
  }
}

/// What is wrong with a file: a line each.
struct Problems: Error {
  let lines: [String]
  private static let limit = 20

  init(_ problems: [String]) {
    let rest = problems.count - Problems.limit
    lines = problems.prefix(Problems.limit) + (rest > 0 ? ["and \(rest) problems more"] : [])
  }
}
