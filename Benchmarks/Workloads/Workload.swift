import Keras

/// A model with data of the size it is timed on.
struct Workload: Sendable {
  let name: String
  let model: @Sendable () throws -> Model
  /// The shape of one sample; tokens are int32 below `vocabulary`, pixels float32.
  let sample: [Int]
  var vocabulary: Int?
  let count: Int
  let batch: Int
  var classes = 10

  func inputs() -> Tensor {
    var generator = SystemRandomNumberGenerator()
    let shape = Shape([count] + sample)
    if let vocabulary {
      return Tensor(
        (0..<shape.elementCount).map { _ in Int32.random(in: 0..<Int32(vocabulary), using: &generator) }, shape: shape)
    }
    return Tensor((0..<shape.elementCount).map { _ in Float.random(in: 0..<1, using: &generator) }, shape: shape)
  }

  func labels() -> Tensor { Tensor((0..<count).map { _ in Int32.random(in: 0..<Int32(classes)) }) }
}
