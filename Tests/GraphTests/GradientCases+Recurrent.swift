import Graph

extension GradientCase {
  private static let cells: [Recurrent.Cell] = [
    .simple, .lstm, .gru(resetAfter: true), .gru(resetAfter: false),
  ]

  /// First the four cells as they are, then reversed, masked, and with other activations.
  static let recurrent: [GradientCase] =
    cells.map { layer(Recurrent($0)) } + cells.map { layer(Recurrent($0, reversed: true)) }
    + cells.flatMap { cell in
      [true, false].flatMap { reversed in
        [true, false].map { zero in
          layer(Recurrent(cell, reversed: reversed, hasMask: true, zeroOutputForMask: zero))
        }
      }
    }
    + Recurrent.Activation.allCases.flatMap { activation in
      cells.map { layer(Recurrent($0, activation: activation, recurrentActivation: .hardSigmoid)) }
    }

  private static func layer(_ attributes: Recurrent) -> GradientCase {
    let (time, samples, units) = (4, 2, 3)
    let gates = units * attributes.cell.gateCount
    var shapes: [Shape] = [[time, samples, gates]]
    shapes += (0..<attributes.cell.stateCount).map { _ in [samples, units] }
    shapes.append([units, gates])
    if attributes.hasRecurrentBias { shapes.append([gates]) }
    let flags = [
      attributes.reversed ? "reversed" : "", attributes.hasMask ? "masked" : "",
      attributes.zeroOutputForMask ? "zeros" : "",
    ]
    let name = (["\(attributes.cell)", attributes.activation.rawValue] + flags).joined(separator: " ")
    return GradientCase(name, shapes) { inputs in
      var operands = inputs
      if attributes.hasMask {
        let steps = inputs[0].builder.vector([0, 1, 1, 0, 0, 1, 1, 0], .int32).reshape([time, samples])
        operands.append(steps.converted(to: .bool))
      }
      let results = inputs[0].builder.add(.recurrent(attributes), operands)
      return Array(results.prefix(attributes.cell.stateCount + 1))
    }
  }
}
