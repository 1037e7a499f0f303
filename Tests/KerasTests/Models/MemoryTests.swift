import Foundation
import Testing

@testable import Keras

#if canImport(Glibc)
  import Glibc

  /// Training and prediction keep to the memory they took at first.
  @Suite(.serialized) struct MemoryTests {
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
