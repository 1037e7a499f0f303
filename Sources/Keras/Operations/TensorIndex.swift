import ModelFiles

/// What a subscript selects along one axis, as in NumPy: `x[0, .range(1, nil), .ellipsis, .newAxis]`.
public enum TensorIndex: Hashable, Sendable, ExpressibleByIntegerLiteral {
  /// One place; the axis disappears. Negative places count from the end.
  case at(Int)
  /// The places from `start` to before `stop`, every `step`-th; `nil` means the ends.
  case slice(start: Int?, stop: Int?, step: Int?)
  /// As many whole axes as are needed.
  case ellipsis
  /// A new axis of extent 1.
  case newAxis

  public init(integerLiteral value: Int) { self = .at(value) }

  /// A whole axis.
  public static var all: TensorIndex { .slice(start: nil, stop: nil, step: nil) }

  public static func range(_ start: Int?, _ stop: Int?, step: Int? = nil) -> TensorIndex {
    .slice(start: start, stop: stop, step: step)
  }
}

extension TensorIndex {
  /// Keras's form in files.
  var serialized: JSONValue {
    switch self {
    case .at(let place): JSONValue(place)
    case .slice(let start, let stop, let step):
      [
        "class_name": "__slice__",
        "config": ["start": JSONValue(start), "stop": JSONValue(stop), "step": JSONValue(step)],
      ]
    case .ellipsis: ["class_name": "__ellipsis__", "config": [:]]
    case .newAxis: nil
    }
  }

  /// - Throws: `KerasError` where the value is no index of these kinds.
  init(serialized value: JSONValue) throws {
    func bound(_ key: String) throws -> Int? {
      guard let member = value["config"]?[key], !member.isNull else { return nil }
      guard let bound = member.int else {
        throw KerasError(.invalidArgument, "GetItem", "slice bounds must be integers, found \(member.excerpt)")
      }
      return bound
    }
    if value.isNull {
      self = .newAxis
    } else if let place = value.int {
      self = .at(place)
    } else if value["class_name"]?.string == "__slice__" {
      self = .slice(start: try bound("start"), stop: try bound("stop"), step: try bound("step"))
    } else if value["class_name"]?.string == "__ellipsis__" {
      self = .ellipsis
    } else {
      throw KerasError(.invalidArgument, "GetItem", "cannot select by \(value)")
    }
  }
}
