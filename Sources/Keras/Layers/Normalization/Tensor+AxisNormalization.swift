import Graph
import ModelFiles

extension Tensor {
  /// Mean 0 and variance 1 over `axes` (ascending, from the front), then times `scale` plus `offset`, both of the
  /// axes' extents.
  func layerNormalized(axes: [Int], scale: Tensor?, offset: Tensor?, epsilon: Double) -> Tensor {
    let kept = (0..<rank).filter { !axes.contains($0) }
    let order = kept + axes
    // The fused operation works on the last axis: the others are brought there.
    let moved = order == Array(0..<rank) ? self : transpose(order)
    let count = axes.reduce(1) { $0 &* shape[$1] }
    let rows = moved.reshape(kept.map { shape[$0] } + [count])
    let output = rows.layerNormalized(
      scale: scale?.reshape([count]) ?? Tensor(1, dtype: dtype),
      offset: offset?.reshape([count]) ?? Tensor(0, dtype: dtype), epsilon: epsilon
    ).reshape(moved.shape.dimensions)
    if order == Array(0..<rank) { return output }
    return output.transpose((0..<rank).map { axis in order.firstIndex(of: axis) ?? axis })
  }

  /// Over the last axis. A scalar stands for all of its places.
  private func layerNormalized(scale: Tensor, offset: Tensor, epsilon: Double) -> Tensor {
    operation("LayerNorm", ["epsilon": .number(epsilon)], with: [.tensor(scale), .tensor(offset)]) {
      let places = Shape([$0[0].shape[-1]])
      return $0[0].layerNormalization(
        scale: $0[1].broadcast(to: places), offset: $0[2].broadcast(to: places), epsilon: epsilon)
    }
  }

  /// Divided by the root of the mean square over `axes`.
  func rootMeanSquareNormalized(axes: [Int], epsilon: Double) -> Tensor {
    self * (square().mean(axis: axes, keepDims: true) + epsilon).rsqrt()
  }

  /// Divided by the Euclidean norm over `axes` (`nil` for all), but by no less than `epsilon`.
  func unitNormalized(axes: [Int]?, epsilon: Double = 1e-7) -> Tensor {
    self * square().sum(axis: axes, keepDims: true).rsqrt().minimum(1 / epsilon)
  }

  /// A tensor of the extents of some axes as one of `rank` axes, 1 in the others' places.
  func spread(overAxes axes: [Int], rank: Int) -> Tensor {
    var extents = [Int](repeating: 1, count: rank)
    for (position, axis) in axes.enumerated() { extents[axis] = shape[position] }
    return reshape(extents)
  }
}
