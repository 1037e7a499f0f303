import CKernels
import Graph

/// Writes the program of a group of elementwise nodes.
///
/// First instructions over unlimited registers, then the decision which registers lie in memory, then the assignment
/// of the others to as few scratch registers as possible.
struct TileProgramBuilder {
  /// A register before assignment.
  struct Register {
    var lane: TileLane
    /// The operand or result that the register lies in.
    var location: Location?
    /// The same for every tile: filled once, never reused.
    var isUniform = false
    var definition = -1
    var lastUse = -1
  }

  struct Instruction {
    var opcode: ck_opcode
    var lane: TileLane
    var detail: UInt8 = 0
    var result: Int?
    var operands: [Int] = []
    var access: Int?
    /// Anything else the instruction takes, in place of `b`.
    var immediate = 0
  }

  let values: ValueTable
  let elementCount: Int
  private(set) var registers: [Register] = []
  private(set) var instructions: [Instruction] = []
  private(set) var accesses: [(location: Location, access: ck_access)] = []
  private var registerOf: [Value: Int] = [:]
  private var members: Set<Int>
  private let place: (Value) throws -> Location
  private let constant: ([UInt8]) -> Location

  /// - Parameters:
  ///   - place: where a value from outside the group lies.
  ///   - constant: where these bytes lie.
  init(
    _ values: ValueTable, members: [Int], elementCount: Int, place: @escaping (Value) throws -> Location,
    constant: @escaping ([UInt8]) -> Location
  ) {
    self.values = values
    self.elementCount = elementCount
    self.members = Set(members)
    self.place = place
    self.constant = constant
  }

  private var graph: Graph { values.graph }

  // MARK: Instructions

  mutating func append(_ node: Int) throws {
    let entry = graph.nodes[node]
    let type = entry.types[0]
    let result: Int
    switch entry.op {
    case .unary(let op): result = try unary(op, entry, type.dtype)
    case .binary(let op): result = try binary(op, entry, type.dtype)
    case .compare(let comparison):
      let dtype = values.type(entry.inputs[0]).dtype
      result = emit(
        comparison.opcode, TileLane(dtype), result: .i32,
        [try register(entry.inputs[0]), try register(entry.inputs[1])])
    case .select:
      let lane = TileLane(type.dtype)
      result = emit(CK_SELECT, lane, result: lane, try entry.inputs.map { try register($0) })
    case .convert(let dtype): result = try convert(entry.inputs[0], to: dtype)
    case .randomBits:
      let key = access(try place(values.root(entry.inputs[0])), .uint32, StridedView(extents: [], strides: []))
      result = emit(CK_RANDOM, .u32, result: .u32, [], access: key)
    default: result = try load(node, of: Value(node: node)) ?? 0
    }
    registerOf[Value(node: node)] = result
  }

  private mutating func emit(
    _ opcode: ck_opcode, _ lane: TileLane, result: TileLane, _ operands: [Int], detail: UInt8 = 0, access: Int? = nil
  ) -> Int {
    for operand in operands { registers[operand].lastUse = instructions.count }
    registers.append(Register(lane: result, definition: instructions.count))
    instructions.append(
      Instruction(
        opcode: opcode, lane: lane, detail: detail, result: registers.count - 1, operands: operands, access: access))
    return registers.count - 1
  }

  private mutating func narrow(_ register: Int, to dtype: DType) -> Int {
    let lane = TileLane(dtype)
    return emit(CK_NARROW, lane, result: lane, [register], detail: UInt8(dtype.element))
  }

  private func isNarrowInteger(_ dtype: DType) -> Bool { dtype.isInteger && dtype.byteCount < 4 }

  /// The unsigned type of the same size, in which bits above the element are zero.
  private func unsigned(_ register: Int, _ dtype: DType, _ builder: inout Self) -> Int {
    switch dtype {
    case .int8: builder.narrow(register, to: .uint8)
    case .int16: builder.narrow(register, to: .uint16)
    default: register
    }
  }

  private mutating func unary(_ op: UnaryOp, _ entry: Node, _ dtype: DType) throws -> Int {
    let source = values.type(entry.inputs[0]).dtype
    let lane = TileLane(source)
    var operand = try register(entry.inputs[0])
    if op == .populationCount { operand = unsigned(operand, source, &self) }
    let result = emit(op.opcode(source), lane, result: op.isPredicate ? .i32 : lane, [operand])
    return isNarrowInteger(dtype) ? narrow(result, to: dtype) : result
  }

  private mutating func binary(_ op: BinaryOp, _ entry: Node, _ dtype: DType) throws -> Int {
    var lane = TileLane(dtype)
    var first = try register(entry.inputs[0])
    let second = try register(entry.inputs[1])
    if op == .shiftRightLogical { first = unsigned(first, dtype, &self) }
    if op == .shiftRightArithmetic, dtype.isUnsignedInteger, dtype.byteCount < 4 {
      first = narrow(first, to: dtype == .uint8 ? .int8 : .int16)
      lane = .i32
    }
    let result = emit(op.opcode, lane, result: lane, [first, second])
    return op.wraps && isNarrowInteger(dtype) ? narrow(result, to: dtype) : result
  }

  private mutating func convert(_ input: Value, to dtype: DType) throws -> Int {
    let source = values.type(input).dtype
    let (from, to) = (TileLane(source), TileLane(dtype))
    let operand = try register(input)
    if dtype == .bool {
      return emit(CK_CONVERT_BOOL, .i32, result: .i32, [operand], detail: from.rawValue)
    }
    if source.isFloatingPoint, isNarrowInteger(dtype) {
      // Through the wide integer, which saturates first; unsigned types must not see negative bits.
      let wide = emit(CK_CONVERT, to, result: to, [operand], detail: from.rawValue)
      return emit(CK_SATURATE, to, result: to, [wide], detail: UInt8(dtype.element))
    }
    // Signed integers widen with their sign.
    let sign: (TileLane, TileLane) = (from, to)
    var result = operand
    if sign == (.i32, .i64) || sign == (.i32, .u64) {
      result = emit(CK_CONVERT, .i64, result: .i64, [operand], detail: TileLane.i32.rawValue)
    } else if from != to {
      result = emit(CK_CONVERT, to, result: to, [operand], detail: from.rawValue)
    }
    if dtype.isFloatingPoint {
      return dtype.byteCount < 4 && source != dtype ? narrow(result, to: dtype) : result
    }
    return isNarrowInteger(dtype) ? narrow(result, to: dtype) : result
  }

  // MARK: Operands

  /// The register that holds a value, loading it where it comes from outside.
  private mutating func register(_ value: Value) throws -> Int {
    let root = values.root(value)
    if let known = registerOf[root] { return known }
    if let loaded = try load(root.node, of: root) {
      registerOf[root] = loaded
      return loaded
    }
    let dtype = values.type(value).dtype
    let result = try operand(try place(root), dtype, StridedView(extents: [elementCount], strides: [1]))
    registerOf[root] = result
    return result
  }

  /// The register of a node that is computed while loading.
  private mutating func load(_ node: Int, of value: Value) throws -> Int? {
    guard let load = values.load(of: node) else { return nil }
    let type = graph.nodes[node].types[0]
    switch load {
    case .counter:
      guard case .iota(_, let axis) = graph.nodes[node].op else { return nil }
      let inner = type.shape.strides[axis]
      let view = StridedView(extents: [type.shape[axis], max(inner, 1)], strides: [0, 0])
      let lane = TileLane(type.dtype)
      let position = access(Location(storage: -1), type.dtype, view)
      let counter = emit(CK_IOTA, lane, result: lane, [], access: position)
      return type.dtype.byteCount < 4 ? narrow(counter, to: type.dtype) : counter
    case .view(let source, let view, let byteOffset):
      let root = values.root(source)
      if case .constant(let literal) = graph.nodes[root.node].op, literal.type.shape.elementCount == 1 {
        return try operand(constant(literal.bytes), type.dtype, StridedView(extents: [], strides: []))
      }
      var location = try place(root)
      location.byteOffset += byteOffset
      return try operand(location, type.dtype, view)
    }
  }

  private mutating func operand(_ location: Location, _ dtype: DType, _ view: StridedView) throws -> Int {
    let lane = TileLane(dtype)
    if dtype.isLane, view.isDense {
      registers.append(Register(lane: lane, location: location))
      return registers.count - 1
    }
    return emit(CK_LOAD, lane, result: lane, [], access: access(location, dtype, view))
  }

  private mutating func access(_ location: Location, _ dtype: DType, _ view: StridedView) -> Int {
    var access = ck_access()
    access.element = dtype.element
    access.rank = Int32(view.extents.count)
    withUnsafeMutableBytes(of: &access.extents) { $0.bindMemory(to: Int64.self).fill(view.extents) }
    withUnsafeMutableBytes(of: &access.strides) { $0.bindMemory(to: Int64.self).fill(view.strides) }
    accesses.append((location, access))
    return accesses.count - 1
  }

  // MARK: Results

  /// Makes a member's value lie at `location` after the program has run.
  mutating func store(_ value: Value, at location: Location) {
    guard let register = registerOf[value] else { return }
    let dtype = values.type(value).dtype
    if dtype.isLane, registers[register].location == nil,
      instructions[registers[register].definition].opcode != CK_LOAD,
      overwritesNothingNeeded(location, by: registers[register].definition)
    {
      registers[register].location = location
      return
    }
    let position = access(location, dtype, StridedView(extents: [elementCount], strides: [1]))
    registers[register].lastUse = instructions.count
    instructions.append(
      Instruction(
        opcode: CK_STORE, lane: TileLane(dtype), operands: [register], access: position))
  }

  /// Whether an operand at this place is read for the last time before, or by, the instruction that writes there.
  private func overwritesNothingNeeded(_ location: Location, by definition: Int) -> Bool {
    for register in registers where register.location?.storage == location.storage {
      if register.lastUse > definition { return false }
    }
    for instruction in instructions[min(definition + 1, instructions.count)...] {
      if let access = instruction.access, accesses[access].location.storage == location.storage { return false }
    }
    return true
  }

  /// The places outside the program that it reads or writes.
  var touched: [Location] {
    registers.compactMap(\.location) + accesses.map(\.location).filter { $0.storage >= 0 }
  }
}

extension UnsafeMutableBufferPointer<Int64> {
  func fill(_ values: [Int]) {
    for (index, value) in values.enumerated() where index < count { self[index] = Int64(value) }
  }
}
