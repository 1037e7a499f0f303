/// The orders in which files of Keras keep an optimizer's variables.
enum OptimizerOrder: CaseIterable {
  /// Since Keras 3.10: step count, learning rate, what belongs to each weight, what all weights share.
  case current
  /// Before: what all weights share stood before what belongs to each, and a weight's average and the sum of its
  /// gradients together.
  case keras3
  /// Since TensorFlow 2.11: as today, but without the learning rate and what all weights share.
  case keras2

  init(of version: KerasVersion) {
    self = !version.isKeras3 ? .keras2 : version < KerasVersion(3, 10, 0) ? .keras3 : .current
  }
}
