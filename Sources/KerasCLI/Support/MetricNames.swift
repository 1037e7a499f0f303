/// The names of logs by metric, in order: one name, or those of the values for each class, which logs number.
func metrics(in names: [String]) -> [(metric: String, names: [String])] {
  var result: [(metric: String, names: [String])] = []
  for name in names {
    let bracket = name.hasSuffix("]") ? name.lastIndex(of: "[") : nil
    let metric = String(name[..<(bracket ?? name.endIndex)])
    if bracket != nil, result.last?.metric == metric {
      result[result.count - 1].names.append(name)
    } else {
      result.append((metric, [name]))
    }
  }
  return result
}
