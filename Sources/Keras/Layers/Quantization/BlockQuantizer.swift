/// Matrices in whole numbers of four bits, with a scale and a zero for each block of rows of a column.
struct BlockQuantizer {
  let size: Int

  /// - Returns: the whole numbers, from −8 to 7; scales and zeros, `[blocks, columns]`.
  func callAsFunction(_ matrix: Tensor) -> (values: Tensor, scale: Tensor, zero: Tensor) {
    guard matrix.rank == 2 else { return (matrix, matrix, matrix) }
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    let count = (rows + size - 1) / size
    let blocks = matrix.pad([(0, count * size - rows), (0, 0)]).reshape([count, size, columns])
    let low = blocks.min(axis: [1], keepDims: true)
    let scale = (blocks.max(axis: [1], keepDims: true) - low + 1e-7) / 15
    let zero = ((-low / scale).round() - 8).clip(-8, 7)
    let values = ((blocks / scale).round() + zero).clip(-8, 7).reshape([count * size, columns])
    return (values.slice(axis: 0, 0..<rows), scale.squeeze(1), zero.squeeze(1))
  }
}
