/// A trainable update of low rank to a frozen kernel: `alpha / rank · A · B`. Source: Hu et al. 2021 (LoRA).
struct LowRankUpdate: Sendable {
  /// The kernel's shape with its last extent replaced by the rank.
  let a: Variable
  /// `[rank, the kernel's last extent]`.
  let b: Variable
  let scale: Double

  func update(_ context: CallContext) -> Tensor { context[a].matmul(context[b]) * scale }
}

extension Layer {
  /// Freezes a kernel and adds the variables of a low-rank update to it.
  func addLowRankUpdate(
    of kernel: Variable, rank: Int, alpha: Double?, regularizer: (any Regularizer)?
  ) throws -> LowRankUpdate {
    let extents = kernel.shape.dimensions
    let a = try addWeight(
      "lora_kernel_a", shape: extents.dropLast() + [rank], initializer: .heUniform, dtype: .float32,
      regularizer: regularizer)
    let b = try addWeight(
      "lora_kernel_b", shape: [rank] + extents.suffix(1), initializer: .zeros, dtype: .float32,
      regularizer: regularizer)
    kernel.trainable = false
    return LowRankUpdate(a: a, b: b, scale: (alpha ?? Double(rank)) / Double(rank))
  }
}
