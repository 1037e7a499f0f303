import Testing

@testable import Keras

/// A program that sees ever new shapes keeps the compiled functions of the latest only.
@Suite struct FunctionCacheTests {
  private func function(_ count: Int) throws -> CompiledFunction {
    try CompiledFunction.trace([], training: false) { _, _ in [Tensor((0..<count).map(Float.init))] }
  }

  @Test func oldestFunctionsMakeRoomInAllCaches() throws {
    let size = try function(1000).byteCount
    let budget = FunctionBudget(byteCount: 5 * size)
    let (first, second) = (FunctionCache<Int>(budget: budget), FunctionCache<String>(budget: budget))
    for key in 0..<4 { _ = try first.function(key) { try function(1000) } }
    _ = try second.function("a") { try function(1000) }
    // Used again, the first is no longer the oldest.
    _ = try first.function(0) { try function(1000) }
    _ = try second.function("b") { try function(1000) }
    #expect(Set(first.all.map(\.key)) == [0, 2, 3])
    #expect(Set(second.all.map(\.key)) == ["a", "b"])
    #expect(budget.byteCount == 5 * size)
    // One that is larger than all that may be kept is kept as long as it is the newest.
    _ = try second.function("large") { try function(100_000) }
    #expect(first.all.isEmpty && second.all.map(\.key) == ["large"])
    _ = try first.function(9) { try function(1000) }
    #expect(first.all.map(\.key) == [9] && second.all.isEmpty)
    first.removeAll()
    #expect(budget.byteCount == 0)
  }

  @Test func aCacheTakesItsBytesAlong() throws {
    let budget = FunctionBudget(byteCount: 1 << 30)
    do {
      let cache = FunctionCache<Int>(budget: budget)
      for key in 0..<3 { _ = try cache.function(key) { try function(10) } }
      #expect(budget.byteCount == 3 * (try function(10).byteCount) && budget.stores.count == 1)
    }
    #expect(budget.byteCount == 0 && budget.stores.isEmpty)
  }

  @Test func clearedCachesAreFilledAgain() throws {
    let model = Sequential {
      Input(3)
      Dense(2)
    }
    let x = Tensor.ones([5, 3])
    let before = try model.predict(x).scalars()
    #expect(model.stepFunctions.all.count == 1)
    clearCaches()
    #expect(model.stepFunctions.all.isEmpty)
    #expect(try model.predict(x).scalars() == before)
  }
}
