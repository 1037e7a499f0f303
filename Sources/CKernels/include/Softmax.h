#ifndef CKERNELS_SOFTMAX_H
#define CKERNELS_SOFTMAX_H

#include <stdint.h>

/// exp(x − max) / Σ exp(x − max), or its logarithm, of each row of f32.
void ck_softmax(float *y, const float *x, int64_t rows, int64_t length, int logarithm);
/// The first position of each row's extreme.
void ck_arg_extreme(int32_t *y, const float *x, int64_t outer, int64_t length, int64_t inner, int minimum);

#endif
