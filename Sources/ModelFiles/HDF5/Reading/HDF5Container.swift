import Synchronization

/// What all parts of an open HDF5 file share: the bytes, the widths of its fields, and the limits.
final class HDF5Container: Sendable {
  let source: ByteSource
  /// The bytes of an address field.
  let offsetWidth: Int
  /// The bytes of a size field.
  let lengthWidth: Int
  let budget: AllocationBudget
  /// False only in tests, which otherwise could not get past a checksum with damaged contents.
  let verifiesChecksums: Bool
  /// Groups found before, by the address of their object header: paths are looked up from the root again and again.
  let links = Mutex<[Int: HDF5LinkTable]>([:])

  init(
    source: ByteSource, offsetWidth: Int, lengthWidth: Int, budget: AllocationBudget, verifiesChecksums: Bool
  ) {
    self.source = source
    self.offsetWidth = offsetWidth
    self.lengthWidth = lengthWidth
    self.budget = budget
    self.verifiesChecksums = verifiesChecksums
  }

  func reader(at address: Int, count: Int, _ context: ErrorContext) throws(ModelFileError) -> ByteReader {
    guard count >= 0, address >= 0, address <= source.count, count <= source.count - address else {
      throw context.malformed(
        expected: "\(count) bytes at address \(address)", found: "a file of \(source.count) bytes")
    }
    return ByteReader(try source.bytes(at: address, count: count), context: context)
  }

  func readAddress(_ reader: inout ByteReader) throws(ModelFileError) -> Int? {
    let value = try reader.readUnsigned(width: offsetWidth)
    if value == UInt64.max >> UInt64(64 - 8 * offsetWidth) { return nil }
    guard let address = Int(exactly: value) else {
      throw reader.context.malformed(expected: "an address in the file", found: "\(value)")
    }
    return address
  }

  func requireAddress(_ reader: inout ByteReader, _ what: String) throws(ModelFileError) -> Int {
    guard let address = try readAddress(&reader) else {
      throw reader.context.malformed(expected: "the address of \(what)", found: "an undefined one")
    }
    return address
  }

  func readLength(_ reader: inout ByteReader, _ what: String) throws(ModelFileError) -> Int {
    try reader.readCount(width: lengthWidth, what)
  }

  /// Reads a metadata block that ends with a checksum of all before, and gives the bytes without it.
  func checkedBlock(at address: Int, count: Int, _ context: ErrorContext) throws(ModelFileError) -> ByteReader {
    var reader = try reader(at: address, count: count, context)
    guard count >= 4 else { throw context.malformed(expected: "a checksum", found: "\(count) bytes") }
    let bytes = try reader.readBytes(count - 4)
    try verify(reader.readUInt32(), of: bytes, context)
    return ByteReader(bytes, context: context)
  }

  func verify(_ checksum: UInt32, of bytes: [UInt8], _ context: ErrorContext) throws(ModelFileError) {
    guard verifiesChecksums else { return }
    let actual = HDF5Checksum.lookup3(bytes)
    guard actual == checksum else {
      throw context.malformed(
        expected: "checksum \(String(checksum, radix: 16))", found: String(actual, radix: 16))
    }
  }

  func visits(_ context: ErrorContext) -> HDF5Visits {
    HDF5Visits(byteLimit: source.count, context: context)
  }
}

/// Keeps a walk over linked blocks finite: no block twice, and no more bytes than the file has.
struct HDF5Visits {
  private var addresses: Set<Int> = []
  private var byteCount = 0
  private let byteLimit: Int
  private let context: ErrorContext

  init(byteLimit: Int, context: ErrorContext) {
    self.byteLimit = byteLimit
    self.context = context
  }

  mutating func enter(_ address: Int, count: Int) throws(ModelFileError) {
    let (sum, overflow) = byteCount.addingReportingOverflow(count)
    guard addresses.insert(address).inserted, count >= 0, !overflow, sum <= byteLimit else {
      throw context.malformed(
        expected: "blocks that each lie in one place", found: "a cycle or overlap at address \(address)")
    }
    byteCount = sum
  }
}
