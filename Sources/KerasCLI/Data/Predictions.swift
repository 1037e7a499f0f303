import Keras
import ModelFiles

/// A file of predictions: `.npz` with `p`, or `p_0`, `p_1`… for several outputs; `.npy` or `.csv` with the only one.
struct Predictions {
  private let path: String
  private let kind: FileKind

  /// - Throws: where the name tells no kind of file, or the folder cannot be written.
  init(_ path: String) throws {
    guard let kind = FileKind(path) else {
      throw CommandError("\(path): expected an output that ends in .npz, .npy or .csv")
    }
    try OutputChecks.checkFile(path)
    self.path = path
    self.kind = kind
  }

  /// Writes the file; an existing one is replaced only when the new one is complete.
  func write(_ outputs: [Tensor]) throws {
    let arrays = try outputs.map { output in
      try (output.dtype == .bfloat16 ? output.asType(.float32) : output).arrayData()
    }
    guard kind == .npz || arrays.count == 1 else {
      throw CommandError("\(path): the model has \(arrays.count) outputs; write them to a .npz file")
    }
    try AtomicFile.write(to: path, durable: false) { file throws(ModelFileError) in
      switch kind {
      case .npy: try NPYFile.write(arrays[0], to: file)
      case .csv: try CSVFile.write(arrays[0], to: file)
      case .npz:
        let archive = NPZWriter(file)
        for (index, array) in arrays.enumerated() {
          try archive.add(arrays.count == 1 ? "p" : "p_\(index)", array)
        }
        try archive.finish()
      }
    }
  }
}
