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
  /// For each output position and each tap of its window, the input's position, or −1 beyond the border.
  private let taps: [Int32]

  var positionCount: Int { output.reduce(1, &*) }
  private var inputCount: Int { input.reduce(1, &*) }
  private var tapCount: Int { window.reduce(1, &*) }

  /// In entries. The tables of this type must not outgrow what loading a file may take, whatever the file says of the
  /// layer.
  private static let (largestGeometry, largestKernel) = (1 << 21, 1 << 22)

  /// Whether the places of all weights can be listed, which kernels other than `.patches` need.
  var canListWeights: Bool {
    (Self.count(output + window + [channels, filters]) ?? .max) <= Self.largestKernel
      && (Self.count(input + output + [channels, filters]) ?? .max) < Int32.max
  }

  private static func count(_ extents: [Int]) -> Int? {
    var count = 1
    for extent in extents {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard !overflow else { return nil }
      count = product
    }
    return count
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
    guard !output.contains(0), let entries = Self.count(output + window), entries <= Self.largestGeometry,
      let inputCount = Self.count(input + [channels]), inputCount <= Int32.max
    else { return nil }
    // Keras 2 centres a padded window on the stride's multiples.
    let shift = padding == .same ? window.map { $0 / 2 } : [Int](repeating: 0, count: window.count)
    var taps: [Int32] = []
    taps.reserveCapacity(entries)
    var position = [Int](repeating: 0, count: output.count)
    repeat {
      var tap = [Int](repeating: 0, count: window.count)
      repeat {
        var flat = 0
        for axis in input.indices {
          let place = position[axis] * strides[axis] - shift[axis] + tap[axis]
          guard flat >= 0, (0..<input[axis]).contains(place) else {
            flat = -1
            break
          }
          flat = flat * input[axis] + place
        }
        taps.append(Int32(clamping: flat))
      } while Self.advance(&tap, in: window)
    } while Self.advance(&position, in: output)
    self.taps = taps
  }

  /// Moves a row-major position on in a box.
  ///
  /// - Returns: whether there was one more.
  private static func advance(_ position: inout [Int], in extents: [Int]) -> Bool {
    for axis in extents.indices.reversed() {
      position[axis] += 1
      if position[axis] < extents[axis] { return true }
      position[axis] = 0
    }
    return false
  }

  func kernelShape(_ implementation: BaseLocallyConnected.Implementation) -> [Int] {
    switch implementation {
    case .patches: [positionCount, tapCount &* channels, filters]
    case .dense:
      dataFormat == .channelsLast ? input + [channels] + output + [filters] : [channels] + input + [filters] + output
    case .sparse: [taps.count { $0 >= 0 } &* channels &* filters]
    }
  }

  /// The windows' contents, `[batch, positions, taps · channels]`, of an input with its channels last.
  func patches(of x: Tensor) -> Tensor {
    let flat = x.reshape([x.shape[0], inputCount, channels])
    // What lies beyond the border meets a weight of 0.
    let indices = Tensor(taps.map { max($0, 0) })
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
  private func gathered(_ kernel: Tensor, _ indices: [Int32]) -> Tensor {
    kernel.reshape([kernel.shape.elementCount]).pad([(0, 1)]).take(Tensor(indices))
  }

  /// The flat place of each weight in the matrix from the whole input to the whole output, in the patches' order; its
  /// size for the weights beyond the border.
  private func denseIndices() -> [Int32] {
    let size = inputCount * channels * positionCount * filters
    var indices: [Int32] = []
    indices.reserveCapacity(taps.count * channels * filters)
    for (place, tap) in taps.enumerated() {
      let (input, output) = (Int(tap), place / tapCount)
      for channel in 0..<channels {
        for filter in 0..<filters {
          let index =
            dataFormat == .channelsLast
            ? ((input * channels + channel) * positionCount + output) * filters + filter
            : ((channel * inputCount + input) * filters + filter) * positionCount + output
          indices.append(Int32(input < 0 ? size : index))
        }
      }
    }
    return indices
  }

  /// The rank of each weight when those inside the border are sorted by output, then input, as both are flattened. A
  /// window's taps are in that order already.
  private func sparseIndices() -> [Int32] {
    let inside = taps.count { $0 >= 0 } * channels * filters
    var ranks = [Int32](repeating: Int32(inside), count: taps.count * channels * filters)
    var rank: Int32 = 0
    func visit(_ output: Int, _ tap: Int, _ channel: Int, _ filter: Int) {
      let place = output * tapCount + tap
      guard taps[place] >= 0 else { return }
      ranks[(place * channels + channel) * filters + filter] = rank
      rank += 1
    }
    switch dataFormat {
    case .channelsLast:
      for output in 0..<positionCount {
        for filter in 0..<filters {
          for tap in 0..<tapCount { for channel in 0..<channels { visit(output, tap, channel, filter) } }
        }
      }
    case .channelsFirst:
      for filter in 0..<filters {
        for output in 0..<positionCount {
          for channel in 0..<channels { for tap in 0..<tapCount { visit(output, tap, channel, filter) } }
        }
      }
    }
    return ranks
  }
}
