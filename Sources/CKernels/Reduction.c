#include "Reduction.h"

#include "Convert.h"
#include "Multiversion.h"
#include "Threads.h"
#include "TileArithmetic.h"
#include <math.h>
#include <string.h>

/// In 64 running sums, so that the loop vectorises and rounding errors stay small.
MULTIVERSION float ck_tile_sum(int64_t n, const float *a) {
  float sums[64] = {0};
  int64_t i = 0;
  for (; i + 64 <= n; i += 64) {
    for (int j = 0; j < 64; j++) sums[j] += a[i + j];
  }
  for (int64_t j = 0; i + j < n; j++) sums[j] += a[i + j];
  for (int width = 32; width > 0; width /= 2) {
    for (int j = 0; j < width; j++) sums[j] += sums[j + width];
  }
  return sums[0];
}

MULTIVERSION void ck_tile_sum_rows(int64_t rows, int64_t length, float *accumulator, const float *a) {
  float sums[256];
  for (int64_t column = 0; column < length; column += 256) {
    int64_t width = length - column < 256 ? length - column : 256;
    for (int64_t j = 0; j < width; j++) sums[j] = a[column + j];
    for (int64_t row = 1; row < rows; row++) {
      const float *x = a + row * length + column;
      for (int64_t j = 0; j < width; j++) sums[j] += x[j];
    }
    for (int64_t j = 0; j < width; j++) accumulator[column + j] += sums[j];
  }
}

void ck_combine_rows(float *y, const float *partials, int parts, int64_t length) {
  for (int64_t i = 0; i < length; i++) {
    float sum = partials[i];
    for (int part = 1; part < parts; part++) sum += partials[part * length + i];
    y[i] = sum;
  }
}

void ck_combine_all(float *y, const double *partials, int parts) {
  double sum = 0;
  for (int part = 0; part < parts; part++) sum += partials[part];
  *y = (float)sum;
}

// Rows r0..<r1 of one outer position, columns i0..<i1; the first row initialises unless there is none.
// clang-format off
enum { ROW_BLOCK = 64, COLUMN_BLOCK = 256, LANES = 64 };

#define COMBINE(T, EXPRESSION) { \
    if (inner == 1) { \
      T lanes[LANES]; \
      int64_t n = r1 - r0, r = 0; \
      if (n >= LANES) { \
        for (int j = 0; j < LANES; j++) lanes[j] = x[r0 + j]; \
        for (r = LANES; r + LANES <= n; r += LANES) \
          for (int j = 0; j < LANES; j++) { T p = lanes[j], q = x[r0 + r + j]; lanes[j] = (T)(EXPRESSION); } \
        for (int width = LANES / 2; width > 0; width /= 2) \
          for (int j = 0; j < width; j++) { T p = lanes[j], q = lanes[j + width]; lanes[j] = (T)(EXPRESSION); } \
      } else { lanes[0] = x[r0]; r = 1; } \
      for (; r < n; r++) { T p = lanes[0], q = x[r0 + r]; lanes[0] = (T)(EXPRESSION); } \
      y[0] = lanes[0]; \
    } else { \
      T block[COLUMN_BLOCK]; \
      for (int64_t column = i0; column < i1; column += COLUMN_BLOCK) { \
        int64_t width = i1 - column < COLUMN_BLOCK ? i1 - column : COLUMN_BLOCK; \
        for (int64_t row = r0; row < r1; row += ROW_BLOCK) { \
          int64_t last = row + ROW_BLOCK < r1 ? row + ROW_BLOCK : r1; \
          for (int64_t j = 0; j < width; j++) block[j] = x[row * inner + column + j]; \
          for (int64_t r = row + 1; r < last; r++) { \
            const T *source = x + r * inner + column; \
            for (int64_t j = 0; j < width; j++) { T p = block[j], q = source[j]; block[j] = (T)(EXPRESSION); } \
          } \
          if (row == r0) { \
            for (int64_t j = 0; j < width; j++) y[column + j] = block[j]; \
          } else { \
            for (int64_t j = 0; j < width; j++) { T p = y[column + j], q = block[j]; y[column + j] = (T)(EXPRESSION); } \
          } \
        } \
      } \
    } \
    break; \
  }

#define SLAB(NAME, T, U, ONE, LOWEST, HIGHEST, MAX, MIN) \
  MULTIVERSION static void NAME( \
    int kind, T *y, const T *x, int64_t r0, int64_t r1, int64_t inner, int64_t i0, int64_t i1 \
  ) { \
    if (r0 == r1) { \
      T value = kind == CK_REDUCE_SUM || kind == CK_REDUCE_ANY ? 0 : kind == CK_REDUCE_MAXIMUM ? LOWEST \
        : kind == CK_REDUCE_MINIMUM ? HIGHEST : ONE; \
      for (int64_t i = i0; i < i1; i++) y[i] = value; \
      return; \
    } \
    switch (kind) { \
    case CK_REDUCE_SUM: COMBINE(T, (U)p + (U)q) \
    case CK_REDUCE_PRODUCT: COMBINE(T, (U)p * (U)q) \
    case CK_REDUCE_MAXIMUM: COMBINE(T, MAX) \
    case CK_REDUCE_MINIMUM: COMBINE(T, MIN) \
    case CK_REDUCE_ALL: COMBINE(T, p != 0 && q != 0) \
    default: COMBINE(T, p != 0 || q != 0) \
    } \
  }

#define FLOAT_MAX (p != p ? p : q != q ? q : p > q ? p : q)
#define FLOAT_MIN (p != p ? p : q != q ? q : p < q ? p : q)
#define INTEGER_MAX (p > q ? p : q)
#define INTEGER_MIN (p < q ? p : q)
SLAB(slab_f32, float, float, 1, -INFINITY, INFINITY, FLOAT_MAX, FLOAT_MIN)
SLAB(slab_f64, double, double, 1, (double)-INFINITY, (double)INFINITY, FLOAT_MAX, FLOAT_MIN)
SLAB(slab_i8, int8_t, uint8_t, 1, INT8_MIN, INT8_MAX, INTEGER_MAX, INTEGER_MIN)
SLAB(slab_i16, int16_t, uint32_t, 1, INT16_MIN, INT16_MAX, INTEGER_MAX, INTEGER_MIN)
SLAB(slab_i32, int32_t, uint32_t, 1, INT32_MIN, INT32_MAX, INTEGER_MAX, INTEGER_MIN)
SLAB(slab_i64, int64_t, uint64_t, 1, INT64_MIN, INT64_MAX, INTEGER_MAX, INTEGER_MIN)
SLAB(slab_u8, uint8_t, uint32_t, 1, 0, UINT8_MAX, INTEGER_MAX, INTEGER_MIN)
SLAB(slab_u16, uint16_t, uint32_t, 1, 0, UINT16_MAX, INTEGER_MAX, INTEGER_MIN)
SLAB(slab_u32, uint32_t, uint32_t, 1, 0, UINT32_MAX, INTEGER_MAX, INTEGER_MIN)
SLAB(slab_u64, uint64_t, uint64_t, 1, 0, UINT64_MAX, INTEGER_MAX, INTEGER_MIN)
// clang-format on

static void slab(
  int kind, int element, void *y, const void *x, int64_t r0, int64_t r1, int64_t inner, int64_t i0, int64_t i1
) {
  switch (element) {
  case CK_FLOAT32: slab_f32(kind, y, x, r0, r1, inner, i0, i1); break;
  case CK_FLOAT64: slab_f64(kind, y, x, r0, r1, inner, i0, i1); break;
  case CK_INT8: slab_i8(kind, y, x, r0, r1, inner, i0, i1); break;
  case CK_INT16: slab_i16(kind, y, x, r0, r1, inner, i0, i1); break;
  case CK_INT32: slab_i32(kind, y, x, r0, r1, inner, i0, i1); break;
  case CK_INT64: slab_i64(kind, y, x, r0, r1, inner, i0, i1); break;
  case CK_UINT16: slab_u16(kind, y, x, r0, r1, inner, i0, i1); break;
  case CK_UINT32: slab_u32(kind, y, x, r0, r1, inner, i0, i1); break;
  case CK_UINT64: slab_u64(kind, y, x, r0, r1, inner, i0, i1); break;
  default: slab_u8(kind, y, x, r0, r1, inner, i0, i1);
  }
}

enum split { BY_OUTER, BY_INNER, BY_REDUCED };

struct reduction {
  const ck_reduction_shape *shape;
  char *y;
  const char *x;
  char *partials;
  enum split split;
};

static int split_of(const ck_reduction_shape *shape, enum split *split) {
  int parts = ck_parts(shape->outer * shape->reduced * shape->inner, 1 << 14);
  if (shape->outer >= 4 * parts) {
    *split = BY_OUTER;
  } else if (shape->inner >= 256 * parts) {
    *split = BY_INNER;
  } else {
    *split = BY_REDUCED;
    if (shape->reduced < parts) parts = shape->reduced < 1 ? 1 : (int)shape->reduced;
  }
  return parts;
}

static void reduce_part(void *context, int part, int parts) {
  const struct reduction *job = context;
  const ck_reduction_shape *s = job->shape;
  int64_t size = ck_element_size(s->element);
  int64_t o0 = 0, o1 = s->outer, r0 = 0, r1 = s->reduced, i0 = 0, i1 = s->inner;
  char *y = job->y;
  switch (job->split) {
  case BY_OUTER:
    o0 = ck_bound(s->outer, part, parts);
    o1 = ck_bound(s->outer, part + 1, parts);
    break;
  case BY_INNER:
    i0 = ck_bound(s->inner, part, parts);
    i1 = ck_bound(s->inner, part + 1, parts);
    break;
  case BY_REDUCED:
    r0 = ck_bound(s->reduced, part, parts);
    r1 = ck_bound(s->reduced, part + 1, parts);
    if (parts > 1) y = job->partials + part * s->outer * s->inner * size;
  }
  for (int64_t o = o0; o < o1; o++) {
    slab(s->kind, s->element, y + o * s->inner * size, job->x + o * s->reduced * s->inner * size, r0, r1, s->inner, i0,
         i1);
  }
}

int64_t ck_reduce_partials(const ck_reduction_shape *shape) {
  enum split split;
  int parts = split_of(shape, &split);
  return split == BY_REDUCED && parts > 1 ? parts * shape->outer * shape->inner * ck_element_size(shape->element) : 0;
}

void ck_reduce(const ck_reduction_shape *shape, void *y, const void *x, void *partials) {
  struct reduction job = {shape, y, x, partials, BY_OUTER};
  int parts = split_of(shape, &job.split);
  ck_parallel(reduce_part, &job, parts);
  if (job.split == BY_REDUCED && parts > 1) {
    slab(shape->kind, shape->element, y, partials, 0, parts, shape->outer * shape->inner, 0,
         shape->outer * shape->inner);
  }
}

INLINE float combined(int kind, float p, float q) {
  switch (kind) {
  case CK_REDUCE_SUM: return p + q;
  case CK_REDUCE_PRODUCT: return p * q;
  case CK_REDUCE_MAXIMUM: return FLOAT_MAX;
  default: return FLOAT_MIN;
  }
}

void ck_cumulative(int32_t kind, float *y, const float *x, int64_t outer, int64_t length, int64_t inner, int reverse) {
  for (int64_t o = 0; o < outer; o++) {
    for (int64_t step = 0; step < length; step++) {
      int64_t row = o * length + (reverse ? length - 1 - step : step), before = reverse ? row + 1 : row - 1;
      for (int64_t i = 0; i < inner; i++) {
        float value = x[row * inner + i];
        y[row * inner + i] = step == 0 ? value : combined(kind, y[before * inner + i], value);
      }
    }
  }
}
