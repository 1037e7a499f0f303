import ModelFiles
import Testing

@testable import Keras

/// Errors about names say the nearest ones, and none repeats what a file holds at length.
@Suite struct NamesInErrorsTests {
  private func error(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return ""
  }

  @Test func nearNamesInEveryRegistry() {
    for (message, name) in [
      (error { _ = try ActivationFunction.named("rellu") }, "relu"),
      (error { _ = try Optimizer.named("adamm") }, "adam"),
      (error { _ = try loss(named: "mean_square_error") }, "mean_squared_error"),
      (error { _ = try Metric.named("acuracy") }, "accuracy"),
      (error { _ = try LayerRegistry.make("Dens", ["units": 1]) }, "Dense"),
      (error { _ = try LayerRegistry.make("Dense", ["unit": 1, "units": 1]) }, "units"),
      (error { _ = try LayerRegistry.make("Dense", ["units": 1, "activation": "sigmoyd"]) }, "sigmoid"),
      (error { _ = try LayerRegistry.make("Dense", ["units": 1, "kernel_initializer": "zeroes"]) }, "zeros"),
      (error { _ = try LayerRegistry.make("Dense", ["units": 1, "kernel_regularizer": "l22"]) }, "l2"),
      (error { _ = try LayerRegistry.make("Dense", ["units": 1, "kernel_constraint": "max_nrm"]) }, "MaxNorm"),
      (error { _ = try LayerCatalogue.entry("Dens") }, "Dense"),
      (error { _ = try OperationRegistry.call("matmull", CallArguments([])) }, "matmul"),
      (error { _ = try OperationRegistry.make("Matmull", name: nil, config: [:]) }, "Matmul"),
      (
        error {
          _ = try Sequential {
            Input(2)
            Dense(1, name: "head")
          }.layer(named: "heed")
        }, "head"
      ),
    ] {
      #expect(
        message.contains("did you mean") && message.lowercased().contains(name.lowercased()), "\(name): \(message)")
      #expect(message.count < 250, "\(message)")
    }
  }

  @Test func errorsAreOfBoundedLength() throws {
    let code = JSONValue.string(String(repeating: "4wEAAAAA", count: 2000))
    let long = String(repeating: "x", count: 100_000)
    let unknownArgument: Config = [long: 1, "units": 1]
    for (className, config) in [
      ("Lambda", ["function": [code, nil, nil]]),
      ("Lambda", ["function": ["class_name": "__lambda__", "config": code]]),
      ("Lambda", ["function": code]), ("Dense", ["units": code]), ("Dense", ["units": 1, "activation": [code]]),
      ("Dense", ["units": 1, "kernel_initializer": [code]]), ("Dense", ["units": 1, "dtype": code]),
      ("Dense", unknownArgument), (long, Config()), ("Bidirectional", ["layer": code]),
      ("ZeroPadding2D", ["padding": [code, 1]]), ("StackedRNNCells", ["cells": [code]]),
    ] as [(String, Config)] {
      let message = error { _ = try LayerRegistry.make(className, config) }
      #expect((10..<1300).contains(message.count), "\(message.prefix(200))")
      #expect(!message.contains(String(repeating: "4wEAAAAA", count: 20)), "\(message.prefix(200))")
    }
    let message = error { _ = try LayerRegistry.make("Lambda", ["function": [code, nil, nil], "name": "double"]) }
    #expect(message.contains("double (Lambda), argument function: is Python code, which is never run"))
  }
}
