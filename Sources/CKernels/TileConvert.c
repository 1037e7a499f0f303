#include "ConvertLanes.h"
#include "TileArithmetic.h"
#include "TileProgram.h"

// clang-format off
#define LOOP(T, S, X) { \
    const S *p = a; \
    T *y = r; \
    for (int64_t i = 0; i < n; i++) { S x = p[i]; y[i] = (T)(X); } \
    break; \
  }
// The bounds are the largest floats inside the type; beyond them the type's own extremes are taken.
#define SATURATED(T, S, LOW, HIGH, MIN, MAX) \
  LOOP(T, S, x != x ? 0 : x <= (S)LOW ? MIN : x >= (S)HIGH ? MAX : (T)x)
#define PAIR(TO, FROM) (TO * 8 + FROM)

/// From `from` to `to`: floats truncate and saturate, integers keep their low bits.
MULTIVERSION void ck_tile_convert(int to, int from, int64_t n, void *r, const void *a) {
  switch (to * 8 + from) {
  case PAIR(CK_F32, CK_I32): LOOP(float, int32_t, x)
  case PAIR(CK_F32, CK_U32): LOOP(float, uint32_t, x)
  case PAIR(CK_F32, CK_F64): LOOP(float, double, x)
  case PAIR(CK_F32, CK_I64): LOOP(float, int64_t, x)
  case PAIR(CK_F32, CK_U64): LOOP(float, uint64_t, x)
  case PAIR(CK_F64, CK_F32): LOOP(double, float, x)
  case PAIR(CK_F64, CK_I32): LOOP(double, int32_t, x)
  case PAIR(CK_F64, CK_U32): LOOP(double, uint32_t, x)
  case PAIR(CK_F64, CK_I64): LOOP(double, int64_t, x)
  case PAIR(CK_F64, CK_U64): LOOP(double, uint64_t, x)
  case PAIR(CK_I32, CK_F32): SATURATED(int32_t, float, -2147483648.0, 2147483648.0, INT32_MIN, INT32_MAX)
  case PAIR(CK_I32, CK_F64): SATURATED(int32_t, double, -2147483648.0, 2147483647.0, INT32_MIN, INT32_MAX)
  case PAIR(CK_U32, CK_F32): SATURATED(uint32_t, float, 0, 4294967296.0, 0, UINT32_MAX)
  case PAIR(CK_U32, CK_F64): SATURATED(uint32_t, double, 0, 4294967295.0, 0, UINT32_MAX)
  case PAIR(CK_I64, CK_F32): SATURATED(int64_t, float, -9223372036854775808.0, 9223372036854775808.0, INT64_MIN, INT64_MAX)
  case PAIR(CK_I64, CK_F64): SATURATED(int64_t, double, -9223372036854775808.0, 9223372036854775808.0, INT64_MIN, INT64_MAX)
  case PAIR(CK_U64, CK_F32): SATURATED(uint64_t, float, 0, 18446744073709551616.0, 0, UINT64_MAX)
  case PAIR(CK_U64, CK_F64): SATURATED(uint64_t, double, 0, 18446744073709551616.0, 0, UINT64_MAX)
  case PAIR(CK_I32, CK_I64): case PAIR(CK_U32, CK_I64): case PAIR(CK_I32, CK_U64): case PAIR(CK_U32, CK_U64):
    LOOP(uint32_t, uint64_t, x)
  case PAIR(CK_I64, CK_I32): case PAIR(CK_U64, CK_I32): LOOP(int64_t, int32_t, x)
  case PAIR(CK_I64, CK_U32): case PAIR(CK_U64, CK_U32): LOOP(int64_t, uint32_t, x)
  case PAIR(CK_I32, CK_U32): case PAIR(CK_U32, CK_I32): case PAIR(CK_I32, CK_I32): case PAIR(CK_U32, CK_U32):
  case PAIR(CK_F32, CK_F32): LOOP(uint32_t, uint32_t, x)
  default: LOOP(uint64_t, uint64_t, x)
  }
}

MULTIVERSION void ck_tile_convert_bool(int from, int64_t n, int32_t *r, const void *a) {
  switch (from) {
  case CK_F32: LOOP(int32_t, float, x != 0)
  case CK_F64: LOOP(int32_t, double, x != 0)
  case CK_I32: case CK_U32: LOOP(int32_t, uint32_t, x != 0)
  default: LOOP(int32_t, uint64_t, x != 0)
  }
}

MULTIVERSION void ck_tile_saturate(int lane, int element, int64_t n, void *r, const void *a) {
  (void)lane;
  switch (element) {
  case CK_INT8: LOOP(int32_t, int32_t, x < -128 ? -128 : x > 127 ? 127 : x)
  case CK_INT16: LOOP(int32_t, int32_t, x < -32768 ? -32768 : x > 32767 ? 32767 : x)
  case CK_UINT8: LOOP(uint32_t, uint32_t, x > 255 ? 255 : x)
  case CK_UINT16: LOOP(uint32_t, uint32_t, x > 65535 ? 65535 : x)
  }
}

MULTIVERSION void ck_tile_narrow(int lane, int element, int64_t n, void *r, const void *a) {
  (void)lane;
  switch (element) {
  case CK_INT8: LOOP(int32_t, int32_t, (int8_t)x)
  case CK_INT16: LOOP(int32_t, int32_t, (int16_t)x)
  case CK_UINT8: LOOP(uint32_t, uint32_t, (uint8_t)x)
  case CK_UINT16: LOOP(uint32_t, uint32_t, (uint16_t)x)
  case CK_BFLOAT16: LOOP(float, float, ck_from_bfloat16(ck_to_bfloat16(x)))
  case CK_FLOAT16: LOOP(float, float, ck_from_float16(ck_to_float16(x)))
  }
}
// clang-format on
