import Graph

// Functions of the bits of integers; on bool they are the logical ones.

extension Tensor {
  public func bitwiseAnd(_ other: Tensor) -> Tensor { binary("BitwiseAnd", other) { $0.binary(.and, $1) } }
  public func bitwiseOr(_ other: Tensor) -> Tensor { binary("BitwiseOr", other) { $0.binary(.or, $1) } }
  public func bitwiseXor(_ other: Tensor) -> Tensor { binary("BitwiseXor", other) { $0.binary(.xor, $1) } }
  public func bitwiseNot() -> Tensor { unary("BitwiseNot") { $0.not() } }
  public func leftShift(_ other: Tensor) -> Tensor { binary("LeftShift", other) { $0.binary(.shiftLeft, $1) } }
  public func rightShift(_ other: Tensor) -> Tensor {
    binary("RightShift", other) {
      $0.binary($0.dtype.isSignedInteger ? .shiftRightArithmetic : .shiftRightLogical, $1)
    }
  }
}
