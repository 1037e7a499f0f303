/// Whole numbers of four bits, two in a byte: the first in the lower half.
enum PackedIntegers {
  /// The numbers along an axis of packed ones, as floating-point numbers.
  ///
  /// - Parameters:
  ///   - count: how many there are; with an odd number the last half is empty.
  ///   - signed: from −8 to 7 rather than 0 to 15.
  static func unpacked(_ packed: Tensor, axis: Int, count: Int, signed: Bool) -> Tensor {
    let x = packed.asType(.float32)
    let bytes = `where`(x.less(0), x + 256, x)
    let upper = (bytes / 16).floor()
    let axis = axis < 0 ? axis + packed.rank : axis
    var extents = packed.shape.dimensions
    guard extents.indices.contains(axis) else { return packed }
    extents[axis] *= 2
    let numbers = stack([bytes - upper * 16, upper], axis: axis + 1).reshape(extents).slice(axis: axis, 0..<count)
    return signed ? `where`(numbers.greaterEqual(8), numbers - 16, numbers) : numbers
  }

  /// Numbers from −8 to 7 packed along an axis, as int8.
  static func packed(_ numbers: Tensor, axis: Int) -> Tensor {
    let axis = axis < 0 ? axis + numbers.rank : axis
    var extents = numbers.shape.dimensions
    guard extents.indices.contains(axis) else { return numbers }
    var borders = [(Int, Int)](repeating: (0, 0), count: extents.count)
    borders[axis] = (0, extents[axis] % 2)
    extents[axis] = (extents[axis] + 1) / 2
    extents.insert(2, at: axis + 1)
    let halves = `where`(numbers.less(0), numbers + 16, numbers).pad(borders).reshape(extents)
    let lower = halves.slice(axis: axis + 1, 0..<1).squeeze(axis + 1)
    let bytes = lower + halves.slice(axis: axis + 1, 1..<2).squeeze(axis + 1) * 16
    return `where`(bytes.greaterEqual(128), bytes - 256, bytes).asType(.int8)
  }
}
