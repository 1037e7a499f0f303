import ModelFiles

/// What `SimpleRNN`, `GRU` and `LSTM` share: the cell's arguments are the layer's own.
public class DenseRecurrentLayer: RecurrentLayer, @unchecked Sendable {
  private let denseCell: DenseCell
  public var units: Int { denseCell.units }

  init(
    _ cell: DenseCell, _ options: SequenceOptions, name: String?, dtype: DTypePolicy,
    activityRegularizer: (any Regularizer)?
  ) {
    denseCell = cell
    super.init(cell, options, name: name, dtype: dtype, activityRegularizer: activityRegularizer)
    inputSpec = InputSpec(rank: 3)
  }

  public override var config: Config {
    sequenceOptions.config.merging(denseCell.config).merging([
      "activity_regularizer": activityRegularizer?.serialized ?? nil
    ])
  }
}
