import ModelFiles

extension OperationTable {
  mutating func addImages() {
    add("Resize", "image.resize", ["images", "size", "interpolation", "antialias", "data_format"]) { call in
      let size = try call.ints("size")
      guard size.count == 2 else { throw call.error("size", "must be height and width, found \(size)") }
      return try call.tensor("images").resize(
        height: size[0], width: size[1], interpolation: call.choice("interpolation", .bilinear),
        antialias: call.flag("antialias"), dataFormat: call.dataFormat())
    }
    add("RGBToGrayscale", "image.rgb_to_grayscale", ["images", "data_format"]) {
      try $0.tensor("images").rgbToGrayscale(dataFormat: $0.dataFormat())
    }
    add("RGBToHSV", "image.rgb_to_hsv", ["images", "data_format"]) {
      try $0.tensor("images").rgbToHSV(dataFormat: $0.dataFormat())
    }
    add("HSVToRGB", "image.hsv_to_rgb", ["images", "data_format"]) {
      try $0.tensor("images").hsvToRGB(dataFormat: $0.dataFormat())
    }
    add("SobelEdges", "image.sobel_edges", ["images", "data_format"]) {
      try $0.tensor("images").sobelEdges(dataFormat: $0.dataFormat())
    }
    add("GaussianBlur", "image.gaussian_blur", ["images", "kernel_size", "sigma", "data_format"]) { call in
      let size = try call.pair("kernel_size", (3, 3))
      let sigma = try call.value("sigma")?.array?.compactMap(\.double) ?? [1, 1]
      guard sigma.count == 2 else { throw call.error("sigma", "must be two numbers, found \(sigma)") }
      return try call.tensor("images").gaussianBlur(
        kernelSize: size, sigma: (sigma[0], sigma[1]), dataFormat: call.dataFormat())
    }
    add("MapCoordinates", "image.map_coordinates", ["inputs", "coordinates", "order", "fill_mode", "fill_value"]) {
      try $0.tensor("inputs").mapCoordinates(
        $0.tensor("coordinates"), order: $0.int("order"), fillMode: $0.choice("fill_mode", .constant),
        fillValue: $0.double("fill_value", 0))
    }
    add(
      "AffineTransform", "image.affine_transform",
      ["images", "transform", "interpolation", "fill_mode", "fill_value", "data_format"]
    ) {
      try $0.tensor("images").affineTransform(
        $0.tensor("transform"), interpolation: $0.choice("interpolation", .bilinear),
        fillMode: $0.choice("fill_mode", .constant), fillValue: $0.double("fill_value", 0), dataFormat: $0.dataFormat())
    }
    add(
      "PerspectiveTransform", "image.perspective_transform",
      ["images", "start_points", "end_points", "interpolation", "fill_value", "data_format"]
    ) {
      try $0.tensor("images").perspectiveTransform(
        $0.tensor("start_points"), $0.tensor("end_points"), interpolation: $0.choice("interpolation", .bilinear),
        fillValue: $0.double("fill_value", 0), dataFormat: $0.dataFormat())
    }
    addFrame("PadImages", "image.pad_images", "padding") {
      $0.padImages(
        top: $1[0], left: $1[1], bottom: $1[2], right: $1[3], targetHeight: $1[4], targetWidth: $1[5], dataFormat: $2)
    }
    addFrame("CropImages", "image.crop_images", "cropping") {
      $0.cropImages(
        top: $1[0], left: $1[1], bottom: $1[2], right: $1[3], targetHeight: $1[4], targetWidth: $1[5], dataFormat: $2)
    }
    let patches = ["images", "size", "strides", "dilation_rate", "padding", "data_format"]
    for function in ["image.extract_patches", "image.extract_patches_3d"] {
      add("ExtractPatches", function, patches) {
        try $0.tensor("images").extractPatches(
          $0.axisValues("size") ?? [], strides: $0.axisValues("strides"),
          dilationRate: $0.axisValues("dilation_rate") ?? 1, padding: $0.padding(), dataFormat: $0.dataFormat())
      }
    }
    add("PSNR", "psnr", ["x1", "x2", "max_val"]) {
      try $0.tensor("x1").psnr($0.tensor("x2"), maxValue: $0.double("max_val"))
    }
    add(
      "SSIM", "image.ssim",
      ["image1", "image2", "max_val", "filter_size", "filter_sigma", "k1", "k2", "data_format"]
    ) {
      try $0.tensor("image1").ssim(
        $0.tensor("image2"), maxValue: $0.double("max_val", 1), filterSize: $0.int("filter_size", 11),
        filterSigma: $0.double("filter_sigma", 1.5), k1: $0.double("k1", 0.01), k2: $0.double("k2", 0.03),
        dataFormat: $0.dataFormat())
    }
    let scaling = ["images", "output_shape", "scale", "translation", "spatial_dims", "method", "antialias"]
    add("ScaleAndTranslate", "image.scale_and_translate", scaling) { call in
      try call.tensor("images").scaledAndTranslated(
        call.ints("output_shape"), scale: call.tensor("scale"), translation: call.tensor("translation"),
        axes: call.ints("spatial_dims"), kernel: call.choice("method", .linear), antialias: call.flag("antialias", true)
      )
    }
    let limits = ["inputs", "min_vals", "max_vals", "num_bits", "narrow_range"]
    add("FakeQuantWithMinMaxVars", "quantizers.fake_quant_with_min_max_vars", limits) { call in
      try call.tensor("inputs").fakeQuantized(
        call.tensor("min_vals"), call.tensor("max_vals"), bits: call.int("num_bits", 8),
        isNarrow: call.flag("narrow_range"))
    }
    add("DepthToSpace", "depth_to_space", ["x", "block_size", "data_format"]) {
      try $0.tensor("x").depthToSpace($0.int("block_size"), dataFormat: $0.dataFormat())
    }
    add("SpaceToDepth", "space_to_depth", ["x", "block_size", "data_format"]) {
      try $0.tensor("x").spaceToDepth($0.int("block_size"), dataFormat: $0.dataFormat())
    }
  }

  private mutating func addFrame(
    _ className: String, _ function: String, _ kind: String,
    _ body: @escaping @Sendable (Tensor, [Int?], DataFormat) -> Tensor
  ) {
    let widths = ["top", "left", "bottom", "right"].map { "\($0)_\(kind)" } + ["target_height", "target_width"]
    add(className, function, ["images"] + widths + ["data_format"]) { call in
      body(try call.tensor("images"), try widths.map(call.optionalInt), try call.dataFormat())
    }
  }
}

extension OperationCall {
  func dataFormat() throws -> DataFormat { try choice("data_format", .channelsLast) }
  func padding() throws -> PaddingMode {
    let text = try string("padding", "valid").lowercased()
    guard let mode = PaddingMode(rawValue: text) else { throw error("padding", "must be valid or same, found \(text)") }
    return mode
  }
  func axisValues(_ name: String) throws -> AxisValues? { try optionalInts(name).map(AxisValues.init) }

  func pair(_ name: String, _ fallback: (Int, Int)) throws -> (Int, Int) {
    guard let values = try optionalInts(name) else { return fallback }
    guard values.count == 2 else { throw error(name, "must be two integers, found \(values)") }
    return (values[0], values[1])
  }
}
