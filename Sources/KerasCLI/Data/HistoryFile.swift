import Keras
import ModelFiles

/// A file of the logs of each epoch: `.csv` with a line an epoch, or `.json` as Keras's `history.history`.
struct HistoryFile {
  private let path: String
  private let isJSON: Bool

  /// - Throws: where the name tells no kind of file.
  init(_ path: String) throws {
    isJSON = path.hasSuffix(".json")
    guard isJSON || path.hasSuffix(".csv") else {
      throw CommandError("\(path): expected a history file that ends in .csv or .json")
    }
    try OutputChecks.checkFile(path)
    self.path = path
  }

  func write(_ history: History) throws {
    let text = isJSON ? json(history) : csv(history)
    try AtomicFile.write(to: path) { file throws(ModelFileError) in try file.write(Array(text.utf8)) }
  }

  private func json(_ history: History) -> String {
    var object = JSONObject()
    for (metric, names) in metrics(in: history.names) {
      object[metric] = .array(
        history.epochs.indices.map { epoch in
          let values = names.map { JSONValue.number(history[$0][epoch]) }
          return names == [metric] ? values[0] : .array(values)
        })
    }
    return JSONValue.object(object).serialized() + "\n"
  }

  private func csv(_ history: History) -> String {
    var lines = [(["epoch"] + history.names).joined(separator: ",")]
    for (row, epoch) in history.epochs.enumerated() {
      lines.append(([String(epoch)] + history.names.map { String(history[$0][row]) }).joined(separator: ","))
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
