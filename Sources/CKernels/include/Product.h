#ifndef CKERNELS_PRODUCT_H
#define CKERNELS_PRODUCT_H

#include <stdint.h>

enum ck_product_activation { CK_PRODUCT_LINEAR, CK_PRODUCT_TANH, CK_PRODUCT_SIGMOID };

/// c[i] = f(a[i] · b[i] + bias) for matrices of f32: `rows` × `inner` times `inner` × `columns`. Strides are in elements;
/// c is dense.
typedef struct {
  int64_t rows, inner, columns;
  int64_t a_row, a_column, b_row, b_column;
  /// How many products, each after the other in c.
  int64_t count;
  int32_t activation;
} ck_product;

/// The bytes of `scratch`.
int64_t ck_product_scratch(const ck_product *product);

/// For small products: nothing is generated first, and operands are read where they lie as far as possible.
///
/// - `a_starts`, `b_starts`: where each product's operands start.
/// - `bias`: one number a column; may be null.
void ck_small_product(const ck_product *product, float *c, const float *a, const int64_t *a_starts, const float *b,
                      const int64_t *b_starts, const float *bias, void *scratch);

#endif
