import Graph
import Testing

@testable import CPUExecutor

/// Steps that write where they must not are found.
@Suite struct MemoryGuardTests {
  private static let type = TensorType(.float32, [4])

  /// A pool over one argument and one result, whose first step copies, with a temporary of 16 bytes and a constant.
  private func pool(
    updates: [Int: Int] = [:], _ misdeed: @escaping @Sendable (Frame, MemoryGuardTests.Slots) -> Void
  ) -> FramePool {
    var builder = PlanBuilder(fenceByteCount: Fence.byteCount)
    let places = [
      builder.storage(.argument(0), byteCount: 16), builder.storage(.result(0), byteCount: 16),
      builder.temporary(byteCount: 16), builder.constant([UInt8](repeating: 1, count: 16)),
    ]
    let slots = Slots(
      argument: builder.slot(places[0]), result: builder.slot(places[1]), temporary: builder.slot(places[2]),
      constant: builder.slot(places[3]))
    builder.emit("copy", scope: "", touching: places) { frame in
      frame[slots.result].copyMemory(from: frame[slots.argument], byteCount: 16)
    }
    builder.emit("misdeed (some:kernel)", scope: "layer", touching: places) { misdeed($0, slots) }
    let interface = Plan.Interface(parameterTypes: [Self.type], outputTypes: [Self.type], updates: updates)
    return FramePool(builder.finish(interface), threadCount: 1)
  }

  struct Slots: Sendable {
    var argument: Int
    var result: Int
    var temporary: Int
    var constant: Int
  }

  private func failure(_ misdeed: @escaping @Sendable (Frame, Slots) -> Void) -> GraphError? {
    let buffers = [Buffer(Self.type), Buffer(Self.type)]
    return #expect(throws: GraphError.self) { try pool(misdeed).run([buffers[0]], into: [buffers[1]]) }
  }

  @Test func writesPastBlocks() {
    let past = failure { $0[$1.temporary].storeBytes(of: 1, toByteOffset: 16 + 732, as: Float.self) }
    #expect(past?.operation == "misdeed (some:kernel)" && past?.scope == "layer")
    #expect(past?.message == "step 1 writes 736 bytes past the end of a temporary of 16 bytes")
    let before = failure { ($0[$1.temporary] - 8).storeBytes(of: 1, as: Float.self) }
    #expect(before?.message == "step 1 writes 8 bytes before the start of a temporary of 16 bytes")
    let result = failure { $0[$1.result].storeBytes(of: 1, toByteOffset: 16, as: UInt8.self) }
    #expect(result?.message == "step 1 writes 1 bytes past the end of result 0 of 16 bytes")
    let argument = failure { $0[$1.argument].storeBytes(of: 1, toByteOffset: 16, as: UInt8.self) }
    #expect(argument?.message == "step 1 writes 1 bytes past the end of argument 0 of 16 bytes")
    let constant = failure { $0[$1.constant].storeBytes(of: 1, toByteOffset: 16, as: UInt8.self) }
    #expect(constant?.message == "step 1 writes 1 bytes past the end of a constant of 16 bytes")
  }

  @Test func changesOfArguments() {
    let changed = failure { $0[$1.argument].storeBytes(of: 1, as: Float.self) }
    #expect(changed?.message == "a step changes argument 0, which is not updated")
  }

  @Test func startsOnGarbage() throws {
    let result = Buffer(Self.type)
    let pool = pool { frame, slots in frame[slots.result].copyMemory(from: frame[slots.temporary], byteCount: 16) }
    try pool.run([Buffer(Self.type)], into: [result])
    #expect(result.numbers.allSatisfy { $0.isNaN })
    try pool.run([Buffer(Self.type)], into: [result])
    #expect(result.numbers.allSatisfy { $0 == 12.078431129455566 })
  }

  @Test func updatesReachTheCaller() throws {
    let argument = Buffer(Self.type)
    let pool = pool(updates: [0: 0]) { $0[$1.argument].storeBytes(of: 7, as: Float.self) }
    try pool.run([argument], into: [argument])
    #expect(argument.numbers == [7, 0, 0, 0])
  }

  /// Loops and branches run plans of their own, which write into blocks of the plan around them.
  @Test func childrenAreGuarded() throws {
    var inner = PlanBuilder(fenceByteCount: Fence.byteCount)
    let place = inner.storage(.result(0), byteCount: 16)
    let slot = inner.slot(place)
    inner.emit("inner", scope: "", touching: [place]) { frame in
      for index in 0..<5 { frame[slot].storeBytes(of: 1, toByteOffset: 4 * index, as: Float.self) }
    }
    var builder = PlanBuilder(fenceByteCount: Fence.byteCount)
    let child = builder.child(
      inner.finish(Plan.Interface(parameterTypes: [], outputTypes: [Self.type], updates: [:])))
    let temporary = builder.temporary(byteCount: 16)
    let target = builder.slot(temporary)
    builder.emit("loop", scope: "", touching: [temporary]) { frame in
      frame.children[child].bind(result: 0, to: frame[target])
      try frame.children[child].run()
    }
    let pool = FramePool(
      builder.finish(Plan.Interface(parameterTypes: [], outputTypes: [], updates: [:])), threadCount: 1)
    let error = #expect(throws: GraphError.self) { try pool.run([], into: []) }
    #expect(error?.description == "inner: step 0 writes 4 bytes past the end of a temporary of 16 bytes")
  }
}
