import Graph
import ModelFiles

// Images `[batch, height, width, channels]` (or one without a batch) moved, cut and framed.

/// How a transformed image is read between its pixels.
public enum TransformInterpolation: String, Sendable, CaseIterable { case nearest, bilinear }

extension Tensor {
  /// What `body` makes of a batch of images with their channels last, in the form this tensor has.
  func asImages(
    _ className: String, _ config: Config, _ dataFormat: DataFormat, with others: [Tensor] = [],
    _ body: @escaping @Sendable (_ images: Tensor, _ others: [Tensor]) -> Tensor
  ) -> Tensor {
    guard rank == 3 || rank == 4 else {
      return rejected(className, "takes one image or a batch of them, found shape \(describe(partialShape))")
    }
    let isSingle = rank == 3
    let formatted = config.merging(["data_format": .string(dataFormat.rawValue)])
    return composed(className, formatted, with: others.map(Argument.tensor)) { operands in
      let batch = isSingle ? operands[0].expandDims(0) : operands[0]
      let result = dataFormat.computingChannelsLast(batch) { body($0, Array(operands.dropFirst())) }
      return isSingle ? result.squeeze(0) : result
    }
  }

  /// Elements of the tensor at coordinates `[axes, …]`, between them by the nearest (order 0) or linearly (order 1).
  public func mapCoordinates(_ coordinates: Tensor, order: Int, fillMode: BorderMode = .constant, fillValue: Double = 0)
    -> Tensor
  {
    guard order == 0 || order == 1, rank > 0, rank <= 6, coordinates.rank >= 2, coordinates.shape[0] == rank else {
      return rejected(
        "map_coordinates",
        "takes order 0 or 1 and coordinates of each axis of \(describe(partialShape)), found order \(order) and "
          + describe(coordinates.partialShape))
    }
    let config: Config = [
      "order": JSONValue(order), "fill_mode": .string(fillMode.rawValue), "fill_value": .number(fillValue),
    ]
    let sampling = CoordinateSampling(isLinear: order == 1, mode: fillMode, fill: fillValue)
    return operation("MapCoordinates", config, with: [.tensor(coordinates)]) { operands in
      let x = operands[0]
      let flat = x.floating.reshape([x.shape.elementCount])
      let axes = (0..<x.rank).map { operands[1].slice(axis: 0, $0..<($0 + 1)).squeeze(0) }
      let result = sampling.sample(axes, extents: x.shape.dimensions) { flat.gather($0, axis: 0) }
      return x.dtype.isFloatingPoint ? result : result.unary(.roundToEven).converted(to: x.dtype)
    }
  }

  /// Images whose pixel (x, y) is the input's at `(a₀x + a₁y + a₂, b₀x + b₁y + b₂)`.
  ///
  /// - Parameter transform: `[a₀, a₁, a₂, b₀, b₁, b₂, 0, 0]` for all images or for each.
  public func affineTransform(
    _ transform: Tensor, interpolation: TransformInterpolation = .bilinear, fillMode: BorderMode = .constant,
    fillValue: Double = 0, dataFormat: DataFormat = .channelsLast
  ) -> Tensor {
    guard (1...2).contains(transform.rank), transform.shape[-1] == 8 else {
      return rejected("affine_transform", "takes transforms of 8 numbers, found \(describe(transform.partialShape))")
    }
    let config: Config = [
      "interpolation": .string(interpolation.rawValue), "fill_mode": .string(fillMode.rawValue),
      "fill_value": .number(fillValue),
    ]
    let sampling = CoordinateSampling(isLinear: interpolation == .bilinear, mode: fillMode, fill: fillValue)
    return asImages("AffineTransform", config, dataFormat, with: [transform]) { images, others in
      let rows = others[0].rank == 1 ? others[0].expandDims(0) : others[0]
      return images.sampled("AffineSamples", config, rows.asType(.float32), sampling) { transform, x, y in
        func number(_ index: Int) -> Expression { transform.slice(axis: 1, index..<(index + 1)) }
        return (
          number(0) * x + number(1) * y + number(2), number(3) * x + number(4) * y + number(5)
        )
      }
    }
  }

  /// Images in which the four `endPoints` `[4, 2]` (x, y) show what was at the `startPoints`; for all or each.
  public func perspectiveTransform(
    _ startPoints: Tensor, _ endPoints: Tensor, interpolation: TransformInterpolation = .bilinear,
    fillValue: Double = 0, dataFormat: DataFormat = .channelsLast
  ) -> Tensor {
    guard startPoints.shape == endPoints.shape, (2...3).contains(startPoints.rank), startPoints.shape[-2] == 4,
      startPoints.shape[-1] == 2
    else {
      return rejected(
        "perspective_transform",
        "takes points [4, 2], found \(describe(startPoints.partialShape)) and \(describe(endPoints.partialShape))")
    }
    let config: Config = ["interpolation": .string(interpolation.rawValue), "fill_value": .number(fillValue)]
    let sampling = CoordinateSampling(isLinear: interpolation == .bilinear, mode: .constant, fill: fillValue)
    return asImages("PerspectiveTransform", config, dataFormat, with: [startPoints, endPoints]) { images, others in
      let points = others.map { ($0.rank == 2 ? $0.expandDims(0) : $0).asType(.float32) }
      return images.sampled("PerspectiveSamples", config, homography(from: points[0], to: points[1]), sampling) {
        transform, x, y in
        func number(_ index: Int) -> Expression { transform.slice(axis: 1, index..<(index + 1)) }
        let depth = number(6) * x + number(7) * y + 1
        return (
          (number(0) * x + number(1) * y + number(2)) / depth, (number(3) * x + number(4) * y + number(5)) / depth
        )
      }
    }
  }

  /// Images read at places that `body` computes from transforms `[batch, numbers]` and each pixel's x and y `[1, pixels]`.
  private func sampled(
    _ className: String, _ config: Config, _ transforms: Tensor, _ sampling: CoordinateSampling,
    _ body: @escaping @Sendable (Expression, Expression, Expression) -> (x: Expression, y: Expression)
  ) -> Tensor {
    operation(className, config, with: [.tensor(transforms)]) { operands in
      let images = operands[0]
      let (batch, height, width, channels) = (images.shape[0], images.shape[1], images.shape[2], images.shape[3])
      let pixels = height * width
      func grid(_ axis: Int) -> Expression {
        images.builder.iota(TensorType(.float32, [height, width]), axis: axis).reshape([1, pixels])
      }
      let (x, y) = body(operands[1], grid(1), grid(0))
      let target: Shape = [batch, pixels]
      let flat = images.floating.reshape([batch, pixels, channels])
      let result = sampling.sample(
        [y.broadcast(to: target).expandDimension(-1), x.broadcast(to: target).expandDimension(-1)],
        extents: [height, width]
      ) { flat.gatherAlong($0.broadcast(to: [batch, pixels, channels]), axis: 1) }
      let shaped = result.reshape(images.shape)
      return images.dtype.isFloatingPoint ? shaped : shaped.unary(.roundToEven).converted(to: images.dtype)
    }
  }

  // MARK: Frames

  /// With a border of zeros; of each direction two of the widths before and after and the target extent are given.
  public func padImages(
    top: Int? = nil, left: Int? = nil, bottom: Int? = nil, right: Int? = nil, targetHeight: Int? = nil,
    targetWidth: Int? = nil, dataFormat: DataFormat = .channelsLast
  ) -> Tensor {
    framed(
      "PadImages", "padding", FrameWidths(before: top, after: bottom, target: targetHeight),
      FrameWidths(before: left, after: right, target: targetWidth), dataFormat, sign: 1
    ) { $0.pad([(0, 0), $1, $2, (0, 0)]) }
  }

  /// Without a border; of each direction two of the widths before and after and the target extent are given.
  public func cropImages(
    top: Int? = nil, left: Int? = nil, bottom: Int? = nil, right: Int? = nil, targetHeight: Int? = nil,
    targetWidth: Int? = nil, dataFormat: DataFormat = .channelsLast
  ) -> Tensor {
    framed(
      "CropImages", "cropping", FrameWidths(before: top, after: bottom, target: targetHeight),
      FrameWidths(before: left, after: right, target: targetWidth), dataFormat, sign: -1
    ) { images, rows, columns in
      let (height, width) = (images.shape[1], images.shape[2])
      guard rows.0 + rows.1 < height, columns.0 + columns.1 < width else {
        return rejected("crop_images", "nothing is left of shape \(images.shape)")
      }
      return images.slice(axis: 1, rows.0..<(height - rows.1)).slice(axis: 2, columns.0..<(width - columns.1))
    }
  }

  private func framed(
    _ className: String, _ kind: String, _ rows: FrameWidths, _ columns: FrameWidths, _ dataFormat: DataFormat,
    sign: Int, _ body: @escaping @Sendable (Tensor, (Int, Int), (Int, Int)) -> Tensor
  ) -> Tensor {
    let config: Config = [
      "top_\(kind)": JSONValue(rows.before), "left_\(kind)": JSONValue(columns.before),
      "bottom_\(kind)": JSONValue(rows.after), "right_\(kind)": JSONValue(columns.after),
      "target_height": JSONValue(rows.target), "target_width": JSONValue(columns.target),
    ]
    return asImages(className, config, dataFormat) { images, _ in
      guard let vertical = rows.resolved(extent: images.shape[1], sign: sign),
        let horizontal = columns.resolved(extent: images.shape[2], sign: sign)
      else {
        return rejected(
          className, "needs two of the widths before and after and the target extent, none of them negative")
      }
      return body(images, vertical, horizontal)
    }
  }
}

/// The widths of a frame before and after an axis, or one of them and the extent that results.
private struct FrameWidths: Sendable {
  let before: Int?
  let after: Int?
  let target: Int?

  /// - Parameter sign: 1 where the frame is added, −1 where it is taken away.
  func resolved(extent: Int, sign: Int) -> (Int, Int)? {
    guard [before, after, target].compactMap({ $0 }).allSatisfy({ (0..<(1 << 20)).contains($0) }) else { return nil }
    let total = target.map { sign * ($0 - extent) }
    guard let low = before ?? total.flatMap({ total in after.map { total - $0 } }),
      let high = after ?? total.flatMap({ total in before.map { total - $0 } }), low >= 0, high >= 0
    else { return nil }
    return (low, high)
  }
}

/// The eight numbers of the projective maps that take end points to start points, `[batch, 8]`.
private func homography(from start: Tensor, to end: Tensor) -> Tensor {
  func coordinate(_ points: Tensor, _ index: Int) -> Tensor { points[.ellipsis, .at(index)] }
  let (startX, startY, endX, endY) = (
    coordinate(start, 0), coordinate(start, 1), coordinate(end, 0), coordinate(end, 1)
  )
  let (zeros, ones) = (endX.zerosLike(), endX.onesLike())
  let rowsX = stack([endX, endY, ones, zeros, zeros, zeros, -(startX * endX), -(startX * endY)], axis: -1)
  let rowsY = stack([zeros, zeros, zeros, endX, endY, ones, -(startY * endX), -(startY * endY)], axis: -1)
  let target = concatenate([startX, startY], axis: -1).expandDims(-1)
  return concatenate([rowsX, rowsY], axis: 1).solve(target).squeeze(-1)
}
