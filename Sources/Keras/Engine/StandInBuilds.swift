import Synchronization

/// The layers that are built while a call is recorded with numbers in place of open extents.
///
/// What shape such a layer has been built for shows when the call is recorded again with other numbers. Then it can be
/// built anew for the shape with open extents that it is.
final class StandInBuilds: Sendable {
  /// Of the recording around this place of the program.
  @TaskLocal static var current: StandInBuilds?

  private let outer: StandInBuilds?
  private let state = Mutex(State())

  private struct State {
    /// The layers whose `build` was called.
    var attempted: [Layer] = []
    /// How many of them were there before the recording.
    var begun = 0
    /// The shapes of each layer's first call in a recording, with open extents where recordings differ.
    var shapes: [ObjectIdentifier: [[Int?]]] = [:]
    var met: Set<ObjectIdentifier> = []
    /// The shapes for which layers are to be built.
    var lessons: [ObjectIdentifier: [[Int?]]] = [:]
  }

  init() { outer = Self.current }

  /// Makes one recording. What is built in one that fails is taken back.
  func during<Result>(_ body: () throws -> Result) throws -> Result {
    state.withLock { ($0.met, $0.begun) = ([], $0.attempted.count) }
    do { return try Self.$current.withValue(self, operation: body) } catch {
      for layer in state.withLock({ $0.attempted[$0.begun...] }) { layer.unbuild() }
      throw error
    }
  }

  /// Notes the shapes of a layer's call.
  func note(_ layer: Layer, _ shapes: [[Int?]]) {
    let id = ObjectIdentifier(layer)
    state.withLock { state in
      guard state.met.insert(id).inserted else { return }
      state.shapes[id] = state.shapes[id].flatMap { Self.merged($0, shapes) } ?? shapes
    }
  }

  /// Notes that a layer is about to be built, and gives the shapes for which.
  func entering(_ layer: Layer, _ shapes: [[Int?]]) -> [[Int?]] {
    let lesson = state.withLock { state in
      state.attempted.append(layer)
      return state.lessons[ObjectIdentifier(layer)]
    }
    let known = outer?.entering(layer, shapes) ?? shapes
    return lesson ?? known
  }

  /// Whether layers have been built for extents that are open.
  var hasLessons: Bool { state.withLock { !Self.news($0).isEmpty } }

  /// Takes back what was built, to be built anew for open extents where such have shown.
  ///
  /// - Returns: whether any have.
  func learn() -> Bool {
    let (layers, hasNews) = state.withLock { state in
      let news = Self.news(state)
      state.lessons.merge(news) { $1 }
      defer { (state.attempted, state.shapes) = ([], [:]) }
      return (state.attempted, !news.isEmpty)
    }
    for layer in layers { layer.unbuild() }
    return hasNews
  }

  /// Notes at the layers that were built for which open extents.
  func finish() {
    let (layers, shapes) = state.withLock { ($0.attempted, $0.shapes) }
    for layer in layers {
      if let open = shapes[ObjectIdentifier(layer)].flatMap({ Self.merged(layer.buildInputShapes, $0) }) {
        layer.buildInputShapes = open
      }
    }
  }

  private static func news(_ state: State) -> [ObjectIdentifier: [[Int?]]] {
    var news: [ObjectIdentifier: [[Int?]]] = [:]
    for layer in state.attempted {
      let id = ObjectIdentifier(layer)
      if let shapes = state.shapes[id], shapes.contains(where: { $0.contains(nil) }), state.lessons[id] != shapes {
        news[id] = shapes
      }
    }
    return news
  }

  /// Shapes that are open where either is or where they differ; `nil` where the ranks do.
  private static func merged(_ a: [[Int?]], _ b: [[Int?]]) -> [[Int?]]? {
    guard a.map(\.count) == b.map(\.count) else { return nil }
    return zip(a, b).map { zip($0, $1).map { $0 == $1 ? $0 : nil } }
  }
}
