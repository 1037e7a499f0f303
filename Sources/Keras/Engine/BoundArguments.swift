import ModelFiles

/// The arguments of a call by role: main inputs, named tensors, named values.
struct BoundArguments {
  var inputs: [Tensor] = []
  var tensors: [String: [Tensor]] = [:]
  var options: [String: JSONValue] = [:]
  var training: Bool?
  /// Masks given explicitly, which count instead of those the inputs carry.
  var masks: [Tensor?]?

  /// All tensors are inputs, whatever their places.
  init(inputs: [Tensor]) { self.inputs = inputs }

  init(_ arguments: CallArguments, layer: Layer) throws {
    let names = layer.inputNames + layer.argumentNames
    guard arguments.positional.count <= names.count else {
      throw KerasError(
        .invalidArgument, layer.name,
        "a call takes \(names.joined(separator: ", ")); \(arguments.positional.count) positional arguments were given")
    }
    var named: [String: Argument] = arguments.keyword
    for (name, argument) in zip(names, arguments.positional) { named[name] = argument }
    for name in layer.inputNames {
      guard let argument = named.removeValue(forKey: name) else { continue }
      inputs += try argument.tensors(of: "\(layer.name), argument \(name)")
    }
    if case .value(let value)? = named.removeValue(forKey: "training") {
      training = value.bool ?? value.int.map { $0 != 0 }
    }
    if let mask = named.removeValue(forKey: "mask") { masks = try Self.masks(mask, inputCount: inputs.count, layer) }
    for (name, argument) in named {
      if case .value(let value) = argument, !value.isNumbers {
        if !value.isNull { options[name] = value }
      } else {
        tensors[name] = try argument.tensors(of: "\(layer.name), argument \(name)")
      }
    }
  }

  /// The masks that an argument gives: one, or one for each input, where null stands for none.
  ///
  /// Where it gives none at all those count that the inputs carry.
  private static func masks(_ argument: Argument, inputCount: Int, _ layer: Layer) throws -> [Tensor?]? {
    let subject = "\(layer.name), argument mask"
    switch argument {
    case .tensor(let tensor): return [tensor]
    case .list(let items): return try items.map { try $0.tensors(of: subject).first }
    case .value(let value):
      guard let items = value.array, items.contains(where: { !$0.isNull }) else { return nil }
      let isList = items.contains(where: \.isNull) || (inputCount > 1 && items.count == inputCount)
      return isList
        ? try items.map { try Argument.value($0).tensors(of: subject).first }
        : [try Tensor(serialized: value, of: subject)]
    }
  }
}

extension Argument {
  /// The tensors that a call takes for the argument. Numbers, and nested lists of them, are constants.
  ///
  /// - Throws: `KerasError` where there is anything else but null.
  func tensors(of subject: String) throws -> [Tensor] {
    switch self {
    case .tensor(let tensor): [tensor]
    case .list(let items): try items.flatMap { try $0.tensors(of: subject) }
    case .value(let value): value.isNull ? [] : [try Tensor(serialized: value, of: subject)]
    }
  }
}

extension JSONValue {
  /// Whether the value is a list, or lists, of numbers.
  fileprivate var isNumbers: Bool {
    guard let items = array, !items.isEmpty else { return false }
    return items.allSatisfy { $0.double != nil || $0.bool != nil || $0.isNumbers }
  }
}

extension CallArguments {
  /// What a compiled call depends on besides the tensors' types.
  var signature: String {
    func text(_ argument: Argument) -> String {
      switch argument {
      case .tensor: "T"
      case .list(let items): "[" + items.map(text).joined(separator: ",") + "]"
      case .value(let value): value.description
      }
    }
    let named = keyword.sorted { $0.key < $1.key }.map { "\($0.key)=\(text($0.value))" }
    return (positional.map(text) + named).joined(separator: ",")
  }
}
