import Graph

/// What is found beyond the border of an image.
public enum FillMode: String, Sendable, CaseIterable {
  /// One value.
  case constant
  /// The pixel at the border.
  case nearest
  /// The image mirrored at its border: d c b a | a b c d | d c b a.
  case reflect
  /// The image again from its other end.
  case wrap

  /// The position inside an axis at which a whole-numbered position is read.
  fileprivate func inside(_ position: Tensor, _ extent: Int) -> Tensor {
    let last = Double(extent - 1)
    switch self {
    case .constant, .nearest: return position.clip(0, last)
    case .wrap: return position.mod(Double(extent)).clip(0, last)
    case .reflect:
      let place = position.mod(2 * Double(extent))
      return place.minimum(2 * Double(extent) - 1 - place).clip(0, last)
    }
  }
}

extension Tensor {
  /// Images `[batch, height, width, channels]` read at other places: the pixel (x, y) is the image's at
  /// `(a·x + b·y + c, d·x + e·y + f)`.
  ///
  /// - Parameter transforms: `[a, b, c, d, e, f]` for each image, float32 `[batch, 6]`.
  func affineTransformed(
    by transforms: Tensor, bilinear: Bool, fillMode: FillMode, fillValue: Double
  ) -> Tensor {
    let (height, width) = (shape[1], shape[2])
    guard rank == 4, height > 0, width > 0 else {
      return rejected("affine transform", "takes images with pixels, found shape \(shape)")
    }
    let xs = Tensor((0..<(height * width)).map { Float($0 % width) }).expandDims(0)
    let ys = Tensor((0..<(height * width)).map { Float($0 / width) }).expandDims(0)
    func parameter(_ index: Int) -> Tensor { transforms.slice(axis: 1, index..<(index + 1)) }
    let x = parameter(0) * xs + parameter(1) * ys + parameter(2)
    let y = parameter(3) * xs + parameter(4) * ys + parameter(5)
    func pixels(_ x: Tensor, _ y: Tensor) -> Tensor { self.pixels(x, y, fillMode, fillValue) }
    guard bilinear else { return pixels((x + 0.5).floor(), (y + 0.5).floor()).reshape(shape.dimensions) }
    let (left, top) = (x.floor(), y.floor())
    let (right, bottom) = ((x - left).expandDims(-1).asType(dtype), (y - top).expandDims(-1).asType(dtype))
    let upper = pixels(left, top) * (1 - right) + pixels(left + 1, top) * right
    let lower = pixels(left, top + 1) * (1 - right) + pixels(left + 1, top + 1) * right
    return (upper * (1 - bottom) + lower * bottom).reshape(shape.dimensions)
  }

  /// The pixels at whole-numbered positions `[batch, count]`, `[batch, count, channels]`.
  private func pixels(_ x: Tensor, _ y: Tensor, _ fillMode: FillMode, _ fillValue: Double) -> Tensor {
    let (batch, height, width, channels) = (shape[0], shape[1], shape[2], shape[3])
    let row = fillMode.inside(y, height).asType(.int32)
    let place = row * Tensor(Double(width), dtype: .int32) + fillMode.inside(x, width).asType(.int32)
    let picked = reshape([batch, height * width, channels])
      .takeAlongAxis(place.expandDims(-1).broadcast(to: [batch, height * width, channels]), axis: 1)
    guard fillMode == .constant else { return picked }
    let isInside = x.greaterEqual(0).logicalAnd(x.less(Double(width)))
      .logicalAnd(y.greaterEqual(0)).logicalAnd(y.less(Double(height)))
    return `where`(isInside.expandDims(-1), picked, Tensor(fillValue, dtype: dtype))
  }
}
