import Foundation
import ModelFiles
import Testing

@testable import Keras

/// Where Keras has the operations' classes: it looks for them nowhere else.
@Suite struct OperationModuleTests {
  /// Functions that take no tensor, so that they are never in a file.
  private static let functions: Set<String> = ["Empty", "Eye", "Identity", "Ones", "Tri", "Zeros"]

  @Test func classesAreWrittenUnderTheirModules() throws {
    let base = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/operations/modules.json")
    let json = try JSONValue(parsing: ByteSource(path: base.path).bytes())
    var classes: Set<String> = []
    for (module, names) in try #require(json["modules"]?.object) {
      for name in names.array?.compactMap(\.string) ?? [] {
        classes.insert(name)
        #expect(OperationRegistry.module(of: name) == module, "\(name)")
        #expect(OperationRegistry.contains(name) == (OperationRegistry.absent[name] == nil), "\(name)")
      }
    }
    #expect(classes.count > 330)
    #expect(OperationRegistry.classNames.subtracting(classes) == Self.functions)
  }
}
