#include "ConvertLanes.h"
#include "Multiversion.h"
#include <string.h>

MULTIVERSION void ck_load_f32(float *restrict r, int element, const void *restrict p, int64_t n, int64_t s) {
#define CASE(E, T, X) \
  case E: { \
    const T *x = p; \
    if (s == 1) { \
      for (int64_t i = 0; i < n; i++) { T v = x[i]; r[i] = X; } \
    } else { \
      for (int64_t i = 0; i < n; i++) { T v = x[i * s]; r[i] = X; } \
    } \
    break; \
  }
  switch (element) {
    CASE(CK_FLOAT32, float, v)
    CASE(CK_BFLOAT16, uint16_t, ck_from_bfloat16(v))
    CASE(CK_FLOAT16, uint16_t, ck_from_float16(v))
  }
#undef CASE
}

#define CASE(E, T) \
  case E: { \
    const T *x = p; \
    if (s == 1) { \
      for (int64_t i = 0; i < n; i++) r[i] = x[i]; \
    } else { \
      for (int64_t i = 0; i < n; i++) r[i] = x[i * s]; \
    } \
    break; \
  }

MULTIVERSION void ck_load_i32(int32_t *restrict r, int element, const void *restrict p, int64_t n, int64_t s) {
  switch (element) {
    CASE(CK_BOOL, uint8_t)
    CASE(CK_INT8, int8_t)
    CASE(CK_INT16, int16_t)
    CASE(CK_INT32, int32_t)
    CASE(CK_UINT8, uint8_t)
    CASE(CK_UINT16, uint16_t)
    CASE(CK_UINT32, uint32_t)
  }
}

MULTIVERSION void ck_load_i64(int64_t *restrict r, const void *restrict p, int64_t n, int64_t s) {
  switch (0) { CASE(0, int64_t) }
}
#undef CASE

MULTIVERSION void ck_store_f32(const float *restrict x, int element, void *restrict p, int64_t n) {
  switch (element) {
  case CK_FLOAT32: memcpy(p, x, (size_t)n * 4); break;
  case CK_BFLOAT16:
    for (int64_t i = 0; i < n; i++) ((uint16_t *)p)[i] = ck_to_bfloat16(x[i]);
    break;
  case CK_FLOAT16:
    for (int64_t i = 0; i < n; i++) ((uint16_t *)p)[i] = ck_to_float16(x[i]);
    break;
  }
}

MULTIVERSION void ck_store_i32(const int32_t *restrict x, int element, void *restrict p, int64_t n) {
  switch (ck_element_size(element)) {
  case 1:
    for (int64_t i = 0; i < n; i++) ((uint8_t *)p)[i] = (uint8_t)x[i];
    break;
  case 2:
    for (int64_t i = 0; i < n; i++) ((uint16_t *)p)[i] = (uint16_t)x[i];
    break;
  default: memcpy(p, x, (size_t)n * 4);
  }
}
