// Trains 10,000 steps and predicts 100,000 single rows, and prints the resident memory on the way: `scripts/soak`.
import Foundation
import Keras

/// Resident megabytes of this process; 0 where the system does not tell.
func residentMegabytes() -> Double {
  guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
    let pages = text.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
  else { return 0 }
  return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
}

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

print("phase      done   resident MB")
func report(_ phase: String, _ done: Int) { print("\(phase)  \(done)   \(decimal(residentMegabytes(), 1))") }

try model.fit(x, y, epochs: 100, verbose: .silent)
for _ in 0..<1000 { _ = try model.predict(row) }
let start = residentMegabytes()
for part in 1...10 {
  try model.fit(x, y, epochs: 1000, verbose: .silent)
  report("train  ", part * 1000)
}
for part in 1...10 {
  for _ in 0..<10_000 { _ = try model.predict(row) }
  report("predict", part * 10_000)
}
print("growth: \(decimal(residentMegabytes() - start, 1)) MB")
