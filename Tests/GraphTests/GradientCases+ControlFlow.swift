import Graph

extension GradientCase {
  static let controlFlow: [GradientCase] = [
    scan("scan", reversed: false), scan("reversed scan", reversed: true),
    GradientCase("scan with two carries, one of which only counts", [[3], [4, 3]]) { inputs in
      let builder = inputs[0].builder
      let count = builder.constant(0, .int32)
      let results = builder.scan(carries: [inputs[0], count], sequences: [inputs[1]], constants: [], length: 4) {
        carries, slices, _ in
        let factor = carries[1].converted(to: .float64) + 1
        let next = (carries[0] * slices[0]).unary(.sine) * factor
        return ([next, carries[1] + 1], [next.square(), slices[0].exp()])
      }
      return [results.carries[0]] + results.outputs
    },
    GradientCase("scan whose last carry is not read", [[2], [5, 2]]) { inputs in
      let results = inputs[0].builder.scan(
        carries: [inputs[0]], sequences: [inputs[1]], constants: [], length: 5
      ) { carries, slices, _ in ([carries[0].tanh() + slices[0]], [carries[0] * slices[0]]) }
      return results.outputs
    },
    GradientCase("scan over nothing", [[2], [2]]) { inputs in
      inputs[0].builder.scan(carries: [inputs[0]], sequences: [], constants: [inputs[1]], length: 0) {
        carries, _, constants in ([carries[0] * constants[0]], [])
      }.carries
    },
    GradientCase("scan with work on its constants", [[2, 3], [5, 2, 3], [3, 3], [3]]) { inputs in
      let results = inputs[0].builder.scan(
        carries: [inputs[0]], sequences: [inputs[1]], constants: [inputs[2], inputs[3]], length: 5
      ) { carries, slices, constants in
        let weights = constants[0].transpose([1, 0]).exp() * 0.2
        let h = (carries[0].matmul(weights) + slices[0].matmul(weights) + constants[1]).tanh()
        return ([h], [h * constants[1]])
      }
      return results.carries + results.outputs
    },
    GradientCase("nested scan", [[2], [3, 2], [2, 2]]) { inputs in
      let results = inputs[0].builder.scan(
        carries: [inputs[0]], sequences: [inputs[1]], constants: [inputs[2]], length: 3
      ) { carries, slices, constants in
        let inner = slices[0].builder.scan(
          carries: [carries[0]], sequences: [constants[0]], constants: [slices[0]], length: 2, reversed: true
        ) { carries, slices, constants in
          let next = (carries[0] * slices[0] + constants[0]).unary(.sine)
          return ([next], [next * slices[0]])
        }
        return (inner.carries, [inner.outputs[0].sum(axes: [0])])
      }
      return results.carries + results.outputs
    },
    GradientCase("conditional that holds", [[3], [3]]) { inputs in conditional(inputs, 100) },
    GradientCase("conditional that does not hold", [[3], [3]]) { inputs in conditional(inputs, -100) },
    GradientCase("conditional inside a scan", [[3], [4, 3]]) { inputs in
      let results = inputs[0].builder.scan(carries: [inputs[0]], sequences: [inputs[1]], constants: [], length: 4) {
        carries, slices, _ in
        let branch = slices[0].builder.conditional(
          slices[0].sum().less(slices[0].constant(0)), [carries[0], slices[0]]
        ) { operands in
          [(operands[0] * operands[1]).exp()]
        } otherwise: { operands in
          [operands[0].unary(.sine)]
        }
        return (branch, branch)
      }
      return results.carries + results.outputs
    },
  ]

  private static func scan(_ name: String, reversed: Bool) -> GradientCase {
    GradientCase(name, [[2, 3], [4, 2, 3], [3, 3], [3]]) { inputs in
      let results = inputs[0].builder.scan(
        carries: [inputs[0]], sequences: [inputs[1]], constants: [inputs[2], inputs[3]], length: 4,
        reversed: reversed
      ) { carries, slices, constants in
        let h = (slices[0] + carries[0].matmul(constants[0]) + constants[1]).tanh()
        return ([h], [h.square()])
      }
      return results.carries + results.outputs
    }
  }

  private static func conditional(_ inputs: [Expression], _ limit: Double) -> [Expression] {
    let predicate = inputs[0].sum().less(inputs[0].constant(limit))
    return inputs[0].builder.conditional(predicate, inputs) { operands in
      [(operands[0] * operands[1]).exp(), operands[0]]
    } otherwise: { operands in
      [operands[0].square().unary(.sine), operands[0].unary(.cosine) * 3]
    }
  }
}
