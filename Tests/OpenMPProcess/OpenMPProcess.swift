// Trains a small network, for tests that set OpenMP's environment or the process's limits: OpenMPProcess [MODE].
//
// Writes the bytes of the weights to standard output and the number of threads at the end to standard error. MODE:
// `host` runs every training inside a parallel region of the program, one on each of its threads, and `nested` inside
// one that is inside another; `one-processor` and `no-threads` set limits first.
import CPUExecutor
import Foundation
import Graph

@main
struct OpenMPProcess {
  static func main() throws {
    let mode = CommandLine.arguments.count > 1 ? CommandLine.arguments[1] : ""
    switch mode {
    case "one-processor": try Limits.useOneProcessor()
    case "no-threads": try Limits.refuseThreads()
    default: break
    }
    let trainings: [Training]
    switch mode {
    case "host":
      // The plan is made outside, for the threads that are there.
      let executable = try Training.executable()
      trainings = try (0..<2).map { _ in try Training(executable) } + [Training(nil), Training(nil)]
      HostRegion.run(trainings.map { training in { training.run() } })
    case "nested":
      trainings = [try Training(nil), try Training(nil)]
      HostRegion.run(trainings.map { training in { HostRegion.run([{ training.run() }, {}]) } })
      trainings[0].runAgain()
    default:
      trainings = [try Training(nil)]
      trainings[0].run()
    }
    for training in trainings { FileHandle.standardOutput.write(try training.weights()) }
    let tasks = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
    FileHandle.standardError.write(Data("threads \(tasks ?? 0)\n".utf8))
  }
}
