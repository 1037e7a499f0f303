/// Where the axes of a product's operands are in its result, for scales that are to broadcast.
struct ScaleAxes: Sendable {
  private let input: [String]
  private let kernel: [String]
  private let output: [String]

  /// Of `x · kernel` over the last axis of x. Scales of the kernel have the result's last axis alone.
  static let dense = ScaleAxes(input: ["in"], kernel: ["in", "out"], output: ["out"])

  private init(input: [String], kernel: [String], output: [String]) {
    (self.input, self.kernel, self.output) = (input, kernel, output)
  }

  /// Of an einsum of an input of this rank; `nil` where the equation has another form.
  init?(_ equation: String, inputRank: Int) {
    guard let (input, kernel, output, side) = EinsumDenseShapes.split(equation), inputRank >= input.count else {
      return nil
    }
    let elided = (0..<(inputRank - input.count)).map { "…\($0)" }
    func whole(_ labels: [Character]) -> [String] {
      let own = labels.map { String($0) }
      return side == .right ? own + elided : elided + own
    }
    (self.input, self.kernel, self.output) = (whole(input), kernel.map { String($0) }, whole(output))
  }

  private func reduced(_ labels: [String]) -> [Int] { labels.indices.filter { !output.contains(labels[$0]) } }

  /// The axes that are summed over.
  var inputReduced: [Int] { reduced(input) }
  var kernelReduced: [Int] { reduced(kernel) }

  /// The shape of the scales of a kernel that has one for all places that are summed over.
  func scaleShape(ofKernel shape: [Int]) -> [Int] {
    output.map { label in kernel.firstIndex(of: label).map { shape[$0] } ?? 1 }
  }

  /// Scales laid out as the input, with extent 1 where it is summed over, as the result needs them.
  func result(ofInput scale: Tensor) -> Tensor { moved(scale, from: input, to: output) }
  /// Scales laid out as the kernel as the result needs them, and back.
  func result(ofKernel scale: Tensor) -> Tensor { moved(scale, from: kernel, to: output) }
  func kernel(ofResult scale: Tensor) -> Tensor { moved(scale, from: output, to: kernel) }

  /// Axes that only one side has are of extent 1.
  private func moved(_ scale: Tensor, from old: [String], to new: [String]) -> Tensor {
    guard scale.rank == old.count else { return scale }
    let kept = new.compactMap { old.firstIndex(of: $0) }
    let order = kept + old.indices.filter { !kept.contains($0) }
    let extents = new.map { label in old.firstIndex(of: label).map { scale.shape[$0] } ?? 1 }
    return scale.transpose(order).reshape(extents)
  }
}
