/// What a plan depends on besides its graph.
struct LoweringOptions: Sendable {
  /// What oneDNN computes in bfloat16 itself.
  var bfloat16: BFloat16Support
  /// The bytes on both sides of each block that nothing may write; 0 but where memory is poisoned.
  var fenceByteCount: Int
}
