import Graph
import ModelFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

// Colours of images, filters and comparisons.

extension Tensor {
  private func channels(_ index: Int) -> Tensor { self[.ellipsis, .at(index)] }

  /// 0.2989 R + 0.5870 G + 0.1140 B; images of one channel stay as they are.
  public func rgbToGrayscale(dataFormat: DataFormat = .channelsLast) -> Tensor {
    asImages("RGBToGrayscale", [:], dataFormat) { images, _ in
      guard images.shape[-1] != 1 else { return images }
      guard images.shape[-1] == 3 else { return rejected("rgb_to_grayscale", "takes images of 1 or 3 channels") }
      let x = images.asType(images.dtype.floating)
      let weights = Tensor([0.2989, 0.5870, 0.1140], shape: [3, 1], dtype: x.dtype)
      return x.matmul(weights).asType(images.dtype)
    }
  }

  /// Red, green and blue as hue, saturation and value, all from 0 to 1.
  public func rgbToHSV(dataFormat: DataFormat = .channelsLast) -> Tensor {
    guard dtype.isFloatingPoint else { return rejected("rgb_to_hsv", "takes floating-point images, found \(dtype)") }
    return asImages("RGBToHSV", [:], dataFormat) { images, _ in
      guard images.shape[-1] == 3 else { return rejected("rgb_to_hsv", "takes images of 3 channels") }
      let zero = Tensor(0, dtype: images.dtype)
      let one = Tensor(1, dtype: images.dtype)
      let x = `where`(images.absolute().less(images.dtype.precision), zero, images)
      let (r, g, b) = (x.channels(0), x.channels(1), x.channels(2))
      let value = r.maximum(g).maximum(b)
      let range = value - r.minimum(g).minimum(b)
      let isColoured = range.greater(0)
      let saturation = `where`(value.greater(0), range / `where`(value.greater(0), value, one), zero)
      let norm = 1 / (`where`(isColoured, range, one) * 6)
      let notRed = `where`(value.equal(g), norm * (b - r) + 2.0 / 6, norm * (r - g) + 4.0 / 6)
      let raw = `where`(value.equal(r), norm * (g - b), notRed)
      let hue = `where`(isColoured, raw, zero) + raw.less(0).asType(images.dtype)
      return stack([hue, saturation, value], axis: -1)
    }
  }

  /// Hue, saturation and value as red, green and blue.
  public func hsvToRGB(dataFormat: DataFormat = .channelsLast) -> Tensor {
    guard dtype.isFloatingPoint else { return rejected("hsv_to_rgb", "takes floating-point images, found \(dtype)") }
    return asImages("HSVToRGB", [:], dataFormat) { images, _ in
      guard images.shape[-1] == 3 else { return rejected("hsv_to_rgb", "takes images of 3 channels") }
      let (hue, saturation, value) = (images.channels(0), images.channels(1), images.channels(2))
      let place = hue.mod(1) * 6
      let red = (place - 3).absolute() - 1
      let green = 2 - (place - 2).absolute()
      let blue = 2 - (place - 4).absolute()
      func plane(_ part: Tensor) -> Tensor { value * (saturation * part.clip(0, 1) + (1 - saturation)) }
      return stack([plane(red), plane(green), plane(blue)], axis: -1)
    }
  }

  /// Weighted means of neighbouring pixels, the weights a normal distribution; outside are zeros.
  ///
  /// - Parameters:
  ///   - kernelSize: width and height of the window.
  ///   - sigma: the deviation along x and y, in pixels.
  public func gaussianBlur(
    kernelSize: (Int, Int) = (3, 3), sigma: (Double, Double) = (1, 1), dataFormat: DataFormat = .channelsLast
  ) -> Tensor {
    let (width, height) = kernelSize
    guard (1..<(1 << 12)).contains(width), (1..<(1 << 12)).contains(height) else {
      return rejected("gaussian_blur", "the window must be at least one pixel, found \(kernelSize)")
    }
    let config: Config = [
      "kernel_size": JSONValue([width, height]), "sigma": .array([.number(sigma.0), .number(sigma.1)]),
    ]
    let kernel = outerProduct(gaussian(height, sigma.1), gaussian(width, sigma.0))
    return asImages("GaussianBlur", config, dataFormat) { images, _ in
      images.filtered(kernel, height, width)
    }
  }

  /// Sobel's differences along y and x, along a new last axis.
  public func sobelEdges(dataFormat: DataFormat = .channelsLast) -> Tensor {
    guard rank == 4 else { return rejected("sobel_edges", "takes a batch of images, found rank \(rank)") }
    return composed("SobelEdges", ["data_format": .string(dataFormat.rawValue)]) { operands in
      let kernels: [[Double]] = [[-1, -2, -1, 0, 0, 0, 1, 2, 1], [-1, 0, 1, -2, 0, 2, -1, 0, 1]]
      let edges = kernels.map { kernel in
        dataFormat.computingChannelsLast(operands[0]) { $0.filtered(kernel, 3, 3) }
      }
      return stack(edges, axis: -1)
    }
  }

  /// Each channel convolved with one kernel of `height` rows, zeros outside.
  private func filtered(_ kernel: [Double], _ height: Int, _ width: Int, padding: PaddingMode = .same) -> Tensor {
    let x = asType(dtype.floating)
    let window = Tensor(kernel, shape: [height, width, 1, 1], dtype: x.dtype)
    return x.depthwiseConv(window.tile([1, 1, x.shape[-1], 1]), padding: padding)
  }

  /// 10 · log₁₀(max² / mean((a − b)²)), in decibels.
  public func psnr(_ other: Tensor, maxValue: Double) -> Tensor {
    composed("PSNR", ["max_val": .number(maxValue)], with: [.tensor(other)]) { operands in
      let error = (operands[0] - operands[1]).square().mean()
      return Tensor(maxValue, dtype: error.dtype).log10() * 20 - error.log10() * 10
    }
  }

  /// The structural similarity of two images, one number an image. Source: Wang et al. 2004, `keras.ops.image.ssim`.
  public func ssim(
    _ other: Tensor, maxValue: Double = 1, filterSize: Int = 11, filterSigma: Double = 1.5, k1: Double = 0.01,
    k2: Double = 0.03, dataFormat: DataFormat = .channelsLast
  ) -> Tensor {
    guard rank == 3 || rank == 4, other.rank == rank, (1..<(1 << 10)).contains(filterSize) else {
      return rejected("ssim", "takes two images or batches of one shape, found \(describe(partialShape))")
    }
    let config: Config = [
      "max_val": .number(maxValue), "filter_size": JSONValue(filterSize), "filter_sigma": .number(filterSigma),
      "k1": .number(k1), "k2": .number(k2), "data_format": .string(dataFormat.rawValue),
    ]
    let row = gaussian(filterSize, filterSigma)
    let kernel = outerProduct(row, row)
    let (scale1, scale2) = (k1 * maxValue, k2 * maxValue)
    let (c1, c2) = (scale1 * scale1, scale2 * scale2)
    return composed("SSIM", config, with: [.tensor(other)]) { operands in
      let isSingle = operands[0].rank == 3
      let images = operands.prefix(2).map { image in
        let batch = (isSingle ? image.expandDims(0) : image).asType(image.dtype.floating)
        return dataFormat == .channelsLast ? batch : batch.channelsMovedLast()
      }
      func mean(_ x: Tensor) -> Tensor { x.filtered(kernel, filterSize, filterSize, padding: .valid) }
      let (x, y) = (images[0], images[1])
      let (meanX, meanY) = (mean(x), mean(y))
      let product = meanX * meanY
      let squares = meanX.square() + meanY.square()
      let covariance = mean(x * y) - product
      let variances = mean(x.square()) + mean(y.square()) - squares
      let numerator = (product * 2 + c1) * (covariance * 2 + c2)
      let map = numerator / ((squares + c1) * (variances + c2))
      let result = map.mean(axis: [1, 2, 3]).asType(operands[0].dtype)
      return isSingle ? result.squeeze(0) : result
    }
  }
}

/// Each number of a column times each of a row.
private func outerProduct(_ column: [Double], _ row: [Double]) -> [Double] {
  var products: [Double] = []
  for y in column { products += row.map { $0 * y } }
  return products
}

/// A normal distribution's density at `size` places around its middle, scaled to the sum 1.
private func gaussian(_ size: Int, _ sigma: Double) -> [Double] {
  let middle = Double(size - 1) / 2
  let weights = (0..<size).map { place -> Double in
    let distance = (Double(place) - middle) / sigma
    return exp(-0.5 * distance * distance)
  }
  let total = weights.reduce(0, +)
  return weights.map { $0 / total }
}
