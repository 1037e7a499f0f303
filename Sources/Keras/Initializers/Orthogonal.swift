import Graph
import ModelFiles

/// A matrix with orthonormal rows or columns, whichever are fewer, times `gain`.
///
/// A shape of more than two axes counts as the matrix `[all but the last, last]`: the orthogonal factor of a random
/// normal matrix. Source: Saxe et al. 2014.
public struct Orthogonal: RandomInitializer {
  public static let className = "Orthogonal"
  public let gain: Double
  public let seed: Int?

  public init(gain: Double = 1, seed: Int? = nil) { (self.gain, self.seed) = (gain, seed) }

  public init(from reader: ConfigReader) throws {
    gain = try reader.double("gain", default: 1)
    seed = try Self.seed(reader)
  }

  public var config: Config { ["gain": .number(gain), "seed": JSONValue(seed)] }

  /// - Throws: `KerasError` where the shape has fewer than two axes.
  public func initialize(_ type: TensorType) throws -> Buffer {
    guard type.shape.rank >= 2 else {
      throw KerasError(.incompatibleShape, Self.className, "needs a shape of at least two axes, found \(type.shape)")
    }
    let columns = type.shape[-1]
    let rows = columns == 0 ? 0 : type.shape.elementCount / columns
    let (length, count) = (Swift.max(rows, columns), Swift.min(rows, columns))
    let normal = try fill(TensorType(.float32, [count, length])) { $0.normal() }
    let vectors = orthonormalized(normal.doubles(), count: count, length: length)
    var elements = [Double](repeating: 0, count: rows * columns)
    for vector in 0..<count {
      for place in 0..<length {
        let index = rows < columns ? vector * columns + place : place * columns + vector
        elements[index] = vectors[vector * length + place] * gain
      }
    }
    return try Tensor(elements, shape: type.shape, dtype: type.dtype).buffer()
  }

  /// Gram–Schmidt, twice, so that rounding leaves the vectors orthogonal: the factor Q whose R has a positive
  /// diagonal.
  private func orthonormalized(_ vectors: [Double], count: Int, length: Int) -> [Double] {
    var result = vectors
    result.withUnsafeMutableBufferPointer { vectors in
      for current in 0..<count {
        let start = current * length
        for earlier in (0..<current).flatMap({ [$0, $0] }) {
          let other = earlier * length
          var product = 0.0
          for place in 0..<length { product += vectors[start + place] * vectors[other + place] }
          for place in 0..<length { vectors[start + place] -= product * vectors[other + place] }
        }
        var squares = 0.0
        for place in 0..<length { squares += vectors[start + place] * vectors[start + place] }
        let norm = squares.squareRoot()
        for place in 0..<length { vectors[start + place] /= norm }
      }
    }
    return result
  }
}

extension Initializer where Self == Orthogonal { public static var orthogonal: Orthogonal { Orthogonal() } }
