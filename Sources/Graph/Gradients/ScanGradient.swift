/// The gradient of a scan: a second scan that runs the other way.
///
/// The first scan is made to store, as additional stacked outputs, what the second reads of each step, so that nothing
/// is computed twice. What does not change from step to step is computed once, before the second scan. A constant whose
/// gradient is a sum of products over the steps (a weight matrix) gets it from one product over all steps after it.
struct ScanGradient {
  private let context: GradientContext
  private let scan: Scan
  private let joint: JointBody
  /// Of the scan's operands and results, those whose cotangents are carried back.
  private let activeCarries: [Int]
  private let pulledOutputs: [Int]
  private let firstSequence: Int
  private let firstConstant: Int

  init(_ scan: Scan, _ context: GradientContext) throws(GraphError) {
    self.context = context
    self.scan = scan
    firstSequence = scan.carryCount
    firstConstant = scan.carryCount + scan.sequenceCount
    let active = scan.activeParameters(from: context.needed)
    activeCarries = (0..<scan.carryCount).filter { active[$0] }
    pulledOutputs = (scan.carryCount..<scan.body.outputs.count).filter { context.cotangents[$0] != nil }
    joint = try JointBody(
      scan.body, pulling: activeCarries + pulledOutputs, to: active.indices.filter { active[$0] })
  }

  func inputGradients() throws(GraphError) -> [Expression?] {
    let carries = activeCarries
    let sequences = (firstSequence..<firstConstant).filter { joint.gradients[$0] != nil }
    let constants = (firstConstant..<joint.parameterCount).filter { joint.gradients[$0] != nil }
    let parts = constants.map { ($0, terms(of: joint.gradients[$0])) }
    let products = parts.flatMap { constant, terms in terms.compactMap { $0.product(of: constant) } }
    let sums = parts.flatMap { constant, terms in terms.compactMap { $0.sum(of: constant) } }

    // What the second scan gives beside the carried cotangents.
    let operands = products.flatMap { [$0.left, $0.right] }
    let stackedBack = (sequences.compactMap { joint.gradients[$0] } + operands.filter(joint.dependsOnCotangents))
      .uniqued()
    let stepGradients = carries.map { joint.gradients[$0] }
    let residuals = joint.residuals(for: stepGradients.compactMap { $0 } + stackedBack + sums.map(\.value))

    let varying = residuals.filter(variesByStep)
    let invariant = residuals.filter { !variesByStep($0) }
    let stacks = try stack((varying + operands.filter { !joint.dependsOnCotangents($0) }).uniqued())
    let hoisted = try hoist(invariant)

    // Parameters: cotangents of carries, sums; residuals, cotangents of outputs; invariants.
    let cotangents = joint.cotangents
    let pulled = zip(pulledOutputs, cotangents.dropFirst(carries.count))
    let body = try backwardBody(
      carries: Array(cotangents.prefix(carries.count)), sums: sums.map(\.value),
      slices: varying + pulled.map(\.1), constants: invariant, stepGradients: stepGradients, outputs: stackedBack)
    let results = context.builder.add(
      .scan(
        Scan(
          body: body, carryCount: carries.count + sums.count, sequenceCount: varying.count + pulledOutputs.count,
          length: scan.length, reversed: !scan.reversed)),
      carries.map(context.cotangent) + sums.map { context.zeros(joint.graph.type(of: $0.value)) }
        + varying.compactMap { stacks[$0] } + pulledOutputs.map(context.cotangent) + hoisted)

    var gradients = context.none
    for (position, carry) in carries.enumerated() where context.needed[carry] { gradients[carry] = results[position] }
    let outputs = Dictionary(
      uniqueKeysWithValues: zip(stackedBack, results.dropFirst(carries.count + sums.count)))
    for sequence in sequences { gradients[sequence] = joint.gradients[sequence].flatMap { outputs[$0] } }
    func add(_ term: Expression, to constant: Int) {
      gradients[constant] = gradients[constant].map { $0 + term } ?? term
    }
    for (position, sum) in sums.enumerated() { add(results[carries.count + position], to: sum.constant) }
    for product in products {
      guard let left = stacks[product.left] ?? outputs[product.left],
        let right = stacks[product.right] ?? outputs[product.right]
      else { continue }
      add(product.overAllSteps(left, right), to: product.constant)
    }
    return gradients
  }

  private func variesByStep(_ value: Value) -> Bool {
    joint.dependencies(of: value).contains { $0 < firstConstant }
  }

  /// Each value at every step: a sequence, an output that the scan has, or one that it is given.
  private func stack(_ values: [Value]) throws(GraphError) -> [Value: Expression] {
    var stacks: [Value: Expression] = [:]
    var extra: [Value] = []
    for value in values {
      if let position = joint.parameter(value), (firstSequence..<firstConstant).contains(position) {
        stacks[value] = context.inputs[position]
      } else if let output = joint.results.dropFirst(scan.carryCount).firstIndex(of: value) {
        stacks[value] = context.outputs[output]
      } else {
        extra.append(value)
      }
    }
    var extended = scan
    extended.body = try joint.graph.part(
      computing: joint.results + extra, from: Array(joint.graph.parameters.prefix(joint.parameterCount)))
    let results = context.builder.extend(context.node, to: .scan(extended))
    for (value, result) in zip(extra, results.suffix(extra.count)) { stacks[value] = result }
    return stacks
  }

  /// Computes what is the same at every step outside the loop.
  private func hoist(_ values: [Value]) throws(GraphError) -> [Expression] {
    let constants = Array(joint.graph.parameters[firstConstant..<joint.parameterCount])
    let part = try joint.graph.part(computing: values, from: constants)
    return context.builder.inline(part, Array(context.inputs[firstConstant...]))
  }

  private func backwardBody(
    carries: [Value], sums: [Value], slices: [Value], constants: [Value], stepGradients: [Value?], outputs: [Value]
  ) throws(GraphError) -> Graph {
    let step = try joint.graph.part(
      computing: stepGradients.compactMap { $0 } + sums + outputs, from: carries + slices + constants)
    let builder = GraphBuilder()
    let cotangents = carries.map { builder.parameter(joint.graph.type(of: $0)) }
    let totals = sums.map { builder.parameter(joint.graph.type(of: $0)) }
    let rest = (slices + constants).map { builder.parameter(joint.graph.type(of: $0)) }
    var results = builder.inline(step, cotangents + rest)[...]
    let carried = zip(stepGradients, cotangents).map { gradient, cotangent in
      gradient == nil ? builder.full(0, cotangent.type) : results.removeFirst()
    }
    let added = totals.map { $0 + results.removeFirst() }
    return try builder.finish(carried + added + results)
  }

  // MARK: Gradients of constants

  /// A term of a constant's gradient in one step.
  private enum Term {
    /// The product of two values that both change from step to step, its axes rearranged.
    case product(left: Value, right: Value, DotDimensions, permutations: [[Int]])
    case other(Value)

    func product(of constant: Int) -> Product? {
      guard case .product(let left, let right, let dimensions, let permutations) = self else { return nil }
      return Product(constant: constant, left: left, right: right, dimensions: dimensions, permutations: permutations)
    }

    func sum(of constant: Int) -> (constant: Int, value: Value)? {
      guard case .other(let value) = self else { return nil }
      return (constant, value)
    }
  }

  private struct Product {
    let constant: Int
    let left: Value
    let right: Value
    let dimensions: DotDimensions
    let permutations: [[Int]]

    /// The sum of the steps' products: the stacks' first axes are contracted too.
    func overAllSteps(_ left: Expression, _ right: Expression) -> Expression {
      let stacked = DotDimensions(
        leftBatch: dimensions.leftBatch.map { $0 + 1 }, rightBatch: dimensions.rightBatch.map { $0 + 1 },
        leftContracting: [0] + dimensions.leftContracting.map { $0 + 1 },
        rightContracting: [0] + dimensions.rightContracting.map { $0 + 1 })
      return permutations.reduce(left.dot(right, stacked)) { $0.transpose($1) }
    }
  }

  private func terms(of gradient: Value?) -> [Term] {
    guard let gradient else { return [] }
    let node = joint.graph.nodes[gradient.node]
    switch node.op {
    case .binary(.add) where joint.dependsOnCotangents(gradient): return node.inputs.flatMap(terms)
    case .transpose(let permutation):
      guard case .product(let left, let right, let dimensions, let permutations)? = terms(of: node.inputs[0]).first,
        terms(of: node.inputs[0]).count == 1
      else { return [.other(gradient)] }
      return [.product(left: left, right: right, dimensions, permutations: permutations + [permutation])]
    case .dot(let dimensions):
      guard node.inputs.allSatisfy({ joint.dependsOnCotangents($0) || variesByStep($0) }) else {
        return [.other(gradient)]
      }
      return [.product(left: node.inputs[0], right: node.inputs[1], dimensions, permutations: [])]
    default: return [.other(gradient)]
    }
  }
}

extension Scan {
  /// The body's parameters that change when a needed operand does: carries may become so on the way round.
  fileprivate func activeParameters(from needed: [Bool]) -> [Bool] {
    var active = zip(needed, body.parameterTypes).map { $0 && $1.dtype.isFloatingPoint }
    while true {
      let reached = body.nodesDepending(onParameters: active)
      let grown = (0..<carryCount).filter {
        !active[$0] && reached[body.outputs[$0].node] && body.parameterTypes[$0].dtype.isFloatingPoint
      }
      if grown.isEmpty { return active }
      for carry in grown { active[carry] = true }
    }
  }
}

extension Graph {
  /// For each node, whether it depends on one of the marked parameters.
  fileprivate func nodesDepending(onParameters marked: [Bool]) -> [Bool] {
    var depends: [Bool] = []
    for node in nodes {
      if case .parameter(let position, _) = node.op {
        depends.append(marked[position])
      } else {
        depends.append(node.inputs.contains { depends[$0.node] })
      }
    }
    return depends
  }
}

extension Array where Element: Hashable {
  /// Each element once, in the order of first appearance.
  fileprivate func uniqued() -> [Element] {
    var seen = Set<Element>()
    return filter { seen.insert($0).inserted }
  }
}
