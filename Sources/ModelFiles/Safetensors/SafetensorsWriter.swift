/// Writes safetensors files: larger elements first and then by name, as the reference implementation does, which keeps
/// every tensor aligned.
public final class SafetensorsWriter {
  private struct Tensor {
    let name: String
    let elementType: ElementType
    let shape: [Int]
    let byteCount: Int
    let contents: (any ByteSink) throws(ModelFileError) -> Void
  }

  private let metadata: JSONObject
  private var tensors: [Tensor] = []
  private var names: Set<String> = ["__metadata__"]

  /// - Parameter metadata: texts to keep under `__metadata__`, in order.
  public init(metadata: KeyValuePairs<String, String> = [:]) {
    var object = JSONObject()
    for (name, text) in metadata { object[name] = .string(text) }
    self.metadata = object
  }

  /// Adds a tensor, which is read when the file is written.
  public func add(_ name: String, _ array: ArrayData) throws(ModelFileError) {
    try add(name, elementType: array.elementType, shape: array.shape) { sink throws(ModelFileError) in
      try sink.write(array.bytes)
    }
  }

  /// Adds a tensor whose bytes, little-endian in row-major order, `contents` writes when the file is written.
  public func add(
    _ name: String, elementType: ElementType, shape: [Int],
    contents: @escaping (any ByteSink) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    let context = ErrorContext(file: "safetensors", location: name)
    guard elementType != .string, let byteCount = elementType.byteCount(shape: shape) else {
      throw context.error(
        .invalidArgument, expected: "numbers of a possible shape", found: "\(elementType.rawValue) of shape \(shape)")
    }
    guard names.insert(name).inserted else {
      throw context.error(.invalidArgument, expected: "a new name", found: "one that is taken")
    }
    tensors.append(
      Tensor(name: name, elementType: elementType, shape: shape, byteCount: byteCount, contents: contents))
  }

  /// Writes the file from front to back.
  public func write(to sink: any ByteSink) throws(ModelFileError) {
    let sorted = tensors.sorted {
      $0.elementType.byteCount != $1.elementType.byteCount
        ? $0.elementType.byteCount > $1.elementType.byteCount
        : $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }
    try sink.write(header(of: sorted))
    for tensor in sorted {
      let start = sink.position
      try tensor.contents(sink)
      guard sink.position - start == tensor.byteCount else {
        throw ErrorContext(file: sink.name, location: tensor.name).error(
          .invalidArgument, expected: "\(tensor.byteCount) bytes of data", found: "\(sink.position - start)")
      }
    }
  }

  private func header(of tensors: [Tensor]) throws(ModelFileError) -> [UInt8] {
    var object = JSONObject()
    if !metadata.isEmpty { object["__metadata__"] = .object(metadata) }
    var offset = 0
    for tensor in tensors {
      let (end, overflow) = offset.addingReportingOverflow(tensor.byteCount)
      guard !overflow, let code = SafetensorsType.code(tensor.elementType) else {
        throw ErrorContext(file: "safetensors", location: tensor.name).error(
          .invalidArgument, expected: "a file of a possible size", found: "too much data")
      }
      object[tensor.name] = [
        "dtype": .string(code), "shape": .array(tensor.shape.map { .integer(Int64($0)) }),
        "data_offsets": [.integer(Int64(offset)), .integer(Int64(end))],
      ]
      offset = end
    }
    var text = Array(JSONValue.object(object).serialized().utf8)
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: text.count.roundedUp(to: 8) - text.count))
    var header = ByteBuilder()
    header.append(UInt64(text.count))
    header.append(text)
    return header.bytes
  }
}
