#ifndef CKERNELS_RECURRENT_H
#define CKERNELS_RECURRENT_H

#include <stdint.h>

enum ck_recurrent_cell { CK_CELL_SIMPLE, CK_CELL_LSTM, CK_CELL_GRU, CK_CELL_GRU_RESET_BEFORE };
enum ck_recurrent_activation { CK_ACT_LINEAR, CK_ACT_TANH, CK_ACT_SIGMOID, CK_ACT_RELU, CK_ACT_HARD_SIGMOID };

/// A recurrent layer over a whole sequence. Samples do not depend on each other: each thread takes some of them
/// through all time steps.
typedef struct {
  int32_t cell, activation, recurrent_activation, zero_output, reversed;
  int64_t time, samples, units;
} ck_recurrent;

/// What both directions read. Sequences are `[time, samples, …]`, operands in the order of time, `gates`, `saved` and
/// states in the order of processing.
typedef struct {
  /// `[units, gates·units]`.
  const float *kernel;
  /// Added to h · kernel; GRU only.
  const float *bias;
  /// 0 where a sample keeps its state; may be null.
  const uint8_t *mask;
  const float *initial_h, *initial_c;
  /// `ck_recurrent_scratch` bytes.
  void *scratch;
} ck_recurrent_operands;

int64_t ck_recurrent_scratch(const ck_recurrent *layer);

/// `projection` is x · W + b; `saved` receives the cells (LSTM) or the candidate's recurrent part (GRU).
void ck_recurrent_forward(const ck_recurrent *layer, const ck_recurrent_operands *operands, const float *projection,
                          float *sequence, float *last_h, float *last_c, float *gates, float *saved);

/// Gradients of the projection, of h · kernel + bias (may be the same memory but for GRU) and of the initial states,
/// from those of the sequence and of the last states.
void ck_recurrent_gradient(const ck_recurrent *layer, const ck_recurrent_operands *operands, const float *sequence,
                           const float *gates, const float *saved, const float *dsequence, const float *dlast_h,
                           const float *dlast_c, float *dprojection, float *dproduct, float *dinitial_h,
                           float *dinitial_c);

#endif
