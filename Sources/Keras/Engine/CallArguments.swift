import ModelFiles

/// One argument of a layer's call: tensors, or a plain value of the config.
public indirect enum Argument: Sendable {
  case tensor(Tensor)
  case list([Argument])
  case value(JSONValue)

  /// The tensors inside, in order.
  var tensors: [Tensor] {
    switch self {
    case .tensor(let tensor): [tensor]
    case .list(let items): items.flatMap(\.tensors)
    case .value: []
    }
  }

  func map(_ transform: (Tensor) -> Tensor) -> Argument {
    switch self {
    case .tensor(let tensor): .tensor(transform(tensor))
    case .list(let items): .list(items.map { $0.map(transform) })
    case .value: self
    }
  }
}

/// The arguments of a layer's call as they were written, positional and by Keras's keyword.
public struct CallArguments: Sendable {
  public var positional: [Argument]
  public var keyword: [String: Argument]
  /// Whether `training` among the arguments counts in any step, as in Keras 2. In Keras 3 a step's own mode goes before.
  var keepsTraining = false

  public init(_ positional: [Argument], keyword: [String: Argument] = [:]) {
    self.positional = positional
    self.keyword = keyword
  }

  /// All tensors: positional ones first, then by keyword in alphabetical order.
  public var tensors: [Tensor] {
    positional.flatMap(\.tensors) + keyword.sorted { $0.key < $1.key }.flatMap(\.value.tensors)
  }

  /// What may be the number of samples of a constant among the arguments: the first extents, of lists of tensors also
  /// those of their items.
  var constantBatches: [Int] {
    func extents(_ argument: Argument) -> [Int] {
      switch argument {
      case .tensor(let tensor):
        guard case .concrete(let buffer) = tensor.content else { return [] }
        return buffer.type.shape.dimensions.prefix(1).map { $0 }
      case .list(let items): return items.flatMap(extents)
      case .value(let value):
        return [value.array?.count, value.array?.first?.array?.count].compactMap { $0 }
      }
    }
    return (positional + keyword.values).flatMap(extents)
  }

  /// The arguments with each tensor replaced; tensors are visited in the order of `tensors`.
  func map(_ transform: (Tensor) -> Tensor) -> CallArguments {
    var result = self
    result.positional = positional.map { $0.map(transform) }
    for (name, argument) in keyword.sorted(by: { $0.key < $1.key }) { result.keyword[name] = argument.map(transform) }
    return result
  }
}
