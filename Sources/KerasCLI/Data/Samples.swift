import Keras
import ModelFiles

/// Inputs for a model, in the shapes and types of its places.
struct Samples {
  let inputs: [Tensor]

  init(_ file: ArrayFile, for model: Model) throws {
    let arrays = try file.requiredArrays("x", model.inputKeys)
    let places = model.inputs
    guard places.isEmpty || places.count == arrays.count else {
      let keys = model.inputKeys.enumerated().map { "x_\($0) (\($1))" }.joined(separator: ", ")
      let expected = places.count == 1 ? "1 input: x" : "\(places.count) inputs: \(keys)"
      throw CommandError("\(file.path): the model \(model.name) takes \(expected); found \(arrays.count)")
    }
    inputs = try arrays.enumerated().map { index, array in
      let name = arrays.count == 1 ? "x" : "x_\(index)" + (places.isEmpty ? "" : " (\(model.inputKeys[index]))")
      guard let count = array.shape.first, count > 0 else {
        throw CommandError("\(file.path): \(name): expected samples along a first axis, found shape \(array.shape)")
      }
      guard places.indices.contains(index) else {
        return try Tensor(array, dtype: array.elementType.isFloatingPoint ? .float32 : nil)
      }
      let place = Place(shape: places[index].partialShape, dtype: places[index].dtype)
      if place.isOneSample(array.shape) {
        throw CommandError(
          "\(file.path): \(name): expected the samples along a first axis, found the shape of one sample, \(array.shape); "
            + "reshape it to \([1] + array.shape)")
      }
      let tensor = try place.tensor(array, isTable: file.table != nil)
      guard place.takes(tensor.partialShape) else {
        throw CommandError(
          "\(file.path): \(name): expected samples of shape \(place.sample), found an array of shape \(array.shape)")
      }
      return tensor
    }
  }
}

/// What a model takes at one of its inputs.
private struct Place {
  /// With the batch first; open extents are `nil`.
  let shape: [Int?]
  let dtype: DType

  /// The shape of a sample, as Keras prints it.
  var sample: String {
    let extents = shape.dropFirst().map { $0.map(String.init) ?? "None" }
    return "(" + extents.joined(separator: ", ") + (extents.count == 1 ? ",)" : ")")
  }

  /// Whether arrays of this shape are samples; a last axis of one may be missing.
  func takes(_ found: [Int?]) -> Bool {
    let found = found.count + 1 == shape.count && shape.last == 1 ? found + [1] : found
    return found.count == shape.count
      && zip(found, shape).dropFirst().allSatisfy { $0 == nil || $1 == nil || $0 == $1 }
  }

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
