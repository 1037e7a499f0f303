#ifndef CKERNELS_REDUCTION_H
#define CKERNELS_REDUCTION_H

#include <stdint.h>

enum ck_reduction { CK_REDUCE_SUM, CK_REDUCE_PRODUCT, CK_REDUCE_MAXIMUM, CK_REDUCE_MINIMUM, CK_REDUCE_ALL, CK_REDUCE_ANY };

/// y[o, i] = ⨁ᵣ x[o, r, i]. `element` is any but the 16-bit floats. `partials` holds
/// `ck_reduce_partials(…)` bytes.
typedef struct {
  int32_t kind, element;
  int64_t outer, reduced, inner;
} ck_reduction_shape;

int64_t ck_reduce_partials(const ck_reduction_shape *shape);
void ck_reduce(const ck_reduction_shape *shape, void *y, const void *x, void *partials);

/// y[i] = Σ over `parts` rows of partial sums, for `length` elements.
void ck_combine_rows(float *y, const float *partials, int parts, int64_t length);
/// The sum of the parts' sums.
void ck_combine_all(float *y, const double *partials, int parts);

/// y[o, r, i] = x[o, 0, i] ⨁ … ⨁ x[o, r, i], or from the last to `r`. f32: sum, product, maximum, minimum.
void ck_cumulative(int32_t kind, float *y, const float *x, int64_t outer, int64_t length, int64_t inner, int reverse);

#endif
