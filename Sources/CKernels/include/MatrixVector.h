#ifndef CKERNELS_MATRIXVECTOR_H
#define CKERNELS_MATRIXVECTOR_H

#include <stdint.h>

/// y = x·W for one row `x` of `rows` elements and a row-major `rows` × `columns` matrix. `partials` holds
/// `ck_vector_matrix_scratch` bytes.
void ck_vector_matrix(float *y, const float *x, const float *w, int64_t rows, int64_t columns, float *partials);
int64_t ck_vector_matrix_scratch(int64_t rows, int64_t columns);

/// y = W·x for a row-major `rows` × `columns` matrix.
void ck_matrix_vector(float *y, const float *w, const float *x, int64_t rows, int64_t columns);

#endif
