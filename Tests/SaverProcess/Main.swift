// Saves a model over and over, for tests that kill it: SaverProcess PATH COUNT [LARGEST FILE].
//
// All weights of save number n are n. A line on standard output follows each save that went well; an error ends the
// process with its text on standard error.
import Foundation
import Keras

@main
struct SaverProcess {
  static func main() throws {
    let arguments = CommandLine.arguments
    guard arguments.count > 2, let count = Int(arguments[2]) else { exit(64) }
    if arguments.count > 3, let largest = rlim_t(arguments[3]) {
      var limit = rlimit(rlim_cur: largest, rlim_max: largest)
      #if canImport(Glibc)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      #else
        setrlimit(RLIMIT_FSIZE, &limit)
      #endif
      // Like a full disk, a write beyond the limit then fails.
      signal(SIGXFSZ, SIG_IGN)
    }
    let model = Sequential {
      Input(32)
      Dense(64)
      Dense(32)
    }
    for number in 1...max(count, 1) {
      try model.setWeights(model.weights.map { Tensor.full($0.shape, Double(number)) })
      do {
        try model.save(arguments[1])
      } catch {
        FileHandle.standardError.write(Data("\(type(of: error)): \(error)\n".utf8))
        exit(1)
      }
      FileHandle.standardOutput.write(Data("\(number)\n".utf8))
    }
  }
}
