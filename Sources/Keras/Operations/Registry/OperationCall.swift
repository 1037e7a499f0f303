import Graph
import ModelFiles

/// A call of an operation by its Keras name: the constructor's config and the call's arguments, looked up by the
/// names of the Keras function's parameters.
struct OperationCall: Sendable {
  let className: String
  let config: Config
  let arguments: CallArguments
  /// The parameters that the config does not give, in order: what positional arguments stand for.
  private let positionalNames: [String]

  init(className: String, parameters: [String], config: Config, arguments: CallArguments) {
    self.className = className
    self.config = config
    self.arguments = arguments
    positionalNames = parameters.filter { config[$0] == nil }
  }

  func error(_ name: String, _ message: String) -> KerasError {
    KerasError(.invalidArgument, "\(className), argument \(name)", message)
  }

  /// - Throws: `KerasError` where the tensor that the call makes would be larger than a file may ask for.
  func checkTable(_ name: String, _ rows: Int, _ columns: Int = 1) throws {
    if let problem = TableLimit.problem(rows, columns) { throw error(name, problem) }
  }

  /// The argument, unless it is missing or null.
  func argument(_ name: String) -> Argument? {
    var found = arguments.keyword[name] ?? config[name].map(Argument.value)
    if found == nil, let index = positionalNames.firstIndex(of: name), index < arguments.positional.count {
      found = arguments.positional[index]
    }
    if case .value(let value)? = found, value.isNull { return nil }
    return found
  }

  func value(_ name: String) throws -> JSONValue? {
    guard let found = argument(name) else { return nil }
    guard let value = found.constantValue else { throw error(name, "must be a plain value, found a tensor") }
    return value
  }

  // MARK: Tensors

  func optionalTensor(_ name: String) throws -> Tensor? {
    guard let found = argument(name) else { return nil }
    if case .tensor(let tensor) = found { return tensor }
    if let value = found.plainValue { return try Tensor(serialized: value, of: "\(className), argument \(name)") }
    return stack(try tensors(of: found, name), axis: 0)
  }

  func tensor(_ name: String) throws -> Tensor {
    guard let tensor = try optionalTensor(name) else { throw error(name, "is missing") }
    return tensor
  }

  /// A list of tensors.
  func tensors(_ name: String) throws -> [Tensor] {
    guard let found = argument(name) else { throw error(name, "is missing") }
    return try tensors(of: found, name)
  }

  /// All positional arguments from a parameter on, as Python's `*operands`.
  func variadic(from name: String) throws -> [Tensor] {
    let start = positionalNames.firstIndex(of: name) ?? 0
    return try arguments.positional.dropFirst(start).flatMap { try tensors(of: $0, name) }
  }

  private func tensors(of argument: Argument, _ name: String) throws -> [Tensor] {
    switch argument {
    case .tensor(let tensor): [tensor]
    case .list(let items): try items.flatMap { try tensors(of: $0, name) }
    case .value(let value): [try Tensor(serialized: value, of: "\(className), argument \(name)")]
    }
  }

  /// Two operands; a plain number takes the other's element type where it fits.
  func operands(_ first: String = "x1", _ second: String = "x2") throws -> (Tensor, Tensor) {
    func weak(_ name: String, beside other: String) throws -> Tensor {
      let tensor = try tensor(name)
      guard let value = argument(name)?.plainValue, case .tensor(let partner)? = argument(other) else { return tensor }
      let isNumber = value.double != nil
      guard isNumber, partner.dtype.isFloatingPoint || (value.int != nil && partner.dtype != .bool) else {
        return tensor
      }
      return tensor.asType(partner.dtype)
    }
    return (try weak(first, beside: second), try weak(second, beside: first))
  }

  // MARK: Plain values

  private func read<Value>(_ name: String, _ kind: String, _ view: (JSONValue) -> Value?) throws -> Value? {
    guard let member = try value(name) else { return nil }
    guard let value = view(member) else { throw error(name, "must be \(kind), found \(member.excerpt)") }
    return value
  }

  func optionalInt(_ name: String) throws -> Int? { try read(name, "an integer", \.int) }
  func int(_ name: String, _ fallback: Int) throws -> Int { try optionalInt(name) ?? fallback }
  func int(_ name: String) throws -> Int {
    guard let value = try optionalInt(name) else { throw error(name, "is missing") }
    return value
  }
  func optionalDouble(_ name: String) throws -> Double? { try read(name, "a number", \.double) }
  func double(_ name: String, _ fallback: Double) throws -> Double { try optionalDouble(name) ?? fallback }
  func double(_ name: String) throws -> Double {
    guard let value = try optionalDouble(name) else { throw error(name, "is missing") }
    return value
  }
  func flag(_ name: String, _ fallback: Bool = false) throws -> Bool {
    try read(name, "true or false", \.bool) ?? fallback
  }
  func string(_ name: String, _ fallback: String) throws -> String { try read(name, "a string", \.string) ?? fallback }

  /// One integer or a list.
  func optionalInts(_ name: String) throws -> [Int]? {
    try read(name, "an integer or a list of integers") { member in
      if let single = member.int { return [single] }
      guard let items = member.array else { return nil }
      let values = items.compactMap(\.int)
      return values.count == items.count ? values : nil
    }
  }

  func ints(_ name: String) throws -> [Int] {
    guard let values = try optionalInts(name) else { throw error(name, "is missing") }
    return values
  }

  func optionalDType(_ name: String = "dtype") throws -> DType? {
    guard let text = try read(name, "an element type", \.string) else { return nil }
    guard let dtype = DType(rawValue: text == "int" ? "int32" : text == "float" ? "float32" : text) else {
      throw error(name, "is no element type: \(text)")
    }
    return dtype
  }

  func choice<Value: RawRepresentable & CaseIterable>(_ name: String, _ fallback: Value) throws -> Value
  where Value.RawValue == String {
    let text = try string(name, fallback.rawValue)
    guard let value = Value(rawValue: text) else {
      let choices = Value.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(name, "must be one of \(choices), found \(text)")
    }
    return value
  }
}

extension Argument {
  /// The argument as a plain value, where all tensors in it hold numbers.
  var constantValue: JSONValue? {
    switch self {
    case .tensor(let tensor): return (try? tensor.buffer())?.nested
    case .value(let value): return value
    case .list(let items):
      let values = items.compactMap(\.constantValue)
      return values.count == items.count ? .array(values) : nil
    }
  }

  /// The argument as a plain value, where no tensor is in it.
  var plainValue: JSONValue? {
    switch self {
    case .tensor: return nil
    case .value(let value): return value
    case .list(let items):
      let values = items.compactMap(\.plainValue)
      return values.count == items.count ? .array(values) : nil
    }
  }
}
