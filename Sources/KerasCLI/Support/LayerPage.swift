import Keras
import ModelFiles

/// All that is known of one layer.
enum LayerPage {
  static func lines(_ name: String) throws -> [String] {
    let (className, reference) = try LayerCatalogue.entry(name)
    var lines = ["\(className) (\(reference.group.rawValue))", "", "  \(reference.formula)", "", "Example"]
    lines.append("  \(reference.example)")
    // A layer around a function of the program's own has nothing to show before there is one.
    if let arguments = try? LayerCatalogue.arguments(of: className) { lines += section(arguments) }
    if let sample = try? LayerCatalogue.sample(of: className) { lines += section(sample) }
    return lines
  }

  private static func section(_ arguments: [LayerCatalogue.Parameter]) -> [String] {
    let required = arguments.filter { $0.defaultValue == nil }
    let rows = (required + arguments.filter { $0.defaultValue != nil }).map { argument in
      (camelCase(argument.name), argument.name, argument.defaultValue.map { text($0) } ?? "required")
    }
    let width = rows.map(\.0.count).max() ?? 0
    let lines = rows.map { swift, keras, value in
      "  \(swift.padded(to: width))  \(value)" + (swift == keras ? "" : "  (Keras: \(keras))")
    }
    return ["", "Arguments with their defaults"] + lines + ["  \("name, dtype".padded(to: width))  as for every layer"]
  }

  private static func section(_ sample: LayerCatalogue.Sample) -> [String] {
    var lines = ["", "Shapes, for example"]
    lines += sample.inputs.map { "  input   \(describe($0))" }
    lines += sample.outputs.map { "  output  \(describe($0))" }
    guard !sample.weights.isEmpty else { return lines + ["", "No weights"] }
    let width = sample.weights.map(\.name.count).max() ?? 0
    lines += ["", "Weights of the example"]
    for weight in sample.weights {
      let shape = describe(weight.shape.dimensions)
      lines.append("  \(weight.name.padded(to: width))  \(shape)" + (weight.trainable ? "" : "  not trained"))
    }
    return lines
  }

  /// A default as Swift writes it, or nearly.
  private static func text(_ value: JSONValue) -> String {
    if value.isNull { return "nil" }
    if let items = value.array { return "[" + items.map(text).joined(separator: ", ") + "]" }
    guard let className = value["class_name"]?.string else { return value.description }
    let config = value["config"]?.object ?? [:]
    let arguments = config.filter { !$0.value.isNull }.map { "\(camelCase($0.key)): \(text($0.value))" }
    return className + (arguments.isEmpty ? "" : "(" + arguments.joined(separator: ", ") + ")")
  }

  private static func camelCase(_ name: String) -> String {
    let words = name.split(separator: "_")
    return words.prefix(1).joined() + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// As Keras prints shapes.
  private static func describe(_ shape: [Int?]) -> String {
    "(" + shape.map { $0.map(String.init) ?? "None" }.joined(separator: ", ") + (shape.count == 1 ? ",)" : ")")
  }
}

extension String {
  /// With spaces up to a width.
  func padded(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
