#ifndef CKERNELS_POOLING_H
#define CKERNELS_POOLING_H

#include <stdint.h>

/// A window over three spatial axes of channels-last f32 activations; fewer axes are preceded by axes of extent 1.
typedef struct {
  int64_t samples, channels;
  int64_t input[3], output[3], window[3], strides[3], padding[3];
  /// Whether positions are int32 instead of uint8.
  int32_t wide;
} ck_pooling;

void ck_pool_maximum(const ck_pooling *pooling, float *y, void *positions, const float *x);
void ck_pool_average(const ck_pooling *pooling, float *y, const float *x);
void ck_pool_maximum_gradient(const ck_pooling *pooling, float *dx, const void *positions, const float *dy);
void ck_pool_average_gradient(const ck_pooling *pooling, float *dx, const float *dy);

#endif
