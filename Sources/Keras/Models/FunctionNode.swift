import Graph
import Synchronization

/// One call of a layer in a functional model.
///
/// A result keeps the call it came from, the call its layer and its arguments; nothing is kept the other way, so that a
/// model goes when nobody uses it.
final class FunctionNode: @unchecked Sendable {
  let layer: Layer
  private(set) var arguments: CallArguments
  private(set) var inputs: [SymbolicTensor]
  /// The results' shapes.
  let outputShapes: [[Int?]]
  private let results: [WeakReference<SymbolicTensor>]

  init(layer: Layer, arguments: CallArguments, outputs: [SymbolicTensor]) {
    self.layer = layer
    self.arguments = arguments
    outputShapes = outputs.map(\.shape)
    results = outputs.map(WeakReference.init)
    inputs = arguments.tensors.compactMap {
      if case .symbolic(let symbol) = $0.content { symbol } else { nil }
    }
    for (position, output) in outputs.enumerated() { output.attach(to: self, outputIndex: position) }
    layer.note(self)
  }

  deinit {
    ReleaseQueue.shared.add(arguments)
    // From here on only the queue holds what the call was made of.
    inputs = []
    arguments = CallArguments([])
    ReleaseQueue.shared.drain()
  }

  /// The results, `nil` where nobody uses one.
  var outputs: [SymbolicTensor?] { results.map(\.object) }

  var isInput: Bool { inputs.isEmpty }
}

/// A reference that does not keep its object.
struct WeakReference<Object: AnyObject> {
  private(set) weak var object: Object?

  init(_ object: Object) { self.object = object }
}

/// Releases chains of calls one link after the other: a chain thousands of layers long that released itself would need
/// a stack as deep.
private final class ReleaseQueue: Sendable {
  static let shared = ReleaseQueue()
  private let state = Mutex(State())

  private struct State {
    var waiting: [CallArguments] = []
    var isDraining = false
  }

  func add(_ arguments: CallArguments) {
    state.withLock { $0.waiting.append(arguments) }
  }

  /// Releases what waits, unless that is being done already.
  func drain() {
    let drains = state.withLock { state in
      defer { state.isDraining = true }
      return !state.isDraining
    }
    guard drains else { return }
    while true {
      // Outside the lock: what is released here comes back to this queue.
      let next = state.withLock { state in
        let next = state.waiting.popLast()
        if next == nil { state.isDraining = false }
        return next
      }
      if next == nil { return }
    }
  }
}
