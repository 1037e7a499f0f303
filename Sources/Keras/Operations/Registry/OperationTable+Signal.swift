import Graph
import ModelFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension OperationTable {
  mutating func addSignals() {
    addComplex("FFT", "fft", Keras.fft)
    addComplex("FFT2", "fft2", Keras.fft2)
    addComplex("IFFT2", "ifft2", Keras.ifft2)
    addMultiple("RFFT", "rfft", ["x", "fft_length"]) { call in
      let result = rfft(try call.tensor("x"), length: try call.optionalInt("fft_length"))
      return [result.real, result.imaginary]
    }
    add("IRFFT", "irfft", ["x", "fft_length"]) { call in
      let (real, imaginary) = try call.complex("x")
      return irfft(real, imaginary, length: try call.optionalInt("fft_length"))
    }
    let frames = ["sequence_length", "sequence_stride", "fft_length"]
    addMultiple("STFT", "stft", ["x"] + frames + ["window", "center"]) { call in
      let result = stft(try call.tensor("x"), try call.frameOptions())
      return [result.real, result.imaginary]
    }
    add("ISTFT", "istft", ["x"] + frames + ["length", "window", "center"]) { call in
      let (real, imaginary) = try call.complex("x")
      return istft(real, imaginary, try call.frameOptions(), length: try call.optionalInt("length"))
    }
    add("ExtractSequences", "extract_sequences", ["x", "sequence_length", "sequence_stride"]) {
      try $0.tensor("x").extractSequences($0.int("sequence_length"), $0.int("sequence_stride"))
    }
  }

  private mutating func addComplex(
    _ className: String, _ function: String,
    _ body: @escaping @Sendable (Tensor, Tensor) -> (real: Tensor, imaginary: Tensor)
  ) {
    addMultiple(className, function) { call in
      let (real, imaginary) = try call.complex("x")
      let result = body(real, imaginary)
      return [result.real, result.imaginary]
    }
  }
}

extension OperationCall {
  /// A pair of a real and an imaginary part.
  fileprivate func complex(_ name: String) throws -> (Tensor, Tensor) {
    let parts = try tensors(name)
    guard parts.count == 2 else { throw error(name, "must be a real and an imaginary part") }
    return (parts[0], parts[1])
  }

  fileprivate func frameOptions() throws -> FrameOptions {
    let length = try int("sequence_length")
    return FrameOptions(
      length: length, stride: try int("sequence_stride"), fftLength: try int("fft_length"),
      window: try window(length), isCentered: try flag("center", true))
  }

  /// "hann" or "hamming" over one period, or the numbers themselves; "hann" unless given, and `nil` for null.
  private func window(_ length: Int) throws -> [Double]? {
    if arguments.keyword["window"]?.plainValue?.isNull == true || config["window"]?.isNull == true { return nil }
    guard let tensor = try? tensor("window") else {
      let name = try string("window", "hann")
      guard ["hann", "hamming"].contains(name), length > 0, length < 1 << 24 else {
        throw error("window", "must be hann, hamming or a list of numbers, found \(name)")
      }
      let constant = name == "hann" ? 0.5 : 0.54
      return (0..<length).map { constant - (1 - constant) * cos(2 * .pi * Double($0) / Double(length)) }
    }
    return try tensor.buffer().doubles()
  }
}
