/// Weights `[target, extent]` by which TensorFlow resizes along an axis where Keras 3 does so otherwise.
enum GridWeights {
  /// The pixels that each new one covers, by how much of them it does.
  static func area(_ extent: Int, _ target: Int) -> [Float] {
    rows(extent, target) { row in
      let step = Double(extent) / Double(target)
      let (start, end) = (Double(row) * step, Double(row + 1) * step)
      return (Int(start)..<min(Int(end.rounded(.up)), extent)).map { column in
        (column, (min(Double(column + 1), end) - max(Double(column), start)) / step)
      }
    }
  }

  /// Keys's cubic with a = −1/2 between the centers of pixels. TensorFlow rounds places to 1/1024 of a pixel and leaves
  /// out what lies outside.
  static func cubic(_ extent: Int, _ target: Int) -> [Float] {
    func near(_ x: Double) -> Double { (1.5 * x - 2.5) * x * x + 1 }
    func far(_ x: Double) -> Double { ((-0.5 * x + 2.5) * x - 4) * x + 2 }
    return rows(extent, target) { row in
      let place = (Double(row) + 0.5) * Double(extent) / Double(target) - 0.5
      let low = place.rounded(.down)
      let part = ((place - low) * 1024).rounded(.toNearestOrEven) / 1024
      let all = [far(1 + part), near(part), near(1 - part), far(2 - part)]
      let inside = all.enumerated().map { (Int(low) - 1 + $0, $1) }.filter { (0..<extent).contains($0.0) }
      let total = inside.reduce(0) { $0 + $1.1 }
      return inside.map { ($0, $1 / total) }
    }
  }

  /// Places that are multiples of a step, as in TensorFlow 1; with `corners` from the first pixel to the last.
  static func grid(_ extent: Int, _ target: Int, corners: Bool, nearest: Bool) -> [Float] {
    rows(extent, target) { row in
      let step = corners && target > 1 ? Double(extent - 1) / Double(target - 1) : Double(extent) / Double(target)
      let place = Double(row) * step
      if nearest {
        let column = corners ? place.rounded(.toNearestOrAwayFromZero) : place.rounded(.down)
        return [(min(Int(column), extent - 1), 1)]
      }
      let low = min(Int(place), extent - 1)
      return [(low, 1 - (place - Double(low))), (min(low + 1, extent - 1), place - Double(low))]
    }
  }

  private static func rows(_ extent: Int, _ target: Int, _ weights: (Int) -> [(Int, Double)]) -> [Float] {
    var result = [Float](repeating: 0, count: target * extent)
    for row in 0..<target {
      for (column, weight) in weights(row) { result[row * extent + column] += Float(weight) }
    }
    return result
  }
}
