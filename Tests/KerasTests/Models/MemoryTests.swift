import Foundation
import Testing

@testable import Keras

#if canImport(Glibc)
  import Glibc

  /// Training and prediction keep to the memory they took at first.
  @Suite(.serialized) struct MemoryTests {
    /// Batches of every size, ragged ones and sequences of every length: intermediate values take as much memory as those
    /// of the largest, whichever came first.
    @Test func everyShapeSharesMemory() throws {
      let images = Sequential {
        Input(64, 64, 3)
        Conv2D(8, kernelSize: 3, activation: .relu)
        Conv2D(8, kernelSize: 3)
        GlobalAveragePooling2D()
      }
      let sequences = Sequential {
        Input(nil, 16)
        LSTM(32)
      }
      func work() throws {
        for count in 1...48 { _ = try images.predict(Tensor.ones([count, 64, 64, 3]), batchSize: 48) }
        for length in 1...96 { _ = try sequences.predict(Tensor.ones([16, length, 16])) }
      }
      _ = try images.predict(Tensor.ones([48, 64, 64, 3]), batchSize: 48)
      let before = try resident()
      try work()
      // Arenas of their own would be 300 MB for the images and 60 MB for the sequences.
      let growth = try resident() - before
      #expect(growth < 192 << 20, "growth: \(growth)")
    }

    /// Resident bytes of this process.
    private func resident() throws -> Int {
      let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
      let pages = try #require(Int(text.split(separator: " ")[1]))
      return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    @Test func stepsAndPredictionsStayFlat() throws {
      let model = Sequential {
        Input(8, 8, 1)
        Conv2D(4, kernelSize: 3, activation: .relu)
        MaxPooling2D()
        Flatten()
        Dropout(0.5)
        Dense(10, activation: .softmax)
      }
      try model.compile(loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
      let x = Tensor.ones([64, 8, 8, 1])
      let y = Tensor([Int32](repeating: 1, count: 64))
      let row = x.rows(0..<1)
      func work(_ rounds: Int) throws {
        try model.fit(x, y, batchSize: 16, epochs: rounds, verbose: 0)
        for _ in 0..<rounds * 20 { _ = try model.predict(row) }
      }
      try work(25)
      // Other tests run in this process too; a leak would show in every window, their memory does not.
      var growth: [Int] = []
      while growth.count < 8, growth.last.map({ $0 >= 2 << 20 }) ?? true {
        let before = try resident()
        try work(250)
        growth.append(try resident() - before)
      }
      // A leak of one small batch a step would be over 4 MB.
      #expect(growth.last ?? .max < 2 << 20, "growth by window: \(growth)")
    }
  }
#endif
