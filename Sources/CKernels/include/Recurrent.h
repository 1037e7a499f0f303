#ifndef CKERNELS_RECURRENT_H
#define CKERNELS_RECURRENT_H

#include <stdint.h>

enum ck_recurrent_cell { CK_CELL_SIMPLE, CK_CELL_LSTM, CK_CELL_GRU };
enum ck_recurrent_activation { CK_ACT_LINEAR, CK_ACT_TANH, CK_ACT_SIGMOID, CK_ACT_RELU, CK_ACT_HARD_SIGMOID };

/// One time step of a recurrent layer, without its matrix product.
typedef struct {
  int32_t cell, activation, recurrent_activation, zero_output;
  int64_t samples, units;
} ck_recurrent;

/// `projection` (x·W + b), `product` (h·U) and `bias` (of the product, or null) give the gates, which are stored.
/// `saved` receives the cells (LSTM) or the candidate's recurrent part (GRU). `mask` (or null) is 0 where a sample
/// keeps its state.
void ck_recurrent_step(const ck_recurrent *layer, const float *projection, const float *product, const float *bias,
                       const uint8_t *mask, const float *h, const float *c, float *new_h, float *new_c, float *sequence,
                       float *gates, float *saved);

/// The gradient of a step. `dh` is the sum of `dsequence`, `product` (of the later step's gates with Uᵀ) and `carry`.
/// Results: `dgates` (of the projection), `dproduct` (of h·U + bias; may equal `dgates` but for GRU), the new `carry`,
/// and `dc` in place (LSTM).
void ck_recurrent_step_gradient(const ck_recurrent *layer, const float *gates, const float *saved, const float *h,
                                const float *c, const uint8_t *mask, const float *dsequence, const float *product,
                                float *carry, float *dc, float *dgates, float *dproduct);

/// y = a + b.
void ck_sum(float *y, const float *a, const float *b, int64_t count);

#endif
