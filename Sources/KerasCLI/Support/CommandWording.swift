/// The library's messages for somebody who has no program but the command: arguments under the names of options.
enum CommandWording {
  private static let words = [
    ("skipMismatch to leave", "--skip-mismatch to leave"), ("byName to load", "--by-name to load"),
    ("argument validationSplit", "--validation-split"), ("argument batchSize", "--batch-size"),
    ("sampleWeights", "sample_weight"), ("as expandDims(0) does", "as numpy.expand_dims(x, 0) does"),
  ]

  static func adapted(_ message: String) -> String {
    var message = message
    for (word, option) in words where message.contains(word) {
      message = message.split(separator: word, omittingEmptySubsequences: false).joined(separator: option)
    }
    return message.contains("CustomObjects.")
      ? message + "; the command has only what Keras has, a program of your own can add to it" : message
  }
}
