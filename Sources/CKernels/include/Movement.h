#ifndef CKERNELS_MOVEMENT_H
#define CKERNELS_MOVEMENT_H

#include <stdint.h>

enum { CK_MAX_RANK = 12 };

/// A copy between two strided layouts of the same extents; strides are in elements and may be zero or negative.
typedef struct {
  int32_t size;  // bytes of an element: 1, 2, 4 or 8
  int32_t rank;
  int64_t extents[CK_MAX_RANK];
  int64_t from[CK_MAX_RANK];
  int64_t to[CK_MAX_RANK];
} ck_strided_copy;

void ck_copy_strided(const ck_strided_copy *copy, void *to, const void *from);
/// memcpy over threads.
void ck_copy(void *to, const void *from, int64_t bytes);
/// `count` times the element at `value`.
void ck_fill(void *to, const void *value, int32_t size, int64_t count);

/// to[o, j, :] = from[o, clamp(indices[j]), :] for `outer` × `count` rows of `row` bytes.
void ck_gather(void *to, const void *from, const void *indices, int wide, int64_t outer, int64_t extent, int64_t count,
               int64_t row);
/// to[o, indices[j], :] += updates[o, j, :]; indices out of range add nothing. f32.
void ck_scatter_add(float *to, const void *indices, int wide, const float *updates, int64_t outer, int64_t extent,
                    int64_t count, int64_t row);

/// to[o, j, i] = from[o, clamp(indices[o, j, i]), i].
void ck_gather_along(void *to, const void *from, const void *indices, int wide, int64_t outer, int64_t extent,
                     int64_t count, int64_t inner, int32_t size);
/// to[o, indices[o, j, i], i] += updates[o, j, i]; indices out of range add nothing. f32.
void ck_scatter_add_along(float *to, const void *indices, int wide, const float *updates, int64_t outer,
                          int64_t extent, int64_t count, int64_t inner);

#endif
