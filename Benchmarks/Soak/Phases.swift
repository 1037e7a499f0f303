import Keras

/// 10,000 training steps and 100,000 single-row predictions.
func soakSteps() throws {
  let model = Sequential {
    Input(28, 28, 1)
    Conv2D(8, kernelSize: 3, activation: .relu)
    MaxPooling2D()
    Flatten()
    Dropout(0.5)
    Dense(10, activation: .softmax)
  }
  try model.compile(loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
  let x = Tensor((0..<32 * 784).map { Float($0 % 255) / 255 }, shape: [32, 28, 28, 1])
  let y = Tensor((0..<32).map { Int32($0 % 10) })
  let row = x.rows(0..<1)
  try model.fit(x, y, epochs: 100, verbose: .silent)
  for _ in 0..<1000 { _ = try model.predict(row) }
  let start = residentMegabytes()
  for part in 1...10 {
    try model.fit(x, y, epochs: 1000, verbose: .silent)
    report("train \(part * 1000)")
  }
  for part in 1...10 {
    for _ in 0..<10_000 { _ = try model.predict(row) }
    report("predict \(part * 10_000)")
  }
  print("  growth: \(decimal(residentMegabytes() - start, 1)) MB")
}

/// Batches of 1 to 32 images.
func soakImages() throws {
  let model = Sequential {
    Input(128, 128, 3)
    Conv2D(16, kernelSize: 3, activation: .relu)
    Conv2D(16, kernelSize: 3, activation: .relu)
  }
  for count in 1...32 {
    _ = try model.predict(Tensor.ones([count, 128, 128, 3]))
    if count % 8 == 0 { report("\(count) images") }
  }
}

/// Sequences of 600 lengths.
func soakSequences() throws {
  let model = Sequential {
    Input(nil, 32)
    LSTM(64)
  }
  for length in 1...600 {
    _ = try model.predict(Tensor.ones([32, length, 32]))
    if length % 100 == 0 { report("length \(length)") }
  }
}

/// 10,000 predictions for 1 to 64 samples each, next to as many for a fixed number of them.
func soakService() throws {
  let digits = Sequential {
    Input(14, 14, 1)
    Conv2D(8, kernelSize: 3, activation: .relu)
    MaxPooling2D()
    Conv2D(16, kernelSize: 3, activation: .relu)
    Flatten()
    Dense(10, activation: .softmax)
  }
  let table = Sequential {
    Input(20)
    Dense(64, activation: .relu)
    Dense(64, activation: .relu)
    Dense(10, activation: .softmax)
  }
  for (name, model, sample) in [("table", table, [20]), ("digits", digits, [14, 14, 1])] {
    let requests = (1...64).map { Tensor.ones(Shape([$0] + sample)) }
    var generator = SplitMix(state: 7)
    let sizes = (0..<10_000).map { _ in Int(generator.next() % 64) }
    let sorted = sizes.sorted()
    var (random, fixed): ([Double], [Double]) = ([], [])
    // In turns, as other programs may run as well; the compilation of each size is part of the first turn.
    for turn in 1...4 {
      random.append(try seconds { for size in sizes { _ = try model.predict(requests[size]) } })
      report("\(name), turn \(turn)")
      fixed.append(try seconds { for size in sorted { _ = try model.predict(requests[size]) } })
    }
    func list(_ times: [Double]) -> String { times.map { decimal($0, 2) }.joined(separator: ", ") }
    print("  \(name), random sizes: \(list(random)) s; a size at a time: \(list(fixed)) s")
  }
}

/// Numbers that are the same in each run.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
