/// A table of numbers, one row a line, with commas between.
///
/// A first line without numbers is taken as names of the columns, as is one in which numbers only count from 0.
/// Fields may be quoted; `nan` and `inf` are numbers; empty lines are skipped.
public struct CSVFile: Sendable {
  /// The names of the columns, where the file has them.
  public let header: [String]?
  public let rowCount: Int
  public let columnCount: Int
  /// The numbers in row-major order.
  public let values: [Double]

  /// - Throws: ``ModelFileError`` that names line and column, for a field that is no number or a row of another length.
  public init(_ source: ByteSource) throws(ModelFileError) {
    var parser = CSVParser(try source.bytes(), source.context)
    try parser.parse()
    header = parser.header
    rowCount = parser.rowCount
    columnCount = parser.columnCount ?? 0
    values = parser.values
  }

  /// The numbers as float32 of shape (rows, columns).
  public func array() throws(ModelFileError) -> ArrayData {
    try ArrayData(values.map { Float($0) }, shape: [rowCount, columnCount])
  }

  /// Writes an array of at most two dimensions, one row a line, with the fewest digits that read back exactly.
  ///
  /// - Parameter header: names of the columns for a first line.
  public static func write(
    _ array: ArrayData, header: [String]? = nil, to sink: any ByteSink
  ) throws(ModelFileError) {
    guard array.shape.count <= 2 else {
      throw ErrorContext(file: sink.name).error(
        .invalidArgument, expected: "at most two dimensions in a CSV file", found: "shape \(array.shape)",
        remedy: "write .npy or .npz instead")
    }
    let columnCount = array.shape.count == 2 ? array.shape[1] : 1
    if let header {
      guard header.count == columnCount else {
        throw ErrorContext(file: sink.name).error(
          .invalidArgument, expected: "\(columnCount) column names", found: "\(header.count)")
      }
      try sink.write(Array((header.map(quoted).joined(separator: ",") + "\n").utf8))
    }
    let fields = try texts(of: array)
    var line: [UInt8] = []
    for (index, field) in fields.enumerated() {
      line.append(contentsOf: field.utf8)
      let endsRow = (index + 1) % columnCount == 0
      line.append(UInt8(ascii: endsRow ? "\n" : ","))
      if endsRow, line.count >= 1 << 16 {
        try sink.write(line)
        line.removeAll(keepingCapacity: true)
      }
    }
    try sink.write(line)
  }

  private static func texts(of array: ArrayData) throws(ModelFileError) -> [String] {
    switch array.elementType {
    case .float16, .bfloat16, .float32: try array.floats().map { text($0, $0.isFinite) }
    case .float64: try array.doubles().map { text($0, $0.isFinite) }
    default: try array.integers().map { String($0) }
    }
  }

  /// As Python spells it.
  private static func text(_ value: some CustomStringConvertible, _ isFinite: Bool) -> String {
    isFinite ? value.description : value.description.replacingPrefix("-nan", with: "nan")
  }

  private static func quoted(_ name: String) -> String {
    let needsQuotes = name.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    return needsQuotes
      ? "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\"" : name
  }
}

extension String {
  fileprivate func replacingPrefix(_ prefix: String, with replacement: String) -> String {
    hasPrefix(prefix) ? replacement + dropFirst(prefix.count) : self
  }
}
