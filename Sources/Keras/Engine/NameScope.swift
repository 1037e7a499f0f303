import Synchronization

/// The layers that are being built or called around this place of the program, outermost first. Paths of variables start
/// with their names, as in Keras: `model/block/dense/kernel`.
struct NameScope: Sendable {
  @TaskLocal private static var current = NameScope()

  private var names: [String] = []
  private var innermost: Owner?

  /// The path of a layer's new variable.
  static func path(of variable: String, in layer: Layer) -> String {
    (current.entering(layer).names + [variable]).joined(separator: "/")
  }

  /// Runs `body` inside a layer.
  static func within<Result>(_ layer: Layer, _ body: () throws -> Result) rethrows -> Result {
    try $current.withValue(current.entering(layer), operation: body)
  }

  private func entering(_ layer: Layer) -> NameScope {
    guard innermost?.layer !== layer else { return self }
    return NameScope(
      names: (layer.isBuiltAlone ? [] : names) + [layer.name], innermost: Owner(layer, inside: innermost))
  }

  /// The layer that is being called here, where neither it nor one around it has `layer` among those inside it: nothing
  /// would save, count or freeze that one's variables.
  static func stranger(to layer: Layer) -> Layer? {
    var owner = current.innermost
    while let next = owner {
      if next.layer === layer || next.holds(layer) { return nil }
      owner = next.outer
    }
    return current.innermost?.layer
  }
}

/// A layer that is being called, with all layers inside it, which are looked for when they are first asked for.
private final class Owner: Sendable {
  let layer: Layer
  let outer: Owner?
  private let members = Mutex<Set<ObjectIdentifier>?>(nil)

  init(_ layer: Layer, inside outer: Owner?) {
    self.layer = layer
    self.outer = outer
  }

  func holds(_ inner: Layer) -> Bool {
    if let known = members.withLock({ $0 }), known.contains(ObjectIdentifier(inner)) { return true }
    // The layer may have made it just now.
    let current = Set(layer.flattenedSublayers.map(ObjectIdentifier.init))
    members.withLock { $0 = current }
    return current.contains(ObjectIdentifier(inner))
  }
}
