import ModelFiles

@testable import Keras

/// A cell as a user writes one: h′ = x·W + h·U.
final class MinimalCell: RecurrentCell, ConfigConstructible, @unchecked Sendable {
  let units: Int
  private var kernel: Variable?
  private var recurrentKernel: Variable?

  init(_ units: Int, name: String? = nil) {
    self.units = units
    super.init(name: name)
  }

  convenience init(from reader: ConfigReader) throws { self.init(try reader.int("units"), name: reader.name) }

  override var config: Config { ["units": .integer(Int64(units))] }
  override var stateSize: [Int] { [units] }

  override func build(_ inputShape: [Int?]) throws {
    kernel = try addWeight("kernel", shape: [inputShape.last.flatMap { $0 } ?? 1, units])
    recurrentKernel = try addWeight("recurrent_kernel", shape: [units, units])
  }

  override func call(_ input: Tensor, states: [Tensor], _ context: CallContext) -> (output: Tensor, states: [Tensor]) {
    guard let kernel, let recurrentKernel else { return (input, states) }
    let h = input.matmul(context[kernel]) + states[0].matmul(context[recurrentKernel])
    return (h, [h])
  }
}
