// Damages model files and looks at what becomes of them: `scripts/fuzz [COUNT] [FIRST]`.
import Foundation
import FuzzSupport

@main
struct Fuzz {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.dropFirst(2).compactMap { UInt64($0) }
    let fixtures = arguments.dropFirst().first ?? "Tests/KerasTests/Fixtures"
    switch (arguments.first, numbers.count) {
    case ("work", 2):
      try Worker(fixtures: fixtures).run(numbers[0]..<numbers[1])
    case ("write", 1):
      let fuzzer = ModelFuzzer(seeds: try ModelSeed.all(fixtures: fixtures), folder: ".")
      let (seed, bytes) = fuzzer.file(numbers[0])
      try Data(bytes).write(to: URL(fileURLWithPath: "fuzz-\(numbers[0]).\(seed.format.rawValue)"))
      print(seed.name)
    case ("make", 1):
      try LoadMeasurement.write(fixtures, megabytes: Int(numbers[0]))
    case ("load", 0):
      exit(try LoadMeasurement(path: fixtures).run() ? 0 : 1)
    case ("soak", 2):
      exit(try Soak(fixtures: fixtures).run(first: numbers[0], count: numbers[1]) ? 0 : 1)
    default:
      print(
        "usage: Fuzz soak FIXTURES FIRST COUNT | work FIXTURES FIRST END | write FIXTURES NUMBER | load FILE | "
          + "make FILE MEGABYTES")
      exit(64)
    }
  }
}
