import Graph

/// The geometry of a locally connected layer: which input each output position sees, and where each kernel layout
/// keeps the weight between them.
struct LocalWindows: Sendable {
  let input: [Int]
  let output: [Int]
  let window: [Int]
  let channels: Int
  let filters: Int
  let dataFormat: DataFormat
  /// For each output position and each tap of its window, the input's position, or `nil` beyond the border.
  private let taps: [[Int?]]

  var positionCount: Int { output.reduce(1, &*) }
  private var inputCount: Int { input.reduce(1, &*) }
  private var tapCount: Int { window.reduce(1, &*) }

  /// In entries. The tables of this type must not outgrow memory, whatever a file says of the layer.
  private static let largestTable = 1 << 24

  /// Whether the tables for these extents are of a size that one can have.
  static func canList(_ extents: [Int]) -> Bool {
    var count = 1
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= largestTable else { return false }
      count = product
    }
    return true
  }

  /// `nil` where the window does not fit, or there are too many to list.
  init?(
    input: [Int], window: [Int], strides: [Int], padding: PaddingMode, channels: Int, filters: Int,
    dataFormat: DataFormat
  ) {
    self.input = input
    self.window = window
    self.channels = channels
    self.filters = filters
    self.dataFormat = dataFormat
    output = input.indices.map { axis in
      let room = padding == .same ? input[axis] : input[axis] - window[axis] + 1
      return room <= 0 ? 0 : (room - 1) / strides[axis] + 1
    }
    guard !output.contains(0), Self.canList(output + window), Shape(input + [channels]).isValid else { return nil }
    let (input, output) = (input, output)
    // Keras 2 centres a padded window on the stride's multiples.
    let shift = padding == .same ? window.map { $0 / 2 } : [Int](repeating: 0, count: window.count)
    taps = Self.places(output).map { position in
      Self.places(window).map { tap in
        var flat = 0
        for axis in input.indices {
          let place = position[axis] * strides[axis] - shift[axis] + tap[axis]
          guard (0..<input[axis]).contains(place) else { return nil }
          flat = flat * input[axis] + place
        }
        return flat
      }
    }
  }

  /// All positions of a box, row-major.
  private static func places(_ extents: [Int]) -> [[Int]] {
    extents.reduce([[]]) { prefixes, extent in prefixes.flatMap { prefix in (0..<extent).map { prefix + [$0] } } }
  }

  func kernelShape(_ implementation: BaseLocallyConnected.Implementation) -> [Int] {
    switch implementation {
    case .patches: [positionCount, tapCount &* channels, filters]
    case .dense:
      dataFormat == .channelsLast ? input + [channels] + output + [filters] : [channels] + input + [filters] + output
    case .sparse: [taps.joined().reduce(0) { $1 == nil ? $0 : $0 + 1 } &* channels &* filters]
    }
  }

  /// The windows' contents, `[batch, positions, taps · channels]`, of an input with its channels last.
  func patches(of x: Tensor) -> Tensor {
    let flat = x.reshape([x.shape[0], inputCount, channels])
    // What lies beyond the border meets a weight of 0.
    let indices = Tensor(taps.joined().map { Int32(truncatingIfNeeded: $0 ?? 0) })
    return flat.take(indices, axis: 1).reshape([x.shape[0], positionCount, tapCount * channels])
  }

  /// A kernel of any layout as `[positions, taps · channels, filters]`.
  func patchKernel(_ kernel: Tensor, _ implementation: BaseLocallyConnected.Implementation) -> Tensor {
    let shape = [positionCount, tapCount * channels, filters]
    switch implementation {
    case .patches:
      guard dataFormat == .channelsFirst else { return kernel }
      return kernel.reshape([positionCount, channels, tapCount, filters]).transpose([0, 2, 1, 3]).reshape(shape)
    case .dense: return gathered(kernel, denseIndices()).reshape(shape)
    case .sparse: return gathered(kernel, sparseIndices()).reshape(shape)
    }
  }

  /// Elements of the flattened kernel; 0 for the index one past its end.
  private func gathered(_ kernel: Tensor, _ indices: [Int]) -> Tensor {
    let flat = kernel.reshape([kernel.shape.elementCount]).pad([(0, 1)])
    return flat.take(Tensor(indices.map { Int64($0) }))
  }

  /// The flat place of each weight in the matrix from the whole input to the whole output, in the patches' order; its
  /// size for the weights beyond the border.
  private func denseIndices() -> [Int] {
    let size = inputCount * channels * positionCount * filters
    return indices(missing: size) { input, channel, output, filter in
      dataFormat == .channelsLast
        ? ((input * channels + channel) * positionCount + output) * filters + filter
        : ((channel * inputCount + input) * filters + filter) * positionCount + output
    }
  }

  /// The rank of each weight when those inside the border are sorted by output, then input, as both are flattened.
  private func sparseIndices() -> [Int] {
    let keys = indices(missing: -1) { input, channel, output, filter in
      let row = dataFormat == .channelsLast ? output * filters + filter : filter * positionCount + output
      let column = dataFormat == .channelsLast ? input * channels + channel : channel * inputCount + input
      return row * inputCount * channels + column
    }
    let sorted = keys.indices.filter { keys[$0] >= 0 }.sorted { keys[$0] < keys[$1] }
    var ranks = [Int](repeating: sorted.count, count: keys.count)
    for (rank, place) in sorted.enumerated() { ranks[place] = rank }
    return ranks
  }

  private func indices(
    missing: Int, _ index: (_ input: Int, _ channel: Int, _ output: Int, _ filter: Int) -> Int
  ) -> [Int] {
    var result: [Int] = []
    result.reserveCapacity(positionCount * tapCount * channels * filters)
    for (output, seen) in taps.enumerated() {
      for input in seen {
        for channel in 0..<channels {
          for filter in 0..<filters { result.append(input.map { index($0, channel, output, filter) } ?? missing) }
        }
      }
    }
    return result
  }
}
