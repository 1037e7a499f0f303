/// How a dtype policy keeps the weights of layers in few bits.
enum QuantizationMode: Hashable, Sendable {
  /// Whole numbers of 8 bits, with a scale for each column.
  case int8
  /// Whole numbers of 4 bits, two in a byte, with a scale for each column, or a scale and a zero for each block of a
  /// column.
  case int4(blockSize: Int?)
  /// Floating-point numbers, rounded to 8 bits (e4m3) as they are used.
  case float8(historyLength: Int)
  /// Whole numbers with a scale and a zero for each group of a column, as calibration chose them.
  case gptq(bits: Int, groupSize: Int?)
  /// The same in 4 bits, the rows scaled before.
  case awq(groupSize: Int?)

  /// Reads `int8`, `int4`, `int4/128`, `float8`, `gptq/4/128`, `awq/4/-1`: numbers of bits, then the size of a block, −1
  /// for whole columns.
  init?(_ text: String, historyLength: Int = 1024) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let numbers = parts.dropFirst().compactMap { Int($0) }
    guard numbers.count == parts.count - 1, let size = numbers.last.map({ $0 == -1 ? nil : $0 }) ?? .some(nil),
      (size ?? 1) > 0, historyLength > 0
    else { return nil }
    switch (parts.first ?? "", numbers.count) {
    case ("int8", 0): self = .int8
    case ("int4", 0), ("int4", 1): self = .int4(blockSize: size)
    case ("float8", 0): self = .float8(historyLength: historyLength)
    case ("gptq", 2) where [2, 3, 4, 8].contains(numbers[0]): self = .gptq(bits: numbers[0], groupSize: size)
    case ("awq", 2) where numbers[0] == 4: self = .awq(groupSize: size)
    default: return nil
    }
  }

  var text: String {
    switch self {
    case .int8: "int8"
    case .int4(let size): "int4/\(size ?? -1)"
    case .float8: "float8"
    case .gptq(let bits, let size): "gptq/\(bits)/\(size ?? -1)"
    case .awq(let size): "awq/4/\(size ?? -1)"
    }
  }

  /// Keras's class of policies.
  var policyClassName: String {
    switch self {
    case .int8: "QuantizedDTypePolicy"
    case .int4: "Int4DTypePolicy"
    case .float8: "QuantizedFloat8DTypePolicy"
    case .gptq: "GPTQDTypePolicy"
    case .awq: "AWQDTypePolicy"
    }
  }
}
