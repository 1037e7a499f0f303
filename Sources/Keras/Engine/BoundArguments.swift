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
      if let argument = named.removeValue(forKey: name) { inputs += argument.tensors }
    }
    if case .value(let value)? = named.removeValue(forKey: "training") { training = value.bool }
    if let mask = named.removeValue(forKey: "mask") {
      switch mask {
      case .tensor(let tensor): masks = [tensor]
      case .list(let items): masks = items.map(\.tensors.first)
      case .value: break
      }
    }
    for (name, argument) in named {
      let found = argument.tensors
      if !found.isEmpty {
        tensors[name] = found
      } else if case .value(let value) = argument, !value.isNull {
        options[name] = value
      }
    }
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
