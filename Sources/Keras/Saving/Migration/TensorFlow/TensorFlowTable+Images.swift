import Graph
import ModelFiles

extension TensorFlowTable {
  mutating func addImages() {
    let resizing = ["images", "size", "method", "preserve_aspect_ratio", "antialias"]
    add("image.resize image.resize_images image.resize_v2", resizing) { call in
      try call.resized(call.string("method", "bilinear").lowercased())
    }
    let older = ["images", "size", "align_corners", "half_pixel_centers"]
    add("image.resize_bilinear", older) { try $0.resizedByGrid(nearest: false) }
    add("image.resize_nearest_neighbor", older) { try $0.resizedByGrid(nearest: true) }
    add("image.flip_left_right", ["image"]) { try $0.tensor("image").flip([-2]) }
    add("image.flip_up_down", ["image"]) { try $0.tensor("image").flip([-3]) }
    add("image.transpose", ["image"]) { try $0.tensor("image").swapAxes(-3, -2) }
    add("image.rot90", ["image", "k"]) { call in
      let x = try call.tensor("image")
      return x.rotate90(k: try call.int("k", 1), axes: (x.rank - 3, x.rank - 2))
    }
    add("image.rgb_to_grayscale", ["images"]) { call in
      // These weights are those of TensorFlow's function; Keras's own differ in the fourth place.
      (try call.tensor("images") * Tensor([Float(0.2989), 0.5870, 0.1140])).sum(axis: [-1], keepDims: true)
    }
    add("image.grayscale_to_rgb", ["images"]) { call in
      concatenate([Tensor](repeating: try call.tensor("images"), count: 3), axis: -1)
    }
    add("image.per_image_standardization", ["image"]) { call in
      let x = try call.tensor("image")
      let count = try call.product((-3...(-1)).map { try call.extent(x, $0) })
      let deviation = x.standardDeviation(axis: [-3, -2, -1], keepDims: true)
      return (x - x.mean(axis: [-3, -2, -1], keepDims: true)) / deviation.maximum(1 / Double(count).squareRoot())
    }
    add("image.adjust_brightness", ["image", "delta"]) { try $0.tensor("image") + $0.double("delta") }
    add("image.adjust_contrast", ["images", "contrast_factor"]) { call in
      let x = try call.tensor("images")
      let mean = x.mean(axis: [-3, -2], keepDims: true)
      return (x - mean) * (try call.double("contrast_factor")) + mean
    }
    add("image.central_crop", ["image", "central_fraction"]) { call in
      let (x, fraction) = (try call.tensor("image"), try call.double("central_fraction"))
      guard fraction > 0, fraction <= 1 else { throw call.error("central_fraction", "must be in (0, 1]") }
      func part(_ axis: Int) throws -> TensorIndex {
        let extent = try call.extent(x, axis)
        let start = Int((Double(extent) - Double(extent) * fraction) / 2)
        return .range(start, extent - start)
      }
      return x.item([.ellipsis, try part(-3), try part(-2), .all])
    }
    let box = ["image", "offset_height", "offset_width", "target_height", "target_width"]
    add("image.crop_to_bounding_box", box) { call in
      let (top, left) = (try call.length(box[1]), try call.length(box[2]))
      let (height, width) = (try call.length(box[3]), try call.length(box[4]))
      return try call.tensor("image").item([.ellipsis, .range(top, top + height), .range(left, left + width), .all])
    }
    add("image.pad_to_bounding_box", box) { call in
      let x = try call.tensor("image")
      guard x.rank >= 3 else { throw call.error("image", "must have height, width and channels") }
      let places = try box.dropFirst().map { try call.length($0) }
      return x.pad(
        [(Int, Int)](repeating: (0, 0), count: x.rank - 3) + [
          (places[0], places[2] - places[0] - (try call.extent(x, -3))),
          (places[1], places[3] - places[1] - (try call.extent(x, -2))), (0, 0),
        ])
    }
    add("image.resize_with_crop_or_pad", ["image", "target_height", "target_width"]) { call in
      var x = try call.tensor("image")
      for (axis, name) in [(-3, "target_height"), (-2, "target_width")] {
        let (extent, target) = (try call.extent(x, axis), try call.length(name))
        guard target > 0 else { throw call.error(name, "must be positive, found \(target)") }
        let places: [TensorIndex] = [.ellipsis] + [TensorIndex](repeating: .all, count: -axis)
        if target < extent {
          var crop = places
          crop[1] = .range((extent - target) / 2, (extent - target) / 2 + target)
          x = x.item(crop)
        } else {
          var widths = [(Int, Int)](repeating: (0, 0), count: x.rank)
          widths[x.rank + axis] = ((target - extent) / 2, target - extent - (target - extent) / 2)
          x = x.pad(widths)
        }
      }
      return x
    }
    let patches = ["images", "sizes", "strides", "rates", "padding"]
    add("image.extract_patches image.extract_image_patches", patches) { call in
      func inner(_ name: String) throws -> AxisValues {
        let values = try call.ints(name)
        guard values.count == 4 else { throw call.error(name, "must be four integers") }
        return AxisValues(Array(values[1...2]))
      }
      return try call.tensor("images").extractPatches(
        inner("sizes"), strides: inner("strides"), dilationRate: inner("rates"), padding: call.padding())
    }
    add("image.total_variation", ["images"]) { call in
      let x = try call.tensor("images")
      let rows = x.item([.ellipsis, .range(1, nil), .all, .all]) - x.item([.ellipsis, .range(nil, -1), .all, .all])
      let columns = x.item([.ellipsis, .range(1, nil), .all]) - x.item([.ellipsis, .range(nil, -1), .all])
      return rows.absolute().sum(axis: [-3, -2, -1]) + columns.absolute().sum(axis: [-3, -2, -1])
    }
    add("image.rgb_to_hsv", ["images"]) { try $0.tensor("images").rgbToHSV() }
    add("image.hsv_to_rgb", ["images"]) { try $0.tensor("images").hsvToRGB() }
    add("image.sobel_edges", ["image"]) { try $0.tensor("image").sobelEdges() }
    add("image.psnr", ["a", "b", "max_val"]) { call in
      let (a, b) = try call.pair("a", "b")
      let peak = try call.double("max_val")
      let error = (a - b).square().mean(axis: [-3, -2, -1])
      return 20 * Tensor(peak).log10() - 10 * error.log10()
    }
  }
}

extension OperationCall {
  /// Height and width of the result.
  private func size(of x: Tensor) throws -> (height: Int, width: Int) {
    let size = try lengths("size")
    guard size.count == 2, size.allSatisfy({ $0 > 0 }) else {
      throw error("size", "must be height and width, found \(size)")
    }
    guard try flag("preserve_aspect_ratio") else { return (size[0], size[1]) }
    let (height, width) = (Double(try extent(x, -3)), Double(try extent(x, -2)))
    guard height > 0, width > 0 else { throw error("images", "must have pixels") }
    let scale = Swift.min(Double(size[0]) / height, Double(size[1]) / width)
    return (
      Int((scale * height).rounded(.toNearestOrEven)), Int((scale * width).rounded(.toNearestOrEven))
    )
  }

  /// Resizing between the centers of pixels, as in TensorFlow 2.
  fileprivate func resized(_ method: String) throws -> Tensor {
    let x = try tensor("images")
    let size = try size(of: x)
    let antialias = try flag("antialias")
    switch method {
    case "nearest": return x.resize(height: size.height, width: size.width, interpolation: .nearest)
    case "area": return try resized(x, size, GridWeights.area)
    case "bicubic" where !antialias: return try resized(x, size, GridWeights.cubic)
    default:
      guard let mode = Interpolation(rawValue: method) else { throw error("method", "has no equal here at \(method)") }
      return x.resize(height: size.height, width: size.width, interpolation: mode, antialias: antialias)
        .asType(.float32)
    }
  }

  /// Resizing as in TensorFlow 1, where places are multiples of a step.
  fileprivate func resizedByGrid(nearest: Bool) throws -> Tensor {
    if try flag("half_pixel_centers") { return try resized(nearest ? "nearest" : "bilinear") }
    let x = try tensor("images")
    let corners = try flag("align_corners")
    let result = try resized(x, size(of: x)) { extent, target in
      GridWeights.grid(extent, target, corners: corners, nearest: nearest)
    }
    return nearest ? result.asType(x.dtype) : result
  }

  /// A product with a matrix of weights for each axis.
  private func resized(
    _ x: Tensor, _ size: (height: Int, width: Int), _ weights: (_ extent: Int, _ target: Int) -> [Float]
  ) throws -> Tensor {
    try [(-3, size.height, "yh,...hwc->...ywc"), (-2, size.width, "yw,...hwc->...hyc")]
      .reduce(x.asType(.float32)) { image, step in
        let (axis, target, equation) = step
        let extent = try extent(image, axis)
        guard extent > 0 else { throw error("images", "must have pixels") }
        try checkTable("size", target, extent)
        return einsum(equation, Tensor(weights(extent, target), shape: [target, extent]), image)
      }
  }
}
