#ifndef CKERNELS_TILEPROGRAM_H
#define CKERNELS_TILEPROGRAM_H

#include <stdint.h>

// A fused chain of elementwise operations as a small program over registers, each of which holds one tile of
// consecutive elements. A register either lies in memory (a dense operand or result of the register's own type) or in
// scratch that stays in cache. Tiles are independent, so threads take contiguous runs of them.

/// What a register's elements are computed in. Narrower elements are widened when loaded.
enum ck_lane { CK_F32, CK_I32, CK_U32, CK_F64, CK_I64, CK_U64 };

enum ck_opcode {
  // Unary.
  CK_NEGATE, CK_ABSOLUTE, CK_SIGN, CK_EXP, CK_EXPM1, CK_LOG, CK_LOG1P, CK_SQRT, CK_RSQRT, CK_RECIPROCAL, CK_SQUARE,
  CK_SINE, CK_COSINE, CK_TANGENT, CK_ARCSINE, CK_ARCCOSINE, CK_ARCTANGENT, CK_SINH, CK_COSH, CK_TANH, CK_ASINH,
  CK_ACOSH, CK_ATANH, CK_ERF, CK_ERFINV, CK_LGAMMA, CK_DIGAMMA, CK_SIGMOID, CK_RELU, CK_FLOOR, CK_CEILING, CK_ROUND,
  CK_TRUNCATE, CK_NOT, CK_LOGICAL_NOT, CK_IS_NAN, CK_IS_INFINITE, CK_IS_FINITE, CK_POPULATION_COUNT,
  // Binary.
  CK_ADD, CK_SUBTRACT, CK_MULTIPLY, CK_DIVIDE, CK_REMAINDER, CK_POWER, CK_MAXIMUM, CK_MINIMUM, CK_ARCTANGENT2, CK_AND,
  CK_OR, CK_XOR, CK_SHIFT_LEFT, CK_SHIFT_RIGHT_ARITHMETIC, CK_SHIFT_RIGHT_LOGICAL, CK_NEXT_AFTER,
  // Comparisons: the result is an I32 register of 0 and 1.
  CK_EQUAL, CK_NOT_EQUAL, CK_LESS, CK_LESS_EQUAL, CK_GREATER, CK_GREATER_EQUAL,
  /// `a` chooses between `b` and `c`.
  CK_SELECT,
  /// `detail` is the lane of `a`. Floats saturate into integers.
  CK_CONVERT,
  /// 1 where `a` is not zero; `detail` is the lane of `a`.
  CK_CONVERT_BOOL,
  /// `detail` is the element type whose range `a` saturates to.
  CK_SATURATE,
  /// `detail` is the element type to which `a` is wrapped (integers) or rounded (16-bit floats).
  CK_NARROW,
  // Memory: `a` is the position in `accesses`.
  CK_LOAD, CK_STORE, CK_IOTA, CK_RANDOM,
  /// Adds the rows (`b` elements long, a divisor of the tile) of register `c` to the accumulator of access `a`.
  CK_SUM_ROWS,
  /// Adds the elements of register `c` to the accumulator of access `a`.
  CK_SUM_ALL,
};

typedef struct {
  uint8_t opcode;
  uint8_t lane;
  uint8_t detail;
  uint8_t unused;
  uint16_t result, a, b, c;
} ck_instruction;

/// How a tile's elements lie in an operand: the flat index is split by `extents` and combined again by `strides`
/// (in elements). A dense operand has rank 1 and stride 1, a scalar rank 0.
typedef struct {
  int32_t pointer;
  int32_t element;
  int32_t rank;
  int64_t extents[8];
  int64_t strides[8];
} ck_access;

/// A register that is an operand or result itself; these are numbered first.
typedef struct {
  uint16_t reg;
  uint16_t size;
  int32_t pointer;
} ck_direct_register;

typedef struct {
  int64_t count;
  int64_t tile;
  /// Elements a part must be worth.
  int64_t grain;
  /// Bytes between scratch registers, and between the scratch of two parts.
  int64_t register_stride, part_stride;
  int32_t scratch_pointer;
  int32_t register_count;
  /// Instructions run once a part: operands that are the same for every tile.
  int32_t prologue_count;
  int32_t instruction_count;
  int32_t direct_count;
  const ck_instruction *instructions;
  const ck_access *accesses;
  const ck_direct_register *directs;
  int32_t access_count;
} ck_tile_program;

enum { CK_MAX_REGISTERS = 256 };

/// How many parts the program is split into; scratch holds `part_stride` bytes for each.
int ck_tile_parts(const ck_tile_program *program);
void ck_tile_run(const ck_tile_program *program, void *const *pointers);

#endif
