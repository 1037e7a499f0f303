import Graph
import ModelFiles

/// What the adaptive pooling layers share: each spatial axis is cut into as many windows as the output has positions,
/// window i from ⌊i · n / m⌋ to ⌈(i + 1) · n / m⌉ of n elements, of which the maximum or the mean is taken.
public class BaseAdaptivePooling: Layer, @unchecked Sendable {
  let kind: Pooling.Kind
  public private(set) var outputSize: [Int] = []
  public let dataFormat: DataFormat

  init(
    rank: Int, kind: Pooling.Kind, outputSize: AxisValues, dataFormat: DataFormat, name: String?, dtype: DTypePolicy
  ) {
    self.kind = kind
    self.dataFormat = dataFormat
    super.init(name: name, dtype: dtype)
    self.outputSize = expand("output_size", outputSize, rank)
    inputSpec = InputSpec(rank: rank + 2)
  }

  public override var config: Config {
    ["output_size": JSONValue(outputSize), "data_format": .string(dataFormat.rawValue)]
  }

  public override func call(_ input: Tensor, _ context: CallContext) -> Tensor {
    dataFormat.computingChannelsLast(input) { $0.adaptivePool(kind, outputSize: outputSize) }
  }
}

extension Tensor {
  /// The maximum or mean of `outputSize[i]` windows that cover spatial axis `i` of a channels-last tensor.
  func adaptivePool(_ kind: Pooling.Kind, outputSize: [Int]) -> Tensor {
    let extents = Array(shape.dimensions.dropFirst().dropLast())
    guard extents.allSatisfy({ $0 > 0 }) else {
      return Tensor(
        failure: KerasError(.incompatibleShape, "adaptive pooling", "the input has an empty axis: shape \(shape)"))
    }
    if zip(extents, outputSize).allSatisfy({ $0 % $1 == 0 }) {
      let window = zip(extents, outputSize).map { $0 / $1 }
      return pool(kind, window: window, strides: window, padding: .valid)
    }
    return outputSize.enumerated().reduce(self) { $0.adaptivePool(kind, axis: $1.offset + 1, count: $1.element) }
  }

  /// The maximum or mean of `count` windows along an axis. Windows differ in length by one at most, so all are taken at
  /// the longest one's and what is beyond a window's end is left out.
  private func adaptivePool(_ kind: Pooling.Kind, axis: Int, count: Int) -> Tensor {
    let extent = shape[axis]
    let longest = (extent + count - 1) / count + (extent % count == 0 ? 0 : 1)
    if let problem = TableLimit.problem(count, longest) { return rejected("adaptive pooling", problem) }
    var (places, isInside, lengths): ([Int32], [Bool], [Float]) = ([], [], [])
    for position in 0..<count {
      let (start, end) = (position * extent / count, ((position + 1) * extent + count - 1) / count)
      for place in start..<(start + longest) {
        places.append(Int32(clamping: Swift.min(place, end - 1)))
        isInside.append(place < end)
      }
      lengths.append(Float(end - start))
    }
    var windowed = shape.dimensions
    windowed.replaceSubrange(axis...axis, with: [count, longest])
    let windows = take(Tensor(places), axis: axis).reshape(windowed)
    func along(_ table: Tensor, _ extents: [Int]) -> Tensor {
      table.reshape([Int](repeating: 1, count: axis) + extents + [Int](repeating: 1, count: rank - axis - 1))
    }
    let inside = along(Tensor(isInside), [count, longest])
    guard kind == .average else {
      // Beyond an integer window's end its last element is seen again, which changes no maximum.
      return (dtype.isInteger ? windows : `where`(inside, windows, Tensor(-.infinity, dtype: dtype))).max(axis: [
        axis + 1
      ])
    }
    let sum = `where`(inside, windows, Tensor(0, dtype: dtype)).sum(axis: [axis + 1])
    return sum / along(Tensor(lengths), [count]).asType(dtype.floating)
  }
}
