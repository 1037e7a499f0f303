#ifndef CKERNELS_NORMALIZATION_H
#define CKERNELS_NORMALIZATION_H

#include <stdint.h>

// x is `rows` × `channels` of f32. `scratch` holds `ck_normalization_scratch` bytes.

int64_t ck_normalization_scratch(int64_t rows, int64_t channels);

typedef struct {
  int64_t rows, channels;
  float epsilon;
  /// Whether y goes through a rectified linear unit.
  int32_t rectified;
} ck_batch;

/// Statistics over the rows: y = (x − mean) / √(variance + ε) · scale + offset.
void ck_batch_normalization(ck_batch batch, const float *x, const float *scale, const float *offset, float *y,
                            float *mean, float *variance, void *scratch);
/// `offset` only where rectified: what the unit let through is found again from x.
void ck_batch_normalization_gradient(ck_batch batch, const float *x, const float *scale, const float *offset,
                                     const float *mean, const float *variance, const float *dy, float *dx,
                                     float *dscale, float *doffset, void *scratch);

/// Statistics over each row's channels; `deviation` is 1/√(variance + ε).
void ck_layer_normalization(int64_t rows, int64_t channels, float epsilon, const float *x, const float *scale,
                            const float *offset, float *y, float *mean, float *deviation);
void ck_layer_normalization_gradient(int64_t rows, int64_t channels, const float *x, const float *scale,
                                     const float *mean, const float *deviation, const float *dy, float *dx,
                                     float *dscale, float *doffset, void *scratch);

#endif
