/// The layers that are being built or called around this place of the program, outermost first. Paths of variables start
/// with their names, as in Keras: `model/block/dense/kernel`.
struct NameScope: Sendable {
  @TaskLocal private static var current = NameScope()

  private var names: [String] = []
  private var innermost: ObjectIdentifier?

  /// The path of a layer's new variable.
  static func path(of variable: String, in layer: Layer) -> String {
    (current.entering(layer).names + [variable]).joined(separator: "/")
  }

  /// Runs `body` inside a layer.
  static func within<Result>(_ layer: Layer, _ body: () throws -> Result) rethrows -> Result {
    try $current.withValue(current.entering(layer), operation: body)
  }

  private func entering(_ layer: Layer) -> NameScope {
    guard innermost != ObjectIdentifier(layer) else { return self }
    return NameScope(names: (layer.isBuiltAlone ? [] : names) + [layer.name], innermost: ObjectIdentifier(layer))
  }
}
