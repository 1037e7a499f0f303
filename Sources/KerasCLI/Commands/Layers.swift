import ArgumentParser
import Keras
import ModelFiles

/// `keras layers`
struct Layers: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "layers",
    abstract: "Show the layers there are, or one of them.",
    discussion: """
      Without a name, lists all layers and activations by group. With one, shows the layer's arguments with their \
      defaults, what it computes, and its shapes and weights for an example.

        keras layers
        keras layers Dense
      """)

  @Argument(help: "A layer: Dense, Conv2D, …")
  var name: String?

  func run() throws {
    for line in try name.map(LayerPage.lines) ?? catalogue { print(line) }
  }

  private var catalogue: [String] {
    let entries = LayerCatalogue.entries
    let width = entries.map(\.className.count).max() ?? 0
    var lines: [String] = []
    for group in LayerReference.Group.allCases {
      if group == .further {
        lines += ["Activations", "  " + ActivationFunction.names.joined(separator: ", "), ""]
      }
      lines.append(group.rawValue)
      for entry in entries where entry.reference.group == group {
        lines.append("  \(entry.className.padded(to: width))  \(entry.reference.formula)")
      }
      lines.append("")
    }
    return lines + ["keras layers NAME shows one of them."]
  }
}
