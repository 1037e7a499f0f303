#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A window of a Fourier transform, under SciPy's name.
public enum WindowFunction: String, Sendable, CaseIterable {
  case boxcar, hann, hamming, blackman, nuttall, blackmanharris, flattop, bartlett, cosine

  /// The window's weights; a periodic window is a symmetric one of one point more, without that.
  func values(_ count: Int, periodic: Bool) -> [Double] {
    guard count > 1 else { return [Double](repeating: 1, count: Swift.max(count, 0)) }
    let last = Double(periodic ? count : count - 1)
    return (0..<count).map { value(Double($0), last: last) }
  }

  private func value(_ place: Double, last: Double) -> Double {
    switch self {
    case .bartlett: return 1 - (2 * place / last - 1).magnitude
    case .cosine: return sin(Double.pi * (place + 0.5) / (last + 1))
    default:
      let angle = 2 * Double.pi * place / last
      return coefficients.enumerated().reduce(0) { sum, term in
        sum + (term.offset.isMultiple(of: 2) ? 1 : -1) * term.element * cos(Double(term.offset) * angle)
      }
    }
  }

  /// a₀ − a₁cos(x) + a₂cos(2x) − …
  private var coefficients: [Double] {
    switch self {
    case .hann: [0.5, 0.5]
    case .hamming: [0.54, 0.46]
    case .blackman: [0.42, 0.5, 0.08]
    case .nuttall: [0.3635819, 0.4891775, 0.1365995, 0.0106411]
    case .blackmanharris: [0.35875, 0.48829, 0.14128, 0.01168]
    case .flattop: [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368]
    case .boxcar, .bartlett, .cosine: [1]
    }
  }
}
