import Keras
import ModelFiles

/// Inputs for a model, in the shapes and types of its places.
struct Samples {
  let inputs: [Tensor]

  init(_ file: ArrayFile, for model: Model) throws {
    let arrays = try file.requiredArrays("x")
    let places = model.inputs
    guard places.isEmpty || places.count == arrays.count else {
      let expected = places.count == 1 ? "1 input: x" : "\(places.count) inputs: x_0 to x_\(places.count - 1)"
      throw CommandError("\(file.path): the model \(model.name) takes \(expected); found \(arrays.count)")
    }
    inputs = try arrays.enumerated().map { index, array in
      guard places.indices.contains(index) else {
        return try Tensor(array, dtype: array.elementType.isFloatingPoint ? .float32 : nil)
      }
      let place = Place(shape: places[index].partialShape, dtype: places[index].dtype)
      if place.isOneSample(array.shape) {
        throw CommandError(
          "\(file.path): expected the samples along a first axis, found the shape of one sample, \(array.shape); "
            + "reshape it to \([1] + array.shape)")
      }
      return try place.tensor(array, isTable: file.table != nil)
    }
  }
}

/// What a model takes at one of its inputs.
private struct Place {
  /// With the batch first; open extents are `nil`.
  let shape: [Int?]
  let dtype: DType

  /// Whether an array of this shape fits only without the batch.
  func isOneSample(_ array: [Int]) -> Bool {
    guard array.count + 1 == shape.count else { return false }
    func fits(_ extents: [Int]) -> Bool { zip(extents, shape.dropFirst()).allSatisfy { $1 == nil || $0 == $1 } }
    return fits(array) && !(shape.last == 1 && fits(array.dropFirst() + [1]))
  }

  /// An array in the type of the input. A row of a table holds a sample in row-major order; where it is longer than a
  /// sample, the sample stands at its end.
  func tensor(_ array: ArrayData, isTable: Bool) throws -> Tensor {
    let tensor = try Tensor(array, dtype: dtype)
    guard isTable, array.shape.count == 2 else { return tensor }
    let extents = shape.dropFirst().compactMap { $0 }
    let size = extents.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
    let columns = array.shape[1]
    guard extents.count == shape.count - 1, size > 0, columns >= size else { return tensor }
    let samples = columns == size ? tensor : tensor.slice(axis: 1, columns - size..<columns)
    return samples.reshape([array.shape[0]] + extents)
  }
}
