import Graph
import Synchronization

/// An n-dimensional array of numbers: the one type that layers take and give.
///
/// A tensor holds numbers, or stands for numbers that a model will be given (`Input`), or for numbers inside a step
/// that is being traced. The same operations work on all three. No operation throws or traps: one that makes no sense
/// gives a tensor that remembers why, and the next throwing call (`Model`, `compile`, `fit`, `scalars`, …) throws it.
///
/// ```swift
/// let x = Tensor([1, 2, 3, 4], shape: [2, 2])
/// let y = (x * 2 + 1).mean(axis: [0])
/// print(try y.scalars())   // [5.0, 7.0]
/// ```
public struct Tensor: Sendable {
  enum Content: Sendable {
    case concrete(Buffer)
    case traced(Trace, Expression)
    case symbolic(SymbolicTensor)
    case failed(KerasError)
  }

  let content: Content
  private let maskBox: Box?

  /// Which time steps count, as Keras's mask: bool, and kept by layers that support masking.
  public var mask: Tensor? { maskBox?.tensor.withLock { $0 } }

  /// Takes the mask off this tensor and all copies of it, as Keras's `MultiHeadAttention` does with what it is called
  /// on.
  func dropMask() { maskBox?.tensor.withLock { $0 = nil } }

  /// Puts a mask on this tensor and, where it had one, on all copies of it.
  func remasked(by mask: Tensor) -> Tensor {
    guard let maskBox else { return masked(by: mask) }
    maskBox.tensor.withLock { $0 = mask }
    return self
  }

  private final class Box: Sendable {
    let tensor: Mutex<Tensor?>
    init(_ tensor: Tensor) { self.tensor = Mutex(tensor) }
  }

  init(_ content: Content, mask: Tensor? = nil) {
    self.content = content
    maskBox = mask.map(Box.init)
  }

  init(failure: KerasError) { self.init(.failed(failure)) }
  init(_ buffer: Buffer) { self.init(.concrete(buffer)) }

  /// The same values with another mask.
  public func masked(by mask: Tensor?) -> Tensor { Tensor(content, mask: mask) }

  public var dtype: DType {
    switch content {
    case .concrete(let buffer): buffer.type.dtype
    case .traced(_, let expression): expression.dtype
    case .symbolic(let symbol): symbol.dtype
    case .failed: .float32
    }
  }

  /// The extents; `nil` where a symbolic tensor leaves one open (the batch, as a rule).
  public var partialShape: [Int?] {
    switch content {
    case .concrete(let buffer): buffer.type.shape.dimensions
    case .traced(_, let expression): expression.shape.dimensions
    case .symbolic(let symbol): symbol.shape
    case .failed: []
    }
  }

  /// The extents, with 1 where a symbolic tensor leaves one open. Inside `Layer.call` every extent is known.
  public var shape: Shape {
    switch content {
    case .concrete(let buffer): buffer.type.shape
    case .traced(_, let expression): expression.shape
    case .symbolic(let symbol): Shape(symbol.shape.map { $0 ?? 1 })
    case .failed: .scalar
    }
  }

  public var rank: Int { partialShape.count }

  /// Why there are no numbers here, if an earlier operation made no sense.
  public var failure: KerasError? {
    if case .failed(let error) = content { return error }
    return nil
  }

  /// The memory behind a tensor that holds numbers.
  func buffer() throws -> Buffer {
    switch content {
    case .concrete(let buffer): return buffer
    case .failed(let error): throw error
    case .traced, .symbolic:
      throw KerasError(
        .notReady, "Tensor", "this tensor stands for values that are not computed yet; read it from a prediction")
    }
  }
}
