import Synchronization

/// Hands out `dense`, `dense_1`, `dense_2`…
final class NameCounter: Sendable {
  static let shared = NameCounter()
  private let counts = Mutex<[String: Int]>([:])

  /// A name no other layer got: the class name in snake case, then with a counter.
  func unique(_ className: String) -> String {
    let base = snakeCase(className)
    return counts.withLock { counts in
      let count = counts[base, default: 0]
      counts[base] = count + 1
      return count == 0 ? base : "\(base)_\(count)"
    }
  }

  func reset() { counts.withLock { $0.removeAll() } }
}

/// Starts the numbering of automatic layer names anew.
public func clearSession() { NameCounter.shared.reset() }

/// Keras's rule: `Conv2DTranspose` becomes `conv2d_transpose`, `LSTMCell` `lstm_cell`.
func snakeCase(_ name: String) -> String {
  let characters = Array(name.filter { $0.isLetter || $0.isNumber || $0 == "_" })
  var result = ""
  for (index, character) in characters.enumerated() {
    if character.isUppercase, index > 0 {
      let previous = characters[index - 1]
      let next = index + 1 < characters.count ? characters[index + 1] : " "
      // A capital starts a word after a small letter, or before one.
      if previous.isLowercase || next.isLowercase { result += "_" }
    }
    result += character.lowercased()
  }
  return result
}
