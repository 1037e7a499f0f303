#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// How much `fit`, `evaluate` and `predict` tell.
public enum Verbosity: Int, Sendable, ExpressibleByIntegerLiteral {
  case silent = 0
  /// One live line while a terminal watches; else one plain line an epoch.
  case automatic = 1
  /// One plain line an epoch.
  case line = 2

  public init(integerLiteral value: Int) { self = Verbosity(rawValue: value) ?? .automatic }
}

/// Shows how a loop over batches goes: on a terminal one live line with a bar, metrics, time a step and time left;
/// elsewhere one line at the end.
struct ProgressBar {
  private let steps: Int
  private let isLive: Bool
  private let isSilent: Bool
  private let start = monotonicSeconds()
  private var lastDrawn = 0.0
  private var firstStepEnd: Double?

  init(steps: Int, verbose: Verbosity) {
    self.steps = steps
    isSilent = verbose == .silent
    isLive = verbose == .automatic && isatty(STDOUT_FILENO) == 1
  }

  func announce(_ line: @autoclosure () -> String) {
    if !isSilent { write(line() + "\n") }
  }

  /// Redraws the live line, some ten times a second at the most.
  mutating func step(_ done: Int, _ logs: @autoclosure () throws -> Logs) rethrows {
    guard isLive, !isSilent else { return }
    let now = monotonicSeconds()
    guard now - lastDrawn > 0.1 || done == steps else { return }
    // The first step compiles; the others tell how long the rest takes.
    let base = firstStepEnd.map { (now - $0) / Double(max(done - 1, 1)) } ?? (now - start) / Double(max(done, 1))
    if firstStepEnd == nil { firstStepEnd = now }
    lastDrawn = now
    let width = 20
    let filled = steps > 0 ? width * done / steps : width
    let bar = String(repeating: "━", count: filled) + String(repeating: "·", count: width - filled)
    let left = Double(steps - done) * base
    write("\r\u{1b}[K\(done)/\(steps) \(bar) \(duration(left)) \(perStep(base))\(text(try logs()))")
  }

  /// The closing line.
  func finish(_ logs: Logs) {
    guard !isSilent else { return }
    let seconds = monotonicSeconds() - start
    let line = "\(steps)/\(steps) - \(duration(seconds)) - \(perStep(seconds / Double(max(steps, 1))))\(text(logs))"
    write((isLive ? "\r\u{1b}[K" : "") + line + "\n")
  }

  private func text(_ logs: Logs) -> String { logs.map { " - \($0.name): \(formatted($0.value))" }.joined() }

  private func perStep(_ seconds: Double) -> String {
    if seconds >= 1 { return "\(decimal(seconds, 1))s/step" }
    if seconds >= 1e-3 { return "\(decimal(seconds * 1e3, seconds < 0.1 ? 1 : 0))ms/step" }
    return "\(decimal(seconds * 1e6, 0))us/step"
  }

  private func duration(_ seconds: Double) -> String {
    let whole = Int(min(max(seconds, 0), 1e9).rounded())
    if whole >= 3600 { return "\(whole / 3600):\(padded(whole % 3600 / 60)):\(padded(whole % 60))" }
    return whole >= 60 ? "\(whole / 60):\(padded(whole % 60))" : "\(whole)s"
  }

  private func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  private func write(_ text: String) {
    print(text, terminator: "")
    // All streams: `stdout` itself cannot be named from concurrent code.
    fflush(nil)
  }
}

/// Seconds on a clock that never jumps.
func monotonicSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// As Keras prints metrics: four decimals, or an exponent for small ones.
func formatted(_ value: Double) -> String {
  guard value.isFinite else { return "\(value)" }
  return value.magnitude > 1e-3 || value == 0 ? decimal(value, 4) : exponential(value)
}

/// A number with that many decimals.
public func decimal(_ value: Double, _ places: Int) -> String { printed("%.\(places)f", value) }

func exponential(_ value: Double) -> String { printed("%.4e", value) }

private func printed(_ format: String, _ value: Double) -> String {
  var characters = [CChar](repeating: 0, count: 400)
  let length = withVaList([value]) { vsnprintf(&characters, characters.count, format, $0) }
  return String(decoding: characters.prefix(Swift.max(0, Int(length))).map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
