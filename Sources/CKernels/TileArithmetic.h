#ifndef CKERNELS_TILEARITHMETIC_H
#define CKERNELS_TILEARITHMETIC_H

#include <stdint.h>

// One instruction over `n` elements; `r` may be the same as an operand. False where the opcode does not exist for the
// lane.

void ck_f32_unary(int opcode, int64_t n, void *r, const float *a);
void ck_f32_binary(int opcode, int64_t n, void *r, const float *a, const float *b);
void ck_f64_arithmetic(int opcode, int64_t n, void *r, const double *a, const double *b);
void ck_i32_arithmetic(int opcode, int64_t n, void *r, const int32_t *a, const int32_t *b);
void ck_u32_arithmetic(int opcode, int64_t n, void *r, const uint32_t *a, const uint32_t *b);
void ck_i64_arithmetic(int opcode, int64_t n, void *r, const int64_t *a, const int64_t *b);
void ck_u64_arithmetic(int opcode, int64_t n, void *r, const uint64_t *a, const uint64_t *b);
void ck_tile_select(int size, int64_t n, void *r, const int32_t *condition, const void *a, const void *b);
void ck_tile_convert(int to, int from, int64_t n, void *r, const void *a);
void ck_tile_convert_bool(int from, int64_t n, int32_t *r, const void *a);
void ck_tile_saturate(int lane, int element, int64_t n, void *r, const void *a);
void ck_tile_narrow(int lane, int element, int64_t n, void *r, const void *a);
void ck_tile_random(int64_t start, int64_t n, uint32_t *r, const uint32_t key[2]);
float ck_tile_sum(int64_t n, const float *a);
void ck_tile_sum_rows(int64_t rows, int64_t length, float *accumulator, const float *a);

#endif
