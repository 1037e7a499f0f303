/// What to add to an error about an input's shape where the array looks like one sample without an axis of samples; empty
/// otherwise.
///
/// - Parameter expected: the input's shape, with the batch first.
func batchHint(_ found: [Int?], _ expected: [Int?]) -> String {
  guard found.count + 1 == expected.count, zip(found, expected.dropFirst()).allSatisfy(mayAgree) else { return "" }
  return "; for one sample give the array a first axis of 1, as expandDims(0) does"
}
