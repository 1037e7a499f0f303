import ModelFiles

/// Damages JSON in ways that leave it JSON: numbers at the edge of something, values of another kind, members that are
/// missing, doubled or exchanged, other class names.
public struct JSONMutator {
  private var generator: SplitMix64

  public init(_ generator: SplitMix64) {
    self.generator = generator
  }

  private static let integers: [Int64] = [
    0, -1, 1, 2, 3, 7, 64, 255, 1000, -999, 1 << 20, 1 << 31, (1 << 31) - 1, -(1 << 31), 1 << 32, 1 << 40, 1 << 53,
    1 << 62, .max, .min, 1_000_000_000_000, 1_000_000_000_000_000_000,
  ]
  private static let numbers: [Double] = [
    0.5, -0.5, .leastNonzeroMagnitude, 1e12, 1e18, 1e300, -1e300, .infinity, -.infinity, .nan, 2, -0.0,
  ]
  private static let strings = [
    "", "relu", "softmax", "linear", "same", "valid", "causal", "channels_first", "channels_last", "float16",
    "bfloat16", "int8", "string", "mixed_bfloat16", "Zeros", "OrthogonalInitializer", "adam", "../../etc/passwd", "os",
    "system", "Lambda", "TorchModuleWrapper", "TFSMLayer", "InputLayer", "Dense", "Sequential", "Functional", "LSTM",
    "Reshape", "UpSampling2D", "Embedding", "TimeDistributed", "Bidirectional", "MultiHeadAttention", "\u{0}", "é🙂",
    "__keras_tensor__", "__lambda__", "__tensor__", "auto", "mean", "bilinear", "abc,cde->abde", "...",
  ]

  /// A damaged copy.
  public mutating func mutate(_ value: JSONValue) -> JSONValue {
    var result = value
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
      let places = result.placeCount
      let donor = result.place(Int.random(in: 0..<places, using: &generator))
      let target = Int.random(in: 0..<places, using: &generator)
      result = result.replacingPlace(target) { changed($0, donor: donor) }
    }
    return result
  }

  private mutating func changed(_ value: JSONValue, donor: JSONValue) -> JSONValue {
    switch Int.random(in: 0..<10, using: &generator) {
    case 0: return donor
    case 1: return anything()
    case 2: return .array([value])
    default: break
    }
    switch value {
    case .null: return anything()
    case .bool(let flag): return .bool(!flag)
    case .integer(let number):
      return Bool.random(using: &generator)
        ? .integer(Self.integers.randomElement(using: &generator) ?? 0)
        : .integer(number &+ Int64.random(in: -2...2, using: &generator))
    case .number(let number):
      return .number(Self.numbers.randomElement(using: &generator) ?? number)
    case .string: return .string(Self.strings.randomElement(using: &generator) ?? "")
    case .array(var items):
      guard let index = items.indices.randomElement(using: &generator) else { return .array([donor]) }
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: items.remove(at: index)
      case 1: items.append(items[index])
      case 2: items.swapAt(index, 0)
      default: items[index] = anything()
      }
      return .array(items)
    case .object(var object):
      guard let key = object.keys.randomElement(using: &generator) else { return .object(["name": donor]) }
      switch Int.random(in: 0..<4, using: &generator) {
      case 0: object[key] = nil
      case 1: object[key] = donor
      case 2: object[key + "_"] = object[key]
      default: object[key] = anything()
      }
      return .object(object)
    }
  }

  private mutating func anything() -> JSONValue {
    switch Int.random(in: 0..<8, using: &generator) {
    case 0: .null
    case 1: .bool(Bool.random(using: &generator))
    case 2: .number(Self.numbers.randomElement(using: &generator) ?? 0)
    case 3: .string(Self.strings.randomElement(using: &generator) ?? "")
    case 4: .array([])
    case 5: .object([:])
    default: .integer(Self.integers.randomElement(using: &generator) ?? 0)
    }
  }
}

extension JSONValue {
  /// The value itself and all values inside.
  fileprivate var placeCount: Int {
    switch self {
    case .array(let items): items.reduce(1) { $0 + $1.placeCount }
    case .object(let object): object.reduce(1) { $0 + $1.value.placeCount }
    default: 1
    }
  }

  /// The value at a place, counted from the outside in.
  fileprivate func place(_ index: Int) -> JSONValue {
    var found = self
    _ = replacingPlace(index) {
      found = $0
      return $0
    }
    return found
  }

  fileprivate func replacingPlace(_ index: Int, _ change: (JSONValue) -> JSONValue) -> JSONValue {
    var index = index
    return replacing(&index, change)
  }

  private func replacing(_ index: inout Int, _ change: (JSONValue) -> JSONValue) -> JSONValue {
    index -= 1
    if index == -1 { return change(self) }
    switch self {
    case .array(let items):
      return .array(items.map { $0.replacing(&index, change) })
    case .object(var object):
      for (key, member) in object { object[key] = member.replacing(&index, change) }
      return .object(object)
    default: return self
    }
  }
}
