/// Keeps tables small that follow from shapes and arguments, such as the places of all windows along an axis.
///
/// They are made while a model is put together, so a file that only declares large extents would take memory and time
/// before anything in it is used.
enum TableLimit {
  private static let entries = 1 << 22

  /// Why a table of these extents is not made, or `nil` where it may be.
  static func problem(_ extents: Int...) -> String? {
    var count = 1
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 0))
      guard !overflow, product <= entries else {
        let size = extents.map(String.init).joined(separator: " × ")
        return "would need a table of \(size) places, more than \(entries)"
      }
      count = product
    }
    return nil
  }
}
