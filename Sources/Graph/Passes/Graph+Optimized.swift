extension Graph {
  /// The same computation with less work: parameters, outputs and updates keep their positions and types, values stay
  /// the same but for the sign of zeros. Bodies of control flow are optimised too.
  public func optimized() -> Graph {
    var graph = optimizingBodies()
    for _ in 0..<Self.roundLimit {
      let before = graph
      graph = graph.simplified().foldingConstants().sharingCommonSubexpressions().hoistingInvariants()
        .removingDeadCode()
      if graph == before { break }
    }
    return graph
  }

  /// Each round enables the next; few graphs need more than three.
  private static let roundLimit = 8

  private func optimizingBodies() -> Graph {
    rewritten { node, inputs, builder in
      switch node.op {
      case .scan(var scan):
        scan.body = scan.body.optimized()
        return builder.add(.scan(scan), inputs)
      case .whileLoop(var loop):
        loop.condition = loop.condition.optimized()
        loop.body = loop.body.optimized()
        return builder.add(.whileLoop(loop), inputs)
      case .conditional(let then, let otherwise):
        return builder.add(.conditional(then: then.optimized(), otherwise: otherwise.optimized()), inputs)
      default: return nil
      }
    }
  }
}
