// Times the standard workloads and prints one JSON line each, in the form of the peers' script:
//
//   scripts/benchmark [WORKLOAD…]
//
// train_ms    best of 3 epochs, mean per step, Adam, with an accuracy metric (fit)
// predict_ms  mean per full batch (predict)
// one_row_ms  mean of 10 predict calls on a single row
// first_ms    the first two training steps, compilation included
import Foundation
import Keras

func milliseconds(_ body: () throws -> Void) rethrows -> Double {
  let start = ContinuousClock.now
  try body()
  let elapsed = start.duration(to: .now).components
  return Double(elapsed.seconds) * 1e3 + Double(elapsed.attoseconds) * 1e-15
}

func measure(_ workload: Workload) throws -> String {
  let model = try workload.model()
  let (x, y, batch) = (workload.inputs(), workload.labels(), workload.batch)
  let isBinary = workload.classes == 2 && model.outputs.first?.partialShape.last == 1
  try model.compile(
    optimizer: Adam(), loss: isBinary ? .binaryCrossentropy : .sparseCategoricalCrossentropy, metrics: [.accuracy])
  let (firstX, firstY) = (x.rows(0..<2 * batch), y.rows(0..<2 * batch))
  let first = try milliseconds { try model.fit(firstX, firstY, batchSize: batch, verbose: .silent) }
  let steps = Double(workload.count / batch)
  var train = Double.infinity
  for _ in 0..<3 {
    train = min(train, try milliseconds { try model.fit(x, y, batchSize: batch, verbose: .silent) } / steps)
  }
  _ = try model.predict(x.rows(0..<batch), batchSize: batch)
  let predict = try milliseconds { _ = try model.predict(x, batchSize: batch) } / steps
  let row = x.rows(0..<1)
  _ = try model.predict(row)
  let one = try milliseconds { for _ in 0..<10 { _ = try model.predict(row) } } / 10
  let profile = model.profile()
  if !profile.isEmpty { FileHandle.standardError.write(Data((profile + "\n").utf8)) }
  return """
    {"peer": "swift-keras", "workload": "\(workload.name)", "train_ms": \(decimal(train, 3)), \
    "predict_ms": \(decimal(predict, 3)), "one_row_ms": \(decimal(one, 4)), "first_ms": \(decimal(first, 1)), \
    "import_s": 0}
    """
}

let wanted = CommandLine.arguments.dropFirst()
let unknown = wanted.filter { name in !Workload.all.contains { $0.name == name } }
guard unknown.isEmpty else {
  print("unknown: \(unknown.joined(separator: ", ")); there are \(Workload.all.map(\.name).joined(separator: ", "))")
  throw KerasError(.invalidArgument, "benchmark", "unknown workload")
}
for workload in Workload.all where wanted.isEmpty || wanted.contains(workload.name) {
  print(try measure(workload))
}
