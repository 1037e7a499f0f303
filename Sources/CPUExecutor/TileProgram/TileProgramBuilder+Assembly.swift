import CKernels
import Graph

extension TileProgramBuilder {
  /// The finished program; `slot` gives the place of an address in a frame's table.
  func assemble(slot: (Location) -> Int) throws(GraphError) -> TileProgram {
    let tile = tileLength
    let uniform = instructions.indices.map { isUniform(instructions[$0], tile: tile) }
    let order = instructions.indices.filter { uniform[$0] } + instructions.indices.filter { !uniform[$0] }
    var assignment = RegisterAssignment(
      registers,
      pinned: instructions.indices.filter { uniform[$0] }.compactMap {
        instructions[$0].result
      })
    var encoded: [ck_instruction] = []
    for index in order {
      let instruction = instructions[index]
      var code = ck_instruction()
      code.opcode = UInt8(instruction.opcode.rawValue)
      code.lane = instruction.lane.rawValue
      code.detail = instruction.detail
      let operands = instruction.operands.map { UInt16(assignment.physical($0)) }
      if let access = instruction.access {
        code.a = UInt16(access)
        if let register = operands.first { code.b = register }
      } else {
        if operands.count > 0 { code.a = operands[0] }
        if operands.count > 1 { code.b = operands[1] }
        if operands.count > 2 { code.c = operands[2] }
      }
      // An operand's register may take the result only where both have the same width: other loops are not in place.
      let width = instruction.result.map { registers[$0].lane.byteCount }
      let (inPlace, others) = (
        instruction.operands.filter { registers[$0].lane.byteCount == width },
        instruction.operands.filter { registers[$0].lane.byteCount != width }
      )
      assignment.release(inPlace, after: index)
      if let result = instruction.result { code.result = UInt16(assignment.define(result, at: index)) }
      assignment.release(others, after: index)
      encoded.append(code)
    }
    guard assignment.count <= Int(CK_MAX_REGISTERS) else {
      throw GraphError("elementwise", "needs \(assignment.count) registers")
    }
    var program = ck_tile_program()
    program.count = Int64(elementCount)
    program.tile = Int64(tile)
    program.grain = Int64(max(1024, 250_000 / max(instructions.map(\.cost).reduce(0, +), 1)))
    let width = registers.contains { $0.lane.byteCount == 8 } ? 8 : 4
    program.register_stride = Int64(ArenaLayout.aligned(tile * width))
    program.part_stride = program.register_stride * Int64(assignment.scratchCount)
    program.register_count = Int32(assignment.count)
    program.prologue_count = Int32(uniform.filter { $0 }.count)
    let placed: [ck_access] = accesses.map { entry in
      var access = entry.access
      access.pointer = entry.location.storage < 0 ? 0 : Int32(slot(entry.location))
      return access
    }
    let directs = assignment.directs.map { register, location in
      ck_direct_register(
        reg: UInt16(assignment.physical(register)), size: UInt16(registers[register].lane.byteCount),
        pointer: Int32(slot(location)))
    }
    return TileProgram(program, instructions: encoded, accesses: placed, directs: directs)
  }

  /// About a thousand elements, in whole rows where rows are repeated.
  private var tileLength: Int {
    let base = registers.count > 16 ? 512 : 1024
    guard elementCount > base else { return max(elementCount, 1) }
    for (_, access) in accesses where access.rank == 2 && access.strides.0 == 0 && access.strides.1 == 1 {
      let row = Int(access.extents.1)
      if row <= 2048 { return max(base / row, 1) * row }
    }
    return base
  }

  /// Whether the instruction loads the same elements for every tile.
  private func isUniform(_ instruction: Instruction, tile: Int) -> Bool {
    guard instruction.opcode == CK_LOAD, let position = instruction.access, let result = instruction.result,
      registers[result].location == nil
    else { return false }
    let access = accesses[position].access
    if access.rank == 0 { return true }
    return access.rank == 2 && access.strides.0 == 0 && tile % Int(access.extents.1) == 0
  }
}

/// Scratch registers, given out again after their last use.
private struct RegisterAssignment {
  private let registers: [TileProgramBuilder.Register]
  private let pinned: Set<Int>
  private var physicalOf: [Int: Int] = [:]
  private var free: [Int] = []
  private(set) var scratchCount = 0
  private var directNumbers: [Int: Int] = [:]

  init(_ registers: [TileProgramBuilder.Register], pinned: [Int]) {
    self.registers = registers
    self.pinned = Set(pinned)
    for index in registers.indices where registers[index].location != nil { directNumbers[index] = directNumbers.count }
  }

  /// Registers in memory come first in the numbering, so that their addresses are set tile by tile.
  var count: Int { directNumbers.count + scratchCount }

  var directs: [(Int, Location)] {
    directNumbers.keys.sorted().compactMap { index in registers[index].location.map { (index, $0) } }
  }

  func physical(_ register: Int) -> Int {
    directNumbers[register] ?? (physicalOf[register] ?? 0) + directNumbers.count
  }

  mutating func define(_ register: Int, at position: Int) -> Int {
    if directNumbers[register] != nil { return physical(register) }
    let number: Int
    if let reused = free.popLast() {
      number = reused
    } else {
      number = scratchCount
      scratchCount += 1
    }
    physicalOf[register] = number
    if registers[register].lastUse < position, !pinned.contains(register) { free.append(number) }
    return physical(register)
  }

  mutating func release(_ operands: [Int], after position: Int) {
    for operand in Set(operands).sorted() where registers[operand].lastUse == position && !pinned.contains(operand) {
      if let number = physicalOf[operand] { free.append(number) }
    }
  }
}

extension TileProgramBuilder.Instruction {
  /// Roughly how many additions the instruction costs.
  fileprivate var cost: Int {
    switch opcode {
    case CK_EXP, CK_EXPM1, CK_LOG, CK_LOG1P, CK_TANH, CK_ERF, CK_ERFINV, CK_SIGMOID: 10
    case CK_RANDOM: 20
    case CK_DIVIDE, CK_SQRT, CK_RSQRT, CK_RECIPROCAL: 4
    case CK_SINE, CK_COSINE, CK_TANGENT, CK_POWER, CK_LGAMMA, CK_DIGAMMA, CK_SINH, CK_COSH, CK_ASINH, CK_ACOSH,
      CK_ATANH, CK_REMAINDER, CK_ARCSINE, CK_ARCCOSINE, CK_ARCTANGENT, CK_ARCTANGENT2:
      60
    default: 1
    }
  }
}
