import Graph
import ModelFiles

/// A function of TensorFlow in a functional model of Keras 2, which wraps one into a layer: `TFOpLambda`, a subscript
/// into `SlicingOpLambda`, and until TensorFlow 2.3 a node of a graph into `TensorFlowOpLayer`.
///
/// It is no layer of the model that is read: its calls become operations of Keras 3 that compute the same. Where one
/// goes by numbers that only data give, such as the extents of a batch, a node of its own stays in the model, which no
/// file of Keras 3 can hold.
final class TensorFlowFunction: Layer, @unchecked Sendable {
  private let function: String
  private let entry: TensorFlowTable.Entry
  /// How the arguments of a call are given, where the layer is a node of a graph.
  private let node: TensorFlowNode?

  static let classNames: Set<String> = ["TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer"]

  /// - Throws: `KerasError` for a function that has no equal here.
  init(_ className: String, name: String, config: Config) throws {
    node = className == "TensorFlowOpLayer" ? try TensorFlowNode(config, name: name) : nil
    function =
      node?.function ?? config["function"]?.string?.replacing("compat.v1.", with: "") ?? "__operators__.getitem"
    guard let entry = TensorFlowTable.shared.entries[function] else {
      throw KerasError(
        .unknownName, name,
        "applies the TensorFlow function tf.\(function), which has no equal here; write it with layers or keras.ops")
    }
    self.entry = entry
    super.init(name: name)
  }

  /// The results of a call.
  ///
  /// - Throws: `KerasError` where an argument makes no sense or has no equal here.
  func results(_ arguments: CallArguments) throws -> [Tensor] {
    let arguments = try node?.arguments(arguments) ?? arguments
    let results: [Tensor]
    do { results = try compute(arguments) } catch {
      results = OperationLayer("tf.\(function)", name: name, config: [:], body: compute).apply(arguments)
    }
    if let failure = results.lazy.compactMap(\.failure).first { throw KerasError(wrapping: failure, subject: name) }
    nameNodes(of: results, from: arguments)
    return results
  }

  @Sendable private func compute(_ arguments: CallArguments) throws -> [Tensor] {
    let call = OperationCall(
      className: "tf.\(function)", parameters: entry.parameters, config: [:], arguments: arguments)
    let results = try entry.body(call)
    if let failure = results.lazy.compactMap(\.failure).first { throw failure }
    return results
  }

  /// Names the operations after the layer: names that they make up could be those of other layers in the file.
  private func nameNodes(of results: [Tensor], from arguments: CallArguments) {
    func node(_ tensor: Tensor) -> FunctionNode? {
      if case .symbolic(let symbol) = tensor.content { symbol.node } else { nil }
    }
    var seen = Set(arguments.tensors.compactMap(node).map(ObjectIdentifier.init))
    var waiting = results.compactMap(node)
    var count = 0
    while let next = waiting.popLast() {
      guard seen.insert(ObjectIdentifier(next)).inserted, next.layer is OperationLayer else { continue }
      next.layer.name = count == 0 ? name : "\(name).\(count)"
      count += 1
      waiting += next.inputs.compactMap(\.node)
    }
  }
}

/// The functions of TensorFlow that can be read, under the names that Keras 2 writes.
struct TensorFlowTable: Sendable {
  struct Entry: Sendable {
    let parameters: [String]
    let body: @Sendable (OperationCall) throws -> [Tensor]
  }

  private(set) var entries: [String: Entry] = [:]

  static let shared: TensorFlowTable = {
    var table = TensorFlowTable()
    table.addElementwise()
    table.addComparisons()
    table.addNeural()
    table.addWindows()
    table.addReductions()
    table.addMovement()
    table.addIndexing()
    table.addExtents()
    table.addLinearAlgebra()
    table.addImages()
    return table
  }()

  /// A function with one result; several names for one function are separated by spaces.
  mutating func add(
    _ names: String, _ parameters: [String] = ["x"], _ body: @escaping @Sendable (OperationCall) throws -> Tensor
  ) {
    addMultiple(names, parameters) { [try body($0)] }
  }

  /// A function with several results.
  mutating func addMultiple(
    _ names: String, _ parameters: [String], _ body: @escaping @Sendable (OperationCall) throws -> [Tensor]
  ) {
    for name in names.split(separator: " ") { entries[String(name)] = Entry(parameters: parameters, body: body) }
  }
}
