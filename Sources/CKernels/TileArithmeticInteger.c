#include "Multiversion.h"
#include "TileArithmetic.h"
#include "TileProgram.h"

// clang-format off
#define UNARY(OP, T, X) case OP: for (int64_t i = 0; i < n; i++) { T x = a[i]; y[i] = (T)(X); } break;
#define BINARY(OP, T, X) case OP: for (int64_t i = 0; i < n; i++) { T x = a[i], z = b[i]; y[i] = (T)(X); } break;
#define COMPARE(OP, T, X) case OP: for (int64_t i = 0; i < n; i++) { T x = a[i], z = b[i]; t[i] = x X z; } break;

/// By squaring; a negative exponent gives 0 but for the bases 1 and −1.
static uint64_t power(uint64_t base, uint64_t exponent, int is_signed) {
  if (is_signed && (int64_t)exponent < 0) return base == 1 ? 1 : base + 1 == 0 ? (exponent & 1 ? base : 1) : 0;
  uint64_t result = 1;
  for (; exponent; exponent >>= 1, base *= base) {
    if (exponent & 1) result *= base;
  }
  return result;
}

// `U` is the unsigned counterpart of `T`, in which overflow wraps; `W` the type's width in bits.
#define ARITHMETIC(NAME, T, U, W, ABSOLUTE, SIGN, DIVIDE, REMAINDER) \
MULTIVERSION void NAME(int opcode, int64_t n, void *r, const T *a, const T *b) { \
  T *y = r; \
  int32_t *t = r; \
  switch (opcode) { \
    UNARY(CK_NEGATE, T, (U)0 - (U)x) \
    UNARY(CK_ABSOLUTE, T, ABSOLUTE) \
    UNARY(CK_SIGN, T, SIGN) \
    UNARY(CK_SQUARE, T, (U)x * (U)x) \
    UNARY(CK_RELU, T, x > 0 ? x : 0) \
    UNARY(CK_FLOOR, T, x) \
    UNARY(CK_CEILING, T, x) \
    UNARY(CK_ROUND, T, x) \
    UNARY(CK_TRUNCATE, T, x) \
    UNARY(CK_NOT, T, ~x) \
    UNARY(CK_LOGICAL_NOT, T, x == 0) \
    UNARY(CK_POPULATION_COUNT, T, __builtin_popcountll((uint64_t)(U)x)) \
    BINARY(CK_ADD, T, (U)x + (U)z) \
    BINARY(CK_SUBTRACT, T, (U)x - (U)z) \
    BINARY(CK_MULTIPLY, T, (U)x * (U)z) \
    BINARY(CK_DIVIDE, T, DIVIDE) \
    BINARY(CK_REMAINDER, T, REMAINDER) \
    case CK_POWER: for (int64_t i = 0; i < n; i++) y[i] = (T)power((uint64_t)a[i], (uint64_t)b[i], (T)-1 < 0); break; \
    BINARY(CK_MAXIMUM, T, x > z ? x : z) \
    BINARY(CK_MINIMUM, T, x < z ? x : z) \
    BINARY(CK_AND, T, x & z) \
    BINARY(CK_OR, T, x | z) \
    BINARY(CK_XOR, T, x ^ z) \
    BINARY(CK_SHIFT_LEFT, T, (U)z < W ? (U)x << ((U)z & (W - 1)) : 0) \
    BINARY(CK_SHIFT_RIGHT_LOGICAL, T, (U)z < W ? (U)x >> ((U)z & (W - 1)) : 0) \
    COMPARE(CK_EQUAL, T, ==) \
    COMPARE(CK_NOT_EQUAL, T, !=) \
    COMPARE(CK_LESS, T, <) \
    COMPARE(CK_LESS_EQUAL, T, <=) \
    COMPARE(CK_GREATER, T, >) \
    COMPARE(CK_GREATER_EQUAL, T, >=) \
    case CK_SHIFT_RIGHT_ARITHMETIC: \
      for (int64_t i = 0; i < n; i++) { \
        U s = (U)b[i] < W ? (U)b[i] : W - 1; \
        y[i] = (T)((__typeof__(W##_SIGNED))a[i] >> s); \
      } \
      break; \
  } \
}

#define BITS32 32
#define BITS64 64
static const int32_t BITS32_SIGNED = 0;
static const int64_t BITS64_SIGNED = 0;
#define SIGNED_DIVIDE(U) (z == 0 ? 0 : z == -1 ? (__typeof__(x))((U)0 - (U)x) : x / z)
#define SIGNED_REMAINDER (z == 0 || z == -1 ? 0 : x % z)

ARITHMETIC(ck_i32_arithmetic, int32_t, uint32_t, BITS32, x < 0 ? 0u - (uint32_t)x : (uint32_t)x, (x > 0) - (x < 0),
           SIGNED_DIVIDE(uint32_t), SIGNED_REMAINDER)
ARITHMETIC(ck_i64_arithmetic, int64_t, uint64_t, BITS64, x < 0 ? 0ull - (uint64_t)x : (uint64_t)x, (x > 0) - (x < 0),
           SIGNED_DIVIDE(uint64_t), SIGNED_REMAINDER)
ARITHMETIC(ck_u32_arithmetic, uint32_t, uint32_t, BITS32, x, x > 0, z == 0 ? 0 : x / z, z == 0 ? 0 : x % z)
ARITHMETIC(ck_u64_arithmetic, uint64_t, uint64_t, BITS64, x, x > 0, z == 0 ? 0 : x / z, z == 0 ? 0 : x % z)
// clang-format on

MULTIVERSION void ck_tile_select(int size, int64_t n, void *r, const int32_t *condition, const void *a, const void *b) {
  if (size == 4) {
    const uint32_t *x = a, *z = b;
    uint32_t *y = r;
    VECTORIZE for (int64_t i = 0; i < n; i++) y[i] = condition[i] ? x[i] : z[i];
  } else {
    const uint64_t *x = a, *z = b;
    uint64_t *y = r;
    for (int64_t i = 0; i < n; i++) y[i] = condition[i] ? x[i] : z[i];
  }
}

/// Philox 4×32 with 10 rounds: element `i` is word `i mod 4` of the block whose counter is `i / 4`.
MULTIVERSION void ck_tile_random(int64_t start, int64_t n, uint32_t *r, const uint32_t key[2]) {
  const uint32_t key0 = key[0], key1 = key[1];
  int64_t first = start >> 2, last = (start + n + 3) >> 2;
  // Blocks are computed in small batches so that the rounds vectorise, one block a lane.
  enum { BATCH = 16 };
  for (int64_t base = first; base < last; base += BATCH) {
    uint32_t words[4][BATCH];
    for (int j = 0; j < BATCH; j++) {
      uint64_t counter = (uint64_t)(base + j);
      uint32_t c0 = (uint32_t)counter, c1 = (uint32_t)(counter >> 32), c2 = 0, c3 = 0, k0 = key0, k1 = key1;
      for (int round = 0; round < 10; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53u * c0, p1 = (uint64_t)0xCD9E8D57u * c2;
        uint32_t n0 = (uint32_t)(p1 >> 32) ^ c1 ^ k0, n2 = (uint32_t)(p0 >> 32) ^ c3 ^ k1;
        c1 = (uint32_t)p1;
        c3 = (uint32_t)p0;
        c0 = n0;
        c2 = n2;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
      }
      words[0][j] = c0;
      words[1][j] = c1;
      words[2][j] = c2;
      words[3][j] = c3;
    }
    for (int j = 0; j < BATCH; j++) {
      for (int w = 0; w < 4; w++) {
        int64_t index = (base + j) * 4 + w - start;
        if (index >= 0 && index < n) r[index] = words[w][j];
      }
    }
  }
}
