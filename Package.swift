// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "swift-keras",
  platforms: [.macOS(.v15)],
  products: [
    .library(name: "Keras", targets: ["Keras"]),
    .library(name: "ModelFiles", targets: ["ModelFiles"]),
    .executable(name: "keras", targets: ["KerasCLI"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(
      name: "COneDNN", pkgConfig: "dnnl", providers: [.apt(["libdnnl-dev"]), .brew(["onednn"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CKernels", linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))]),
    .target(name: "Graph"),
    .target(name: "CPUExecutor", dependencies: ["Graph", "CKernels", "COneDNN"]),
    .target(name: "ModelFiles", dependencies: ["CZlib"]),
    .target(name: "Keras", dependencies: ["Graph", "CPUExecutor", "ModelFiles"]),
    .executableTarget(
      name: "KerasCLI",
      dependencies: ["Keras", "ModelFiles", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    .executableTarget(
      name: "Digits", dependencies: ["Keras", "ModelFiles"], path: "Examples/Digits", exclude: ["mnist-5k"]),
    .executableTarget(name: "Benchmark", dependencies: ["Keras"], path: "Benchmarks/Workloads"),
    .executableTarget(name: "Soak", dependencies: ["Keras"], path: "Benchmarks/Soak"),
    .executableTarget(name: "Fuzz", dependencies: ["FuzzSupport"], path: "Benchmarks/Fuzz"),
    .executableTarget(
      name: "ExecutorBenchmark", dependencies: ["CPUExecutor", "Graph"], path: "Benchmarks/Executor"),
    .testTarget(name: "GraphTests", dependencies: ["Graph"]),
    .testTarget(name: "CPUExecutorTests", dependencies: ["CPUExecutor", "Graph", "OpenMPProcess"]),
    .executableTarget(name: "OpenMPProcess", dependencies: ["CPUExecutor", "Graph"], path: "Tests/OpenMPProcess"),
    .testTarget(name: "KerasCLITests", dependencies: ["KerasCLI", "Keras", "ModelFiles", "FuzzSupport"]),
    .target(name: "FuzzSupport", dependencies: ["Keras", "ModelFiles"], path: "Tests/FuzzSupport"),
    .executableTarget(name: "SaverProcess", dependencies: ["Keras"], path: "Tests/SaverProcess"),
    .testTarget(
      name: "ModelFilesTests", dependencies: ["ModelFiles", "FuzzSupport"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "KerasTests", dependencies: ["Keras", "ModelFiles", "Graph", "FuzzSupport", "SaverProcess"],
      resources: [.copy("Fixtures")]),
  ],
  swiftLanguageModes: [.v6]
)
