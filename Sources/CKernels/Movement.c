#include "Movement.h"

#include "Multiversion.h"
#include "Threads.h"
#include <string.h>

// Enough bytes for a part to be worth a thread.
static const int64_t grain = 1 << 16;

struct flat {
  char *to;
  const char *from;
  int64_t bytes;
};

static void copy_part(void *context, int part, int parts) {
  struct flat *flat = context;
  int64_t begin = ck_bound(flat->bytes, part, parts) & ~(int64_t)63;
  int64_t end = part + 1 == parts ? flat->bytes : ck_bound(flat->bytes, part + 1, parts) & ~(int64_t)63;
  memmove(flat->to + begin, flat->from + begin, (size_t)(end - begin));
}

void ck_copy(void *to, const void *from, int64_t bytes) {
  if (to == from || bytes <= 0) return;
  struct flat flat = {to, from, bytes};
  ck_parallel(copy_part, &flat, ck_parts(bytes, grain * 4));
}

struct filling {
  char *to;
  const void *value;
  int32_t size;
  int64_t count;
};

static void fill_part(void *context, int part, int parts) {
  const struct filling *job = context;
  int64_t begin = ck_bound(job->count, part, parts), end = ck_bound(job->count, part + 1, parts);
  const unsigned char *bytes = job->value;
  int same = 1;
  for (int i = 1; i < job->size; i++) same &= bytes[i] == bytes[0];
  if (same) {
    memset(job->to + begin * job->size, bytes[0], (size_t)((end - begin) * job->size));
  } else {
    for (int64_t i = begin; i < end; i++) memcpy(job->to + i * job->size, bytes, (size_t)job->size);
  }
}

void ck_fill(void *to, const void *value, int32_t size, int64_t count) {
  struct filling job = {to, value, size, count};
  ck_parallel(fill_part, &job, ck_parts(count * size, grain * 4));
}

// clang-format off
#define ROWS(T) { \
    const T *x = from; T *y = to; \
    if (fs == 0) { for (int64_t i = 0; i < n; i++) y[i * ts] = x[0]; } \
    else if (ts == 1) { for (int64_t i = 0; i < n; i++) y[i] = x[i * fs]; } \
    else { for (int64_t i = 0; i < n; i++) y[i * ts] = x[i * fs]; } \
    break; \
  }
// clang-format on

static void copy_row(int32_t size, void *to, const void *from, int64_t n, int64_t ts, int64_t fs) {
  if (ts == 1 && fs == 1) {
    memcpy(to, from, (size_t)(n * size));
    return;
  }
  switch (size) {
  case 1: ROWS(uint8_t)
  case 2: ROWS(uint16_t)
  case 4: ROWS(uint32_t)
  default: ROWS(uint64_t)
  }
}

// clang-format off
#define BLOCK(T) { \
    const T *x = from; T *y = to; \
    for (int64_t r0 = 0; r0 < rows; r0 += 16) \
      for (int64_t c0 = 0; c0 < columns; c0 += 16) { \
        int64_t re = r0 + 16 < rows ? r0 + 16 : rows, ce = c0 + 16 < columns ? c0 + 16 : columns; \
        for (int64_t r = r0; r < re; r++) \
          for (int64_t c = c0; c < ce; c++) y[r * ts + c] = x[c * fs + r]; \
      } \
    break; \
  }

/// y[r, c] = x[c, r], both dense along their last axis.
MULTIVERSION static void transpose_plane(
  int32_t size, void *to, const void *from, int64_t rows, int64_t columns, int64_t ts, int64_t fs
) {
  switch (size) {
  case 1: BLOCK(uint8_t)
  case 2: BLOCK(uint16_t)
  case 4: BLOCK(uint32_t)
  default: BLOCK(uint64_t)
  }
}
// clang-format on

struct strided {
  const ck_strided_copy *copy;
  char *to;
  const char *from;
  int plane;  // the axis that is dense in `from`, where the last axis is not
};

static void strided_part(void *context, int part, int parts) {
  const struct strided *job = context;
  const ck_strided_copy *copy = job->copy;
  int rank = copy->rank, last = rank - 1;
  int64_t outer = 1;
  for (int axis = 0; axis < last; axis++) outer *= axis == job->plane ? 1 : copy->extents[axis];
  int64_t begin = ck_bound(outer, part, parts), end = ck_bound(outer, part + 1, parts);
  for (int64_t i = begin; i < end; i++) {
    int64_t rest = i, from = 0, to = 0;
    for (int axis = last - 1; axis >= 0; axis--) {
      if (axis == job->plane) continue;
      int64_t index = rest % copy->extents[axis];
      rest /= copy->extents[axis];
      from += index * copy->from[axis];
      to += index * copy->to[axis];
    }
    char *target = job->to + to * copy->size;
    const char *source = job->from + from * copy->size;
    if (job->plane >= 0) {
      transpose_plane(copy->size, target, source, copy->extents[job->plane], copy->extents[last],
                      copy->to[job->plane], copy->from[last]);
    } else {
      copy_row(copy->size, target, source, copy->extents[last], copy->to[last], copy->from[last]);
    }
  }
}

void ck_copy_strided(const ck_strided_copy *copy, void *to, const void *from) {
  int64_t count = 1;
  for (int axis = 0; axis < copy->rank; axis++) count *= copy->extents[axis];
  if (count == 0) return;
  if (copy->rank == 0) {
    memcpy(to, from, (size_t)copy->size);
    return;
  }
  struct strided job = {copy, to, from, -1};
  int last = copy->rank - 1;
  if (copy->to[last] == 1 && copy->from[last] != 1 && copy->from[last] != 0) {
    for (int axis = 0; axis < last; axis++) {
      if (copy->from[axis] == 1 && copy->extents[axis] > 1) job.plane = axis;
    }
  }
  int64_t outer = count / copy->extents[last];
  if (job.plane >= 0) outer /= copy->extents[job.plane];
  int parts = ck_parts(count * copy->size, grain);
  ck_parallel(strided_part, &job, outer < parts ? (int)outer : parts);
}

static int64_t index_at(const void *indices, int wide, int64_t i) {
  return wide ? ((const int64_t *)indices)[i] : ((const int32_t *)indices)[i];
}

struct indexed {
  char *to;
  const char *from;
  const void *indices;
  int wide;
  int64_t outer, extent, count, row;
};

static void gather_part(void *context, int part, int parts) {
  const struct indexed *job = context;
  int64_t rows = job->outer * job->count;
  int64_t end = ck_bound(rows, part + 1, parts);
  for (int64_t r = ck_bound(rows, part, parts); r < end; r++) {
    int64_t o = r / job->count, index = index_at(job->indices, job->wide, r % job->count);
    if (index < 0) index = 0;
    if (index >= job->extent) index = job->extent - 1;
    memcpy(job->to + r * job->row, job->from + (o * job->extent + index) * job->row, (size_t)job->row);
  }
}

void ck_gather(void *to, const void *from, const void *indices, int wide, int64_t outer, int64_t extent, int64_t count,
               int64_t row) {
  if (outer * count * row == 0) return;
  struct indexed job = {to, from, indices, wide, outer, extent, count, row};
  ck_parallel(gather_part, &job, ck_parts(outer * count * row, grain));
}

// Each part owns a range of the row's elements (or, for short rows, of the outer axis), so that equal indices never
// meet and additions keep their order.
MULTIVERSION static void scatter_part(void *context, int part, int parts) {
  const struct indexed *job = context;
  float *to = (float *)job->to;
  const float *updates = (const float *)job->from;
  int64_t row = job->row;
  int by_row = row >= 16 * parts;
  int64_t begin = by_row ? ck_bound(row / 16, part, parts) * 16 : 0;
  int64_t end = by_row && part + 1 < parts ? ck_bound(row / 16, part + 1, parts) * 16 : row;
  for (int64_t o = by_row ? 0 : ck_bound(job->outer, part, parts),
               last = by_row ? job->outer : ck_bound(job->outer, part + 1, parts);
       o < last; o++) {
    for (int64_t j = 0; j < job->count; j++) {
      int64_t index = index_at(job->indices, job->wide, j);
      if (index < 0 || index >= job->extent) continue;
      float *y = to + (o * job->extent + index) * row;
      const float *x = updates + (o * job->count + j) * row;
      VECTORIZE for (int64_t i = begin; i < end; i++) y[i] += x[i];
    }
  }
}

void ck_scatter_add(float *to, const void *indices, int wide, const float *updates, int64_t outer, int64_t extent,
                    int64_t count, int64_t row) {
  struct indexed job = {(char *)to, (const char *)updates, indices, wide, outer, extent, count, row};
  ck_parallel(scatter_part, &job, ck_parts(outer * count * row, 1 << 15));
}

struct along {
  void *to;
  const void *from, *indices;
  int wide;
  int64_t outer, extent, count, inner;
  int32_t size;
};

// clang-format off
#define TAKE(T) \
  for (int64_t i = 0; i < job->inner; i++) { \
    int64_t index = index_at(job->indices, job->wide, row * job->inner + i); \
    if (index < 0) index = 0; \
    if (index >= job->extent) index = job->extent - 1; \
    ((T *)job->to)[row * job->inner + i] = ((const T *)job->from)[(o * job->extent + index) * job->inner + i]; \
  } \
  break;
// clang-format on

static void gather_along_part(void *context, int part, int parts) {
  const struct along *job = context;
  int64_t rows = job->outer * job->count, end = ck_bound(rows, part + 1, parts);
  for (int64_t row = ck_bound(rows, part, parts); row < end; row++) {
    int64_t o = row / job->count;
    switch (job->size) {
    case 1: TAKE(uint8_t)
    case 2: TAKE(uint16_t)
    case 4: TAKE(uint32_t)
    default: TAKE(uint64_t)
    }
  }
}

void ck_gather_along(void *to, const void *from, const void *indices, int wide, int64_t outer, int64_t extent,
                     int64_t count, int64_t inner, int32_t size) {
  struct along job = {to, from, indices, wide, outer, extent, count, inner, size};
  ck_parallel(gather_along_part, &job, ck_parts(outer * count * inner, 1 << 14));
}

static void scatter_along_part(void *context, int part, int parts) {
  const struct along *job = context;
  int64_t end = ck_bound(job->outer, part + 1, parts);
  for (int64_t o = ck_bound(job->outer, part, parts); o < end; o++) {
    for (int64_t j = 0; j < job->count * job->inner; j++) {
      int64_t place = o * job->count * job->inner + j, index = index_at(job->indices, job->wide, place);
      if (index < 0 || index >= job->extent) continue;
      ((float *)job->to)[(o * job->extent + index) * job->inner + j % job->inner] += ((const float *)job->from)[place];
    }
  }
}

void ck_scatter_add_along(float *to, const void *indices, int wide, const float *updates, int64_t outer,
                          int64_t extent, int64_t count, int64_t inner) {
  struct along job = {to, updates, indices, wide, outer, extent, count, inner, 4};
  int parts = ck_parts(outer * count * inner, 1 << 14);
  ck_parallel(scatter_along_part, &job, outer < parts ? (int)outer : parts);
}
