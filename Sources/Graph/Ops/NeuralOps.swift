/// A cross-correlation over the spatial axes of channels-last activations.
public struct Convolution: Hashable, Sendable {
  public var strides: [Int]
  public var paddingLow: [Int]
  public var paddingHigh: [Int]
  /// Distance between the window's taps; 1 is dense.
  public var dilations: [Int]
  /// Input and output channels are split into this many independent parts.
  public var groups: Int

  public init(strides: [Int], paddingLow: [Int], paddingHigh: [Int], dilations: [Int], groups: Int = 1) {
    self.strides = strides
    self.paddingLow = paddingLow
    self.paddingHigh = paddingHigh
    self.dilations = dilations
    self.groups = groups
  }

  public var spatialRank: Int { strides.count }
}

/// A window slid over the spatial axes of channels-last activations.
public struct Pooling: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable { case maximum, average }

  public var kind: Kind
  public var window: [Int]
  public var strides: [Int]
  public var paddingLow: [Int]
  public var paddingHigh: [Int]

  public init(_ kind: Kind, window: [Int], strides: [Int], paddingLow: [Int], paddingHigh: [Int]) {
    self.kind = kind
    self.window = window
    self.strides = strides
    self.paddingLow = paddingLow
    self.paddingHigh = paddingHigh
  }

  /// The element type of the maximum's position inside its window.
  public var positionType: DType { window.reduce(1, &*) <= 255 ? .uint8 : .int32 }
}

/// A recurrent layer run over all time steps at once, time-major.
///
/// Gates are in Keras's order: LSTM i, f, c, o; GRU z, r, h. A masked step repeats the state and the output before it
/// (zeros in the output where `zeroOutputForMask`).
public struct Recurrent: Hashable, Sendable {
  public enum Cell: Hashable, Sendable {
    case simple
    case lstm
    /// `resetAfter`: the reset gate multiplies `h·U + b` (cuDNN's form) instead of `h` before its product.
    case gru(resetAfter: Bool)

    public var gateCount: Int {
      switch self {
      case .simple: 1
      case .lstm: 4
      case .gru: 3
      }
    }
    public var stateCount: Int { self == .lstm ? 2 : 1 }
  }

  public var cell: Cell
  /// Of the candidate and the output (`tanh` by default); only functions whose gradient is known from their output.
  public var activation: Activation
  /// Of the gates (`sigmoid` by default).
  public var recurrentActivation: Activation
  /// From the last time step to the first; the sequence is in the order of processing.
  public var reversed: Bool
  public var hasMask: Bool
  public var zeroOutputForMask: Bool

  public enum Activation: String, Hashable, Sendable, CaseIterable {
    case linear, tanh, sigmoid, relu
    /// relu6(x + 3) / 6.
    case hardSigmoid
  }

  public init(
    _ cell: Cell, activation: Activation = .tanh, recurrentActivation: Activation = .sigmoid, reversed: Bool = false,
    hasMask: Bool = false, zeroOutputForMask: Bool = false
  ) {
    self.cell = cell
    self.activation = activation
    self.recurrentActivation = recurrentActivation
    self.reversed = reversed
    self.hasMask = hasMask
    self.zeroOutputForMask = zeroOutputForMask
  }
}
