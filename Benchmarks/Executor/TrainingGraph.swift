import Graph

/// A model written straight in the IR, its training step with Adam, and its prediction.
struct TrainingGraph: Sendable {
  let name: String
  let input: TensorType
  let weights: [Shape]
  /// The model's output for an input and its weights; `key` seeds dropout, `nil` outside training.
  let model: @Sendable (_ x: Expression, _ weights: [Expression], _ key: Expression?) -> Expression

  /// Parameters: input, labels, key, step, then weights and their two moments, all of which are updated.
  func training() throws -> Graph {
    let builder = GraphBuilder()
    let x = builder.parameter(input)
    let labels = builder.parameter(TensorType(.int32, [input.shape[0]]))
    let key = builder.parameter(TensorType(.uint32, [2]))
    let step = builder.parameter(TensorType(.float32, .scalar))
    let types = weights.map { TensorType(.float32, $0) }
    let p = types.map(builder.parameter)
    let m = types.map(builder.parameter)
    let v = types.map(builder.parameter)
    let logits = model(x, p, key)
    let losses = -(logits.logSoftmax() * labels.oneHot(logits.shape[-1], .float32)).sum(axes: [-1])
    let loss = losses.mean()
    let correct = logits.argReduce(.maximum, axis: -1).equal(labels).converted(to: .float32).mean()
    let gradients = builder.gradients(of: loss, withRespectTo: p)
    let next = step + 1
    let rate =
      builder.constant(1e-3, .float32)
      * (1 - builder.constant(0.999, .float32).power(next)).squareRoot()
      / (1 - builder.constant(0.9, .float32).power(next))
    var outputs = [loss, correct, next]
    var updates = [2: 3]
    var (newP, newM, newV): ([Expression], [Expression], [Expression]) = ([], [], [])
    for index in p.indices {
      let g = gradients[index]
      newM.append(m[index] + (g - m[index]) * 0.1)
      newV.append(v[index] + (g.square() - v[index]) * 0.001)
      newP.append(p[index] - newM[index] * rate / (newV[index].squareRoot() + 1e-7))
    }
    for (offset, value) in (newP + newM + newV).enumerated() {
      updates[outputs.count] = 4 + offset
      outputs.append(value)
    }
    return try builder.finish(outputs, updates: updates)
  }

  func prediction(rows: Int) throws -> Graph {
    let builder = GraphBuilder()
    let x = builder.parameter(TensorType(input.dtype, input.shape.replacing(axis: 0, with: rows)))
    let p = weights.map { builder.parameter(TensorType(.float32, $0)) }
    return try builder.finish([model(x, p, nil).softmax()])
  }
}

extension Expression {
  func dense(_ kernel: Expression, _ bias: Expression) -> Expression { matmul(kernel) + bias }

  func dropout(_ rate: Double, _ key: Expression?) -> Expression {
    guard let key else { return self }
    let keep = key.randomUniform(shape).greaterOrEqual(constant(rate))
    return keep.select(self * (1 / (1 - rate)), constant(0))
  }

  func conv2D(_ kernel: Expression, _ bias: Expression? = nil, strides: Int = 1, same: Bool = false, groups: Int = 1)
    -> Expression
  {
    let padding = same ? (kernel.shape[0] - 1) / 2 : 0
    let y = convolution(
      kernel,
      Convolution(
        strides: [strides, strides], paddingLow: [padding, padding], paddingHigh: [padding, padding],
        dilations: [1, 1], groups: groups))
    return bias.map { y + $0 } ?? y
  }

  func maxPool2D() -> Expression {
    pool(Pooling(.maximum, window: [2, 2], strides: [2, 2], paddingLow: [0, 0], paddingHigh: [0, 0]))
  }
}
