/// Every operation of the graph, with what is fixed when the graph is built.
///
/// Meanings follow StableHLO unless said otherwise, and every operation is total: what a value cannot be computed
/// from (an index out of range, say) is defined in the case's comment. An operation that one library call computes
/// as a whole (convolution, batch normalisation, softmax, a recurrent layer) is one case; those listed by
/// `Op.decomposition` can also be written in the others.
///
/// Adding a case makes the compiler list what it needs: inference, gradient, interpreter, executor.
public indirect enum Op: Hashable, Sendable {
  // MARK: Sources
  /// The argument with this position.
  case parameter(Int, TensorType)
  case constant(Literal)
  /// Counts 0, 1, 2… along one axis.
  case iota(TensorType, axis: Int)
  /// Uniform random bits: inputs `key` (uint32[2]); output uint32 of this shape. See `Philox`.
  case randomBits(Shape)

  // MARK: Elementwise; all operands have the same shape
  case unary(UnaryOp)
  case binary(BinaryOp)
  /// Result is `bool`.
  case compare(Comparison)
  /// Inputs `condition` (bool), `onTrue`, `onFalse`.
  case select
  /// Value conversion: floats to integers truncate and saturate (NaN gives 0); to bool is `!= 0`.
  case convert(DType)
  /// The same bits under another element type of the same size.
  case bitcast(DType)

  // MARK: Movement
  case reshape(Shape)
  /// Input axis `i` becomes result axis `axes[i]` (strictly increasing); extent-1 axes and new axes repeat.
  case broadcast(Shape, axes: [Int])
  /// Result axis `i` is input axis `permutation[i]`.
  case transpose([Int])
  case reverse(axes: [Int])
  case slice(Slicing)
  /// Inputs `operand`, `value` (scalar). Negative low or high padding crops.
  case pad(Padding)
  case concatenate(axis: Int)
  /// Inputs `operand`, `starts` (int32[rank]); starts are clamped so that the slice lies inside.
  case dynamicSlice(sizes: [Int])
  /// Inputs `operand`, `update`, `starts` (int32[rank]), clamped likewise.
  case dynamicUpdateSlice
  /// Inputs `operand`, `indices` (int32 or int64, any shape): the index's axes replace `axis`.
  /// Indices are clamped into range.
  case gather(axis: Int)
  /// Inputs `operand`, `indices`, `updates` (shaped as `gather` gives): adds at the indexed places; an index out of
  /// range adds nothing.
  case scatterAdd(axis: Int)
  /// Inputs `operand`, `indices` of equal rank, equal extents but for `axis`. Indices are clamped into range.
  case gatherAlong(axis: Int)
  /// Inputs `operand`, `indices`, `updates` (shaped as the indices); an index out of range adds nothing.
  case scatterAddAlong(axis: Int)

  // MARK: Reductions; reduced axes disappear
  case reduce(Reduction, axes: [Int])
  /// The first position of the largest or smallest element, int32; NaN counts as the extreme.
  case argReduce(ArgReduction, axis: Int)
  /// Running reduction along an axis, inclusive.
  case cumulative(Reduction, axis: Int, reverse: Bool)
  /// Stable sort along an axis; results `values`, `indices` (int32). NaN sorts last.
  case sort(axis: Int, descending: Bool)

  // MARK: Linear algebra
  case dot(DotDimensions)
  /// Lower Cholesky factor of `[…, n, n]`; NaN where the matrix is not positive definite.
  case cholesky
  /// Inputs `a` (`[…, n, n]`), `b` (`[…, n, m]`): solves with a triangular matrix.
  case triangularSolve(TriangularSolve)
  /// Matrix factorisations of `[…, m, n]` that only some executors compute themselves.
  case factorize(Factorization)

  // MARK: Neural networks; activations are channels-last
  /// Inputs `x` `[n, spatial…, cIn]`, `kernel` `[window…, cIn / groups, cOut]`.
  case convolution(Convolution)
  /// Inputs `gradient` (shaped as the convolution's output), `kernel`; result `[n, spatial…, cIn]` of this shape.
  /// This is the transposed convolution.
  case convolutionInputGradient(Convolution, input: Shape)
  /// Inputs `x`, `gradient`; result of the kernel's shape.
  case convolutionKernelGradient(Convolution, kernel: Shape)
  /// Maximum: results `y` and `position`, the place of the maximum (the first one) inside its window, row-major,
  /// uint8 where the window has at most 255 places, else int32. Average: result `y`, padding not counted. A window
  /// of padding alone gives the type's lowest number, or the average 0.
  case pool(Pooling)
  /// Maximum: inputs `position`, `gradient`; average: `gradient`. Result of the input's shape.
  case poolGradient(Pooling, input: Shape)
  /// Inputs `x` `[…, c]`, `scale` `[c]`, `offset` `[c]`; results `y`, `mean` `[c]`, `variance` `[c]` (biased).
  /// Where `rectified`, `y` goes through a rectified linear unit.
  case batchNormalization(epsilon: Double, rectified: Bool = false)
  /// Inputs `x`, `scale`, `mean`, `variance`, `gradient` and, where `rectified`, `offset`; results gradients of `x`,
  /// `scale`, `offset`.
  case batchNormalizationGradient(epsilon: Double, rectified: Bool = false)
  /// Over the last axis. Inputs `x` `[…, c]`, `scale` `[c]`, `offset` `[c]`; results `y`, `mean` `[…]`,
  /// `inverseDeviation` `[…]` = 1/√(variance + ε).
  case layerNormalization(epsilon: Double)
  /// Inputs `x`, `scale`, `mean`, `inverseDeviation`, `gradient`; results gradients of `x`, `scale`, `offset`.
  case layerNormalizationGradient
  /// Over the last axis.
  case softmax
  case logSoftmax
  /// Inputs `projection` `[time, n, gates·u]` (x·W + b already), `initial` (`h`, for LSTM also `c`: `[n, u]`),
  /// `recurrentKernel` `[u, gates·u]`, for GRU with `resetAfter` `recurrentBias` `[3u]`, and with
  /// `hasMask` `mask` (bool `[time, n]`). Results `sequence` `[time, n, u]`, last `h` (and `c`), then what the
  /// gradient needs: `gates` `[time, n, gates·u]` after their activations and, for LSTM, `cells` `[time, n, u]`, for
  /// GRU `candidate` `[time, n, u]`, the recurrent part of the candidate's pre-activation.
  ///
  /// Operands are in the order of time; what is stored for each step is in the order of processing. At a masked step
  /// `cells` repeats the state, and `gates` and `candidate` hold anything.
  case recurrent(Recurrent)
  /// Inputs: those of `recurrent` without `projection` (initial…, recurrentKernel, recurrentBias, mask), then its
  /// `sequence`, `gates`, `cells`/`candidate`, then the gradients of `sequence` and of the last `h` (and `c`).
  /// Results: gradients of `projection` and of initial `h` (and `c`), and for GRU with `resetAfter` the gradient
  /// `[time, n, 3u]` of `h·recurrentKernel + recurrentBias`; both in the order of time, zero at masked steps.
  ///
  /// `zeroOutputForMask` is not for here: the sequence is read as the states, which a masked step repeats.
  case recurrentGradient(Recurrent)

  // MARK: Control flow; bodies are closed graphs
  /// Inputs `carries…, sequences…, constants…`. The body maps `carries…, slices…, constants…` to
  /// `carries…, outputs…`; results are the last carries and the outputs stacked along a new first axis.
  case scan(Scan)
  /// Inputs are the body's: `state…, constants…`; results the last state.
  case whileLoop(WhileLoop)
  /// Inputs `predicate` (bool scalar), then what both branches take.
  case conditional(then: Graph, otherwise: Graph)

  // MARK: Autodiff
  /// The identity; its gradient is zero.
  case stopGradient
}
