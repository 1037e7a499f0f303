extension Array where Element: BitwiseCopyable {
  /// An array of `unsafeCount` elements that `fill` must write completely, without zeroing them first.
  init(
    unsafeCount count: Int,
    filledBy fill: (UnsafeMutableBufferPointer<Element>) throws(ModelFileError) -> Void
  ) throws(ModelFileError) {
    var failure: ModelFileError?
    self.init(unsafeUninitializedCapacity: count) { buffer, initializedCount in
      do throws(ModelFileError) {
        try fill(UnsafeMutableBufferPointer(rebasing: buffer[..<count]))
        initializedCount = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
  }
}
