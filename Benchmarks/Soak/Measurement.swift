import Foundation
import Keras

/// Resident megabytes of this process; 0 where the system does not tell.
func residentMegabytes() -> Double {
  guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
    let pages = text.split(separator: " ").dropFirst().first.flatMap({ Double($0) })
  else { return 0 }
  return pages * Double(sysconf(Int32(_SC_PAGESIZE))) / 1e6
}

/// Prints the resident memory.
func report(_ what: String) { print("  \(what): \(decimal(residentMegabytes(), 1)) MB") }

/// Seconds that some work takes.
func seconds(_ work: () throws -> Void) rethrows -> Double {
  let duration = try ContinuousClock().measure(work)
  return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}
