import Graph
import ModelFiles

extension Variable {
  /// Takes the numbers of an array in a file, converted to the variable's element type.
  ///
  /// - Throws: `KerasError` where the shape differs or the array holds no numbers, `ModelFileError` where it cannot be
  ///   read.
  func assign(_ array: ArrayData) throws {
    guard array.shape == shape.dimensions else {
      throw KerasError(.incompatibleShape, path, "the variable has shape \(shape), the file's array \(array.shape)")
    }
    if array.elementType == elementType {
      try overwrite { try array.copyBytes(into: $0) }
    } else if dtype == .float32 {
      try overwrite { try array.copyFloats(into: $0.bindMemory(to: Float.self)) }
    } else {
      try assign(Tensor(array))
    }
  }

  var elementType: ElementType? { ElementType(rawValue: dtype.rawValue) }

  var notWritable: KerasError { KerasError(.incompatibleType, path, "\(dtype) cannot be written") }

  /// Writes the numbers, little-endian in row-major order, from the variable's own memory.
  func write(to sink: any ByteSink) throws(ModelFileError) {
    do {
      try withBytes { try sink.write($0) }
    } catch let error as ModelFileError {
      throw error
    } catch {
      throw ModelFileError(.system, file: sink.name, location: path, expected: "a completed write", found: "\(error)")
    }
  }
}
