// Watches the resident memory: `scripts/soak`, or `scripts/soak PHASE`.
import Foundation
import Keras

let phases: [(name: String, run: () throws -> Void)] = [
  ("steps", soakSteps), ("images", soakImages), ("sequences", soakSequences), ("service", soakService),
]
let wanted = CommandLine.arguments.dropFirst()
for phase in phases where wanted.isEmpty || wanted.contains(phase.name) {
  print("\(phase.name)")
  try phase.run()
  clearCaches()
  print("  after clearCaches: \(decimal(residentMegabytes(), 1)) MB")
}
