import Graph

extension GradientCase {
  static let movement: [GradientCase] = [
    GradientCase("reshape", [[2, 6]]) { [$0[0].reshape([3, 4]).square()] },
    GradientCase("broadcast", [[2, 1, 3]]) { [$0[0].broadcast(to: [4, 2, 5, 3]).square()] },
    GradientCase("broadcast along axes", [[2, 3]]) { [$0[0].broadcast(to: [2, 4, 3], axes: [0, 2]).square()] },
    GradientCase("transpose", [[2, 3, 4]]) { [$0[0].transpose([2, 0, 1]).square()] },
    GradientCase("reverse", [[2, 3, 2]]) { [$0[0].reverse(axes: [0, -1]).square()] },
    GradientCase("slice", [[7, 5]]) {
      [$0[0].slice(Slicing(starts: [1, 0], limits: [7, 4], strides: [2, 3])).square()]
    },
    GradientCase("slice of nothing", [[4]]) { [$0[0].square(), $0[0].slice(axis: 0, 2..<2)] },
    GradientCase("pad", [[3, 4], []]) {
      [$0[0].pad(Padding(low: [1, -1], high: [2, 0], interior: [1, 2]), value: $0[1]).square()]
    },
    GradientCase("pad that crops", [[6], []]) {
      [$0[0].pad(Padding(low: [-2], high: [-1], interior: [2]), value: $0[1]).square()]
    },
    GradientCase("concatenate", [[2, 3], [2, 1], [2, 2]]) { inputs in
      [inputs[0].builder.concatenate(inputs, axis: 1).square()]
    },
    GradientCase("dynamicSlice", [[4, 5]]) { inputs in
      let starts = inputs[0].builder.vector([2, 9], .int32)
      return [inputs[0].dynamicSlice(starts: starts, sizes: [2, 2]).square()]
    },
    GradientCase("dynamicUpdateSlice", [[4, 5], [2, 2]]) { inputs in
      let starts = inputs[0].builder.vector([-1, 2], .int32)
      return [inputs[0].dynamicUpdateSlice(inputs[1], starts: starts).square()]
    },
    GradientCase("gather", [[3, 4, 2]]) { inputs in
      let indices = inputs[0].builder.vector([1, 3, 3, -2, 0, 7], .int32).reshape([2, 3])
      return [inputs[0].gather(indices, axis: 1).square()]
    },
    GradientCase("scatterAdd", [[3, 4], [3, 2, 2]]) { inputs in
      let indices = inputs[0].builder.vector([1, -1, 1, 4], .int64).reshape([2, 2])
      return [inputs[0].scatterAdd(indices, inputs[1], axis: 1).square()]
    },
    GradientCase("gatherAlong", [[3, 2]]) { inputs in
      let indices = inputs[0].builder.vector([0, 1, 2, 2, -1, 5, 1, 1], .int32).reshape([4, 2])
      return [inputs[0].gatherAlong(indices, axis: 0).square()]
    },
    GradientCase("scatterAddAlong", [[3, 2], [4, 2]]) { inputs in
      let indices = inputs[0].builder.vector([0, 1, 2, 2, -1, 5, 1, 1], .int32).reshape([4, 2])
      return [inputs[0].scatterAddAlong(indices, inputs[1], axis: 0).square()]
    },
  ]

  static let reductions: [GradientCase] = [
    GradientCase("sum", [[2, 3, 4]]) { [$0[0].sum(axes: [0, 2]).square()] },
    GradientCase("product", [[2, 3, 4]]) { [$0[0].reduce(.product, axes: [0, 2])] },
    GradientCase("maximum", [[4, 5]]) { [$0[0].reduce(.maximum, axes: [1]).square()] },
    GradientCase("minimum", [[4, 5]]) { [$0[0].reduce(.minimum, axes: [0])] },
    GradientCase("cumulative sum", [[3, 4]]) {
      [$0[0].cumulative(.sum, axis: 1).square(), $0[0].cumulative(.sum, axis: 0, reverse: true)]
    },
    GradientCase("cumulative product", [[3, 4]]) {
      [$0[0].cumulative(.product, axis: 1), $0[0].cumulative(.product, axis: 0, reverse: true)]
    },
    GradientCase("cumulative extremes", [[3, 4]]) {
      [$0[0].cumulative(.maximum, axis: 1).square(), $0[0].cumulative(.minimum, axis: 0, reverse: true)]
    },
    GradientCase("sort", [[3, 5]]) {
      [$0[0].sort(axis: 1).values.square(), $0[0].sort(axis: 0, descending: true).values]
    },
  ]
}
