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
    guard case .dictionary(let members) = self, members.allSatisfy({ $0.value.isTensor }) else { return nil }
    return members.map(\.key)
  }

  var isTensor: Bool { if case .tensor = self { true } else { false } }

  /// A step on the way to a tensor.
  enum Step {
    case key(String)
    case place(Int)

    var text: String {
      switch self {
      case .key(let key): key
      case .place(let place): "\(place)"
      }
    }
  }

  /// The way to each tensor, in order.
  var paths: [[Step]] {
    switch self {
    case .tensor: [[]]
    case .list(let parts): parts.enumerated().flatMap { place, part in part.paths.map { [.place(place)] + $0 } }
    case .dictionary(let members): members.flatMap { key, part in part.paths.map { [.key(key)] + $0 } }
    }
  }

  /// What a value of this structure holds for each tensor, or a list that leaves the structure out; `nil` where it does
  /// not fit.
  func leaves(of value: JSONValue) -> [JSONValue]? {
    switch self {
    case .tensor: return [value]
    case .list(let parts):
      if let items = value.array, items.count == parts.count {
        let leaves = zip(parts, items).compactMap { $0.leaves(of: $1) }
        if leaves.count == parts.count { return leaves.flatMap { $0 } }
      }
    case .dictionary(let members):
      if let object = value.object, object["class_name"] == nil {
        guard Set(object.keys).isSubset(of: members.map(\.key)) else { return nil }
        let leaves = members.compactMap { $0.value.leaves(of: object[$0.key] ?? nil) }
        if leaves.count == members.count { return leaves.flatMap { $0 } }
      }
    }
    if value.isNull { return paths.map { _ in nil } }
    guard let items = value.array, items.count == paths.count else { return nil }
    return items
  }
}
