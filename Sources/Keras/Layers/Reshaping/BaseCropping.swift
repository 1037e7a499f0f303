/// What the cropping layers share.
public class BaseCropping: BorderLayer, @unchecked Sendable {
  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    var output = input
    for (axis, amount) in allAmounts.enumerated() where amount != (0, 0) {
      let extent = input.shape[axis]
      guard amount.low < extent, amount.high < extent - amount.low else {
        return Tensor(
          failure: KerasError(
            .incompatibleShape, "\(name) (\(Self.className)), argument cropping",
            "takes \(amount.low) and \(amount.high) from axis \(axis) of an input of shape \(input.shape)"))
      }
      output = output.slice(axis: axis, amount.low..<(extent - amount.high))
    }
    return output
  }
}
