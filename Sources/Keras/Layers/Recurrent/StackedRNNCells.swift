import Graph
import ModelFiles

/// Cells on top of each other as one cell: each takes the output of the one before.
///
/// States are those of the cells in their order. Source: `keras.layers.StackedRNNCells`.
///
/// ```swift
/// let layer = RNN(StackedRNNCells([LSTMCell(64), LSTMCell(32)]))
/// ```
public final class StackedRNNCells: RecurrentCell, ConfigConstructible, @unchecked Sendable {
  public let cells: [RecurrentCell]

  public init(_ cells: [RecurrentCell], name: String? = nil, dtype: DTypePolicy = .float32) {
    self.cells = cells
    super.init(name: name, dtype: dtype)
    if cells.isEmpty { reject("cells", "must hold at least one cell") }
    for cell in cells {
      if let error = cell.deferredError { fail(error) }
    }
  }

  public convenience init(from reader: ConfigReader) throws {
    let cells = try (reader.value("cells")?.array ?? []).map { try reader.cell($0, of: "cells") }
    self.init(cells, name: reader.name, dtype: try reader.dtypePolicy())
  }

  public override class var reference: LayerReference? {
    LayerReference(
      .further, "each cell takes the output of the one before",
      example: "RNN(StackedRNNCells([LSTMCell(64), LSTMCell(32)]))",
      arguments: ["cells": [["class_name": "LSTMCell", "config": ["units": 32]]]], inputs: [[nil, 8]])
  }

  public override var config: Config { ["cells": .array(cells.map(\.serialized))] }
  public override var sublayers: [(attribute: String, layer: Layer)] { cells.map { ("cells/", $0) } }
  public override var stateSize: [Int] { cells.flatMap(\.stateSize) }
  public override var outputSize: Int { cells.last?.outputSize ?? 0 }
  override var outputState: Int { cells.dropLast().reduce(0) { $0 + $1.stateSize.count } }

  public override func stateShapes(batchSize: Int) -> [Shape] {
    cells.flatMap { $0.stateShapes(batchSize: batchSize) }
  }

  public override func initialStates(batchSize: Int, _ context: CallContext) -> [Tensor] {
    cells.flatMap { $0.initialStates(batchSize: batchSize, context.entering($0)) }
  }

  public override func build(_ inputShape: [Int?]) throws {
    var shape = inputShape
    for cell in cells {
      try cell.buildIfNeeded(shapes: [shape])
      shape = [inputShape.first ?? nil, cell.outputSize]
    }
  }

  public override func call(_ input: Tensor, states: [Tensor], _ context: CallContext) -> (
    output: Tensor, states: [Tensor]
  ) {
    var output = input
    var new: [Tensor] = []
    for (index, cell) in cells.enumerated() {
      let result = cell.call(output, states: self.states(of: index, in: states), self.context(of: index, in: context))
      output = result.output
      new += result.states
    }
    return (output, new)
  }

  public override func loopConstants(inputShape: Shape, _ context: CallContext) -> [String: [Tensor]] {
    var constants: [String: [Tensor]] = [:]
    var shape = inputShape
    for (index, cell) in cells.enumerated() {
      for (name, tensors) in cell.loopConstants(inputShape: shape, context.entering(cell)) {
        constants["\(index)/\(name)"] = tensors
      }
      shape = [inputShape[0], cell.outputSize]
    }
    return constants
  }

  // MARK: Parts of one cell

  func states(of index: Int, in states: [Tensor]) -> [Tensor] {
    let start = cells.prefix(index).reduce(0) { $0 + $1.stateSize.count }
    return Array(states.dropFirst(start).prefix(cells[index].stateSize.count))
  }

  func context(of index: Int, in context: CallContext) -> CallContext {
    let prefix = "\(index)/"
    let own = context.tensors.filter { $0.key.hasPrefix(prefix) }
    return context.entering(
      cells[index],
      tensors: Dictionary(uniqueKeysWithValues: own.map { (String($0.key.dropFirst(prefix.count)), $0.value) }))
  }
}

extension ConfigReader {
  /// The cell that a member of the config describes.
  func cell(_ member: JSONValue, of key: String) throws -> RecurrentCell {
    guard let cell = try layer(member, of: key) as? RecurrentCell else {
      throw error(key, "must be a recurrent cell, found \(member["class_name"]?.string ?? member.excerpt)")
    }
    return cell
  }
}
