import ModelFiles

/// What `ConvLSTM1D`, `ConvLSTM2D` and `ConvLSTM3D` share: the cell's arguments are the layer's own.
public class BaseConvLSTM: RecurrentLayer, @unchecked Sendable {
  private let convolutionCell: ConvLSTMCell
  public var filters: Int { convolutionCell.filters }
  var dataFormat: DataFormat { convolutionCell.shape.dataFormat }

  init(
    rank: Int, _ filters: Int, _ shape: ConvLSTMShape, _ cell: RecurrentOptions, _ sequence: SequenceOptions,
    name: String?, dtype: DTypePolicy, activityRegularizer: (any Regularizer)?
  ) {
    convolutionCell = ConvLSTMCell(rank: rank, filters, shape, cell, name: "conv_lstm_cell", dtype: dtype)
    var sequence = sequence
    // Keras 2 takes the argument and never looks at it.
    sequence.timeMajor = false
    super.init(convolutionCell, sequence, name: name, dtype: dtype, activityRegularizer: activityRegularizer)
    inputSpec = InputSpec(rank: rank + 3)
  }

  public override var config: Config {
    sequenceOptions.config.merging(convolutionCell.config).merging([
      "activity_regularizer": activityRegularizer?.serialized ?? nil
    ])
  }
}
