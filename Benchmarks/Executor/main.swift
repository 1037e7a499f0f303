import CPUExecutor
import Graph

// Times training steps and predictions of models written in the IR: `ExecutorBenchmark [WORKLOAD…]`. With
// KERAS_PROFILE set, also prints the dearest steps.

func filled(_ type: TensorType, seed: UInt32, scale: Double) -> Buffer {
  let buffer = Buffer(type)
  let random = Philox(key: (seed, 1))
  for index in 0..<type.shape.elementCount {
    let unit = Double(random.word(UInt64(index)) >> 8) * 0x1p-24
    let value = type.dtype.isFloatingPoint ? (unit - 0.5) * scale : (unit * scale).rounded(.down)
    for (offset, byte) in type.dtype.encode(value).enumerated() {
      buffer.mutableBytes[index * type.dtype.byteCount + offset] = byte
    }
  }
  return buffer
}

let clock = ContinuousClock()

func milliseconds(_ duration: Duration) -> Double {
  Double(duration.components.seconds) * 1e3 + Double(duration.components.attoseconds) / 1e15
}

func best(of repetitions: Int, _ body: () throws -> Void) rethrows -> Double {
  var result = Double.infinity
  for _ in 0..<repetitions { result = min(result, milliseconds(try clock.measure(body))) }
  return result
}

func rounded(_ value: Double) -> String {
  let scaled = Int((value * 1000).rounded())
  let fraction = String(scaled % 1000)
  return "\(scaled / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
}

func report(_ executable: CPUExecutable) {
  for step in executable.profile.prefix(24) where step.runs > 0 {
    print("    \(rounded(Double(step.nanoseconds) / Double(step.runs) / 1e6)) ms  \(step.name)")
  }
}

let wanted = CommandLine.arguments.dropFirst()
for workload in TrainingGraph.all where wanted.isEmpty || wanted.contains(workload.name) {
  let start = clock.now
  let graph = try workload.training()
  let recorded = clock.now
  let training = try CPUExecutor().compileExecutable(graph)
  let compiled = clock.now
  var arguments: [Buffer] = []
  for (position, type) in graph.parameterTypes.enumerated() {
    let isMoment = position >= 4 + workload.weights.count
    let scale =
      type.dtype == .int32 ? (position == 0 ? 20000 : 2) : type.dtype == .uint32 ? 1e6 : position == 0 ? 2 : 0.1
    arguments.append(isMoment || position == 3 ? Buffer(type) : filled(type, seed: UInt32(position), scale: scale))
  }
  let results = graph.outputTypes.indices.map { position in
    graph.updates[position].map { arguments[$0] } ?? Buffer(graph.outputTypes[position])
  }
  let first = try best(of: 1) { try training.run(arguments, into: results) }
  let step = try best(of: 30) { try training.run(arguments, into: results) }
  let loss = withExtendedLifetime(results) { results[0].pointer.load(as: Float.self) }
  print(
    "\(workload.name): record \(rounded(milliseconds(recorded - start))) ms, compile "
      + "\(rounded(milliseconds(compiled - recorded))) ms, first step \(rounded(first)) ms, step \(rounded(step)) ms, "
      + "loss \(loss), arena \(training.arenaByteCount >> 10) KiB")
  report(training)
  for rows in [workload.input.shape[0], 1] {
    let graph = try workload.prediction(rows: rows)
    let prediction = try CPUExecutor().compileExecutable(graph)
    let inputs = [filled(graph.parameterTypes[0], seed: 9, scale: 2)] + arguments[4..<(4 + workload.weights.count)]
    let outputs = graph.outputTypes.map { Buffer($0) }
    try prediction.run(inputs, into: outputs)
    let time = try best(of: 50) { for _ in 0..<10 { try prediction.run(inputs, into: outputs) } } / 10
    print("  predict \(rows) rows: \(rounded(time)) ms")
    report(prediction)
  }
}
