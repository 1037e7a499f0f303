import ModelFiles

/// How the inputs or outputs of a functional model are put together: Keras gives and takes a single tensor, lists and
/// dictionaries. Their tensors count in order, those of a dictionary in the order of its sorted keys.
indirect enum TensorStructure: Sendable {
  case tensor
  case list([TensorStructure])
  case dictionary([(key: String, value: TensorStructure)])

  /// The structure of so many tensors: one stands alone.
  init(count: Int) { self = count == 1 ? .tensor : .list(Array(repeating: .tensor, count: count)) }

  /// The structure of what a file lists: a tensor is `[layer, call, output]`.
  init(references: JSONValue) {
    if let members = references.object {
      let keys = members.keys.sorted()
      self = .dictionary(keys.map { ($0, TensorStructure(references: members[$0] ?? nil)) })
    } else if let items = references.array, items.first?.string == nil {
      self = .list(items.map(TensorStructure.init(references:)))
    } else {
      self = .tensor
    }
  }

  /// The references in a file's list, in order.
  static func leaves(_ references: JSONValue) -> [JSONValue] {
    if let members = references.object { return members.keys.sorted().flatMap { leaves(members[$0] ?? nil) } }
    if let items = references.array, items.first?.string == nil { return items.flatMap(leaves) }
    return [references]
  }

  /// The structure with `items` in the places of tensors.
  func filled(_ items: [JSONValue]) -> JSONValue {
    var rest = items[...]
    return filled(taking: &rest)
  }

  private func filled(taking items: inout ArraySlice<JSONValue>) -> JSONValue {
    switch self {
    case .tensor:
      return items.popFirst() ?? nil
    case .list(let parts):
      return .array(parts.map { $0.filled(taking: &items) })
    case .dictionary(let members):
      var object: JSONObject = [:]
      for (key, part) in members { object[key] = part.filled(taking: &items) }
      return .object(object)
    }
  }

  /// The keys, where this is a dictionary of tensors.
  var keys: [String]? {
    guard case .dictionary(let members) = self else { return nil }
    return members.map(\.key)
  }
}
