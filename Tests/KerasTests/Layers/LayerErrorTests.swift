import Foundation
import ModelFiles
import Testing

@testable import Keras

/// What Keras refuses is refused here: a `KerasError` that names the layer, when it is made or first called.
@Suite struct LayerErrorTests {
  struct ErrorCase: Sendable, CustomTestStringConvertible {
    let manifest: JSONValue
    var testDescription: String { manifest["name"]?.string ?? "" }
  }

  static let cases: [ErrorCase] = {
    guard let folder = Bundle.module.resourceURL,
      let bytes = try? ByteSource(path: folder.appendingPathComponent("Fixtures/layers/errors.json").path).bytes(),
      let json = try? JSONValue(parsing: bytes)
    else { return [] }
    return (json["cases"]?.array ?? []).map(ErrorCase.init)
  }()

  @Test func allCasesAreThere() { #expect(Self.cases.count > 150) }

  @Test(arguments: cases)
  func refusal(_ errorCase: ErrorCase) throws {
    let manifest = errorCase.manifest
    let className = try #require(manifest["class_name"]?.string)
    let inputs = (manifest["inputs"]?.array ?? []).map { shape in (shape.array ?? []).map(\.int) }
    guard let error = refusal(className, manifest["config"]?.object ?? [:], inputs) else {
      Issue.record("\(errorCase) is accepted; Keras says: \(manifest["message"]?.string ?? "")")
      return
    }
    let names = "\(error)".contains(className) || "\(error)".contains(snakeCase(className))
    #expect(names, "\(errorCase): the error does not name the layer: \(error)")
  }

  private func refusal(_ className: String, _ config: Config, _ inputs: [[Int?]]) -> KerasError? {
    do {
      clearSession()
      let layer = try LayerRegistry.make(className, config)
      let symbols = inputs.map { InputLayer(batchShape: $0, name: "input").output }
      let argument = symbols.count == 1 ? Argument.tensor(symbols[0]) : .list(symbols.map(Argument.tensor))
      return layer.apply(CallArguments([argument])).lazy.compactMap(\.failure).first
    } catch {
      return error as? KerasError
    }
  }
}
