import Graph
import ModelFiles

/// An array in a file, not read before a variable takes it.
struct StoredArray {
  /// The place in the file.
  let name: String
  let shape: [Int]
  private let contents: Contents

  private enum Contents {
    case file(() throws -> ArrayData)
    /// Numbers put together from those of other arrays.
    case made(() throws -> Tensor)
  }

  init(_ dataset: HDF5Dataset) {
    name = String(dataset.path.drop { $0 == "/" })
    shape = dataset.shape
    contents = .file { try dataset.read() }
  }

  init(name: String, _ array: ArrayData) {
    self.name = name
    shape = array.shape
    contents = .file { array }
  }

  /// An array whose numbers `make` computes when they are needed.
  init(name: String, shape: [Int], _ make: @escaping () throws -> Tensor) {
    self.name = name
    self.shape = shape
    contents = .made(make)
  }

  /// The numbers.
  func tensor() throws -> Tensor {
    switch contents {
    case .file(let read): try Tensor(read())
    case .made(let make): try make()
    }
  }

  /// The same numbers after `change`, which gives this shape.
  func changed(to shape: [Int], _ change: @escaping (Tensor) -> Tensor) -> StoredArray {
    StoredArray(name: name, shape: shape) { change(try tensor()) }
  }

  /// Puts the numbers into a variable of the same shape: for float32 one copy, from the file into its memory.
  func load(into variable: Variable) throws {
    switch contents {
    case .file(let read): try variable.assign(read())
    case .made(let make): try variable.assign(make())
    }
  }
}
