import ModelFiles
import Synchronization

/// The layers that a description of a model has in several places, by the number that Keras gives them there as
/// `shared_object_id`.
final class SharedLayers: Sendable {
  /// Of the description that is being written.
  @TaskLocal static var written: SharedLayers?
  /// Of the description that is being read.
  @TaskLocal static var read: SharedLayers?

  private let state = Mutex(State())

  private struct State {
    var counts: [ObjectIdentifier: Int] = [:]
    /// Stand-ins that files hold for other layers are made while writing: kept, so that no two have one identity.
    var met: [Layer] = []
    var numbers: [ObjectIdentifier: Int] = [:]
    /// How many objects of the description bear a number.
    var bearers: [Int: Int] = [:]
    var layers: [Int: Layer] = [:]
    /// Layers that were read without a number.
    var unnumbered: [(description: JSONValue, layer: Layer)] = []
  }

  // MARK: Writing

  /// Counts the layer and gives its number, if it has one yet.
  func number(of layer: Layer) -> Int? {
    state.withLock { state in
      state.counts[ObjectIdentifier(layer), default: 0] += 1
      state.met.append(layer)
      return state.numbers[ObjectIdentifier(layer)]
    }
  }

  /// Numbers the layers that were counted more than once; says whether there are any.
  func numberThoseMetTwice() -> Bool {
    state.withLock { state in
      for (layer, count) in state.counts where count > 1 { state.numbers[layer] = state.numbers.count + 1 }
      return !state.numbers.isEmpty
    }
  }

  // MARK: Reading

  init() {}

  /// For reading a description.
  init(in description: JSONValue) {
    var bearers: [Int: Int] = [:]
    var rest = [description]
    while let value = rest.popLast() {
      if let number = value["shared_object_id"]?.int { bearers[number, default: 0] += 1 }
      rest += value.array ?? value.object?.map(\.value) ?? []
    }
    state.withLock { $0.bearers = bearers }
  }

  /// The layer that was read before from the description of the same object.
  ///
  /// Keras leaves the number out where an object that a model inside shares is described first; the layer without a
  /// number that is described alike is then the same.
  func layer(for description: JSONValue) -> Layer? {
    guard let number = description["shared_object_id"]?.int else { return nil }
    return state.withLock { state in
      if let known = state.layers[number] { return known }
      guard state.bearers[number] == 1 else { return nil }
      let plain = Self.withoutNumbers(description)
      return state.unnumbered.first { $0.description == plain }?.layer
    }
  }

  func note(_ layer: Layer, for description: JSONValue) {
    state.withLock { state in
      if let number = description["shared_object_id"]?.int {
        state.layers[number] = layer
      } else if state.bearers.contains(where: { $0.value == 1 }) {
        state.unnumbered.append((Self.withoutNumbers(description), layer))
      }
    }
  }

  /// An object's class and config without the numbers in it and what its place adds.
  private static func withoutNumbers(_ description: JSONValue) -> JSONValue {
    [
      "class_name": description["class_name"] ?? nil, "registered_name": description["registered_name"] ?? nil,
      "config": stripped(description["config"] ?? nil),
    ]
  }

  private static func stripped(_ value: JSONValue) -> JSONValue {
    if let items = value.array { return .array(items.map(stripped)) }
    guard let object = value.object else { return value }
    var result: JSONObject = [:]
    for (key, member) in object where key != "shared_object_id" { result[key] = stripped(member) }
    return .object(result)
  }
}
