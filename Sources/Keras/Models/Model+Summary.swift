extension Model {
  /// A table of the layers with their output shapes and parameter counts, as Keras prints it; of a model that cannot be
  /// used, also why.
  public func summary() -> String {
    let rows = listedLayers.map { layer in
      [
        "\(layer.name) (\(type(of: layer).className))", outputShapes(of: layer),
        grouped(layer.parameterCount),
      ]
    }
    let header = ["Layer (type)", "Output Shape", "Param #"]
    let widths = (0..<3).map { column in
      Swift.max(header[column].count, rows.map { $0[column].count }.max() ?? 0) + 2
    }
    func rule(_ left: String, _ middle: String, _ right: String, _ line: String) -> String {
      left + widths.map { String(repeating: line, count: $0) }.joined(separator: middle) + right
    }
    func row(_ cells: [String], _ bar: String) -> String {
      let padded = zip(cells, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count - 1)
        return column == 2 ? space + cell.0 + " " : " " + cell.0 + space
      }
      return bar + padded.joined(separator: bar) + bar
    }
    var lines = ["Model: \"\(name)\"", rule("┏", "┳", "┓", "━"), row(header, "┃"), rule("┡", "╇", "┩", "━")]
    for (index, cells) in rows.enumerated() {
      if index > 0 { lines.append(rule("├", "┼", "┤", "─")) }
      lines.append(row(cells, "│"))
    }
    lines.append(rule("└", "┴", "┘", "─"))
    let trainable = trainableWeights.reduce(0) { $0.addingClamped($1.shape.elementCount) }
    let bytes = weights.reduce(0) { $0.addingClamped($1.type.byteCount) }
    lines += [
      " Total params: \(grouped(parameterCount)) (\(sized(bytes)))",
      " Trainable params: \(grouped(trainable))", " Non-trainable params: \(grouped(parameterCount - trainable))",
    ]
    if let error = ([self] + flattenedSublayers).lazy.compactMap(\.deferredError).first {
      lines.append(" Cannot be used: \(error)")
    }
    return lines.joined(separator: "\n")
  }

  private var listedLayers: [Layer] { self is Sequential ? layers : graph?.layers ?? layers }

  private func outputShapes(of layer: Layer) -> String {
    let shapes = layer.inboundNodes.first?.outputShapes.map(describe) ?? []
    return shapes.isEmpty ? (layer.built ? "?" : "? (unbuilt)") : shapes.joined(separator: ", ")
  }
}

/// A number with commas between thousands.
private func grouped(_ number: Int) -> String {
  var result = ""
  for (index, digit) in String(number).reversed().enumerated() {
    if index > 0, index % 3 == 0 { result.append(",") }
    result.append(digit)
  }
  return String(result.reversed())
}

private func sized(_ bytes: Int) -> String {
  var value = Double(bytes)
  for unit in ["B", "KB", "MB", "GB"] {
    if value < 1024 || unit == "GB" { return "\(decimal(value, 2)) \(unit)" }
    value /= 1024
  }
  return ""
}
