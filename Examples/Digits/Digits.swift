// Trains a convolutional network on handwritten digits, tests it and saves it: run `scripts/demo`.
import Keras
import ModelFiles

@main
enum Digits {
  static func main() throws {
    let arguments = CommandLine.arguments
    let folder = arguments.count > 1 ? arguments[1] : "Examples/Digits/mnist-5k"
    let output = arguments.count > 2 ? arguments[2] : "digits.keras"

    let train = try Dataset(folder, "train")
    let test = try Dataset(folder, "t10k")
    RandomSeed.set(1)

    let model = Sequential {
      Input(28, 28, 1)
      Conv2D(32, kernelSize: 3, activation: .relu)
      MaxPooling2D()
      Conv2D(64, kernelSize: 3, activation: .relu)
      MaxPooling2D()
      Flatten()
      Dropout(0.5)
      Dense(10, activation: .softmax)
    }
    try model.compile(optimizer: Adam(learningRate: 1e-3), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy])
    print(model.summary())

    try model.fit(train.images, train.labels, batchSize: 128, epochs: 15, validationSplit: 0.1)
    let result = try model.evaluate(test.images, test.labels, batchSize: 128, verbose: .silent)

    try model.save(output)
    print("saved \(output): in Python, keras.models.load_model(\"\(output)\") opens it")
    print("test accuracy: \(decimal(result["accuracy"] ?? 0, 4))")
  }
}

/// Digits with their labels; pixels from 0 to 1.
struct Dataset {
  let images: Tensor
  let labels: Tensor

  init(_ folder: String, _ part: String) throws {
    let pixels = try Tensor(IDXFile.read(ByteSource(path: "\(folder)/\(part)-images-idx3-ubyte.gz")))
    images = (pixels.asType(.float32) / 255).expandDims(-1)
    labels = try Tensor(IDXFile.read(ByteSource(path: "\(folder)/\(part)-labels-idx1-ubyte.gz")))
  }
}
