/// Collects texts of variable length into collections of the global heap.
struct HDF5GlobalHeapEncoder {
  private static let smallestByteCount = 4096
  private static let headByteCount = 16

  private struct Collection {
    var objects = ByteBuilder()
    var count: UInt16 = 0
  }

  private var collections: [Collection] = []
  private var references: [(position: Int, collection: Int, index: UInt16)] = []

  /// Adds a text to which the reference at `position` of the image will point.
  mutating func add(_ text: String, referenceAt position: Int) {
    let byteCount = 16 + text.utf8.count.roundedUp(to: 8)
    let room = HDF5GlobalHeapEncoder.smallestByteCount - HDF5GlobalHeapEncoder.headByteCount
    // A text too large for a usual collection makes its own one larger.
    if collections.isEmpty || collections[collections.count - 1].objects.count + byteCount > room {
      collections.append(Collection())
    }
    let last = collections.count - 1
    collections[last].count += 1
    let index = collections[last].count
    collections[last].objects.append(index)
    collections[last].objects.append(1 as UInt16)
    collections[last].objects.append(0 as UInt32)
    collections[last].objects.append(Int64(text.utf8.count))
    collections[last].objects.append(text.utf8)
    collections[last].objects.pad(to: 8)
    references.append((position, last, index))
  }

  /// Appends the collections to the image and fills in the references.
  func place(in image: inout ByteBuilder) {
    var addresses: [Int] = []
    for collection in collections {
      image.pad(to: 8)
      addresses.append(image.count)
      let used = HDF5GlobalHeapEncoder.headByteCount + collection.objects.count
      let byteCount = max(HDF5GlobalHeapEncoder.smallestByteCount, used)
      image.append(signature: "GCOL")
      image.append(1 as UInt32)
      image.append(Int64(byteCount))
      image.append(collection.objects.bytes)
      let free = byteCount - used
      if free >= 16 {
        image.append(0 as UInt64)
        image.append(Int64(free))
        image.appendZeros(free - 16)
      } else {
        image.appendZeros(free)
      }
    }
    for (position, collection, index) in references {
      image.overwrite(at: position + 4, with: addresses[collection])
      var bytes = ByteBuilder()
      bytes.append(UInt32(index))
      image.overwrite(at: position + 12, with: bytes.bytes)
    }
  }
}
