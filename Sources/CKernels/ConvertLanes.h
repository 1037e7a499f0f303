#ifndef CKERNELS_CONVERTLANES_H
#define CKERNELS_CONVERTLANES_H

// Elements in memory to and from the wider lanes of tile registers.

#include "Convert.h"
#include "VectorMath.h"

INLINE float ck_from_bfloat16(uint16_t bits) { return ck_from_bits((uint32_t)bits << 16); }

/// To nearest, ties to even; NaN stays a quiet NaN.
INLINE uint16_t ck_to_bfloat16(float value) {
  uint32_t bits = ck_to_bits(value);
  uint32_t rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
  uint32_t quiet = 0x7fc0u | ((bits >> 16) & 0x8000u);
  return (uint16_t)((bits & 0x7fffffffu) > 0x7f800000u ? quiet : rounded);
}

INLINE float ck_from_float16(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000u) << 16;
  uint32_t magnitude = (uint32_t)(half & 0x7fffu) << 13;
  // Multiplying moves the exponent's bias and gives subnormals their value.
  float scaled = ck_from_bits(magnitude) * 0x1p112f;
  uint32_t bits = ck_to_bits(scaled);
  bits = magnitude >= 0x0f800000u ? (magnitude | 0x7f800000u) : bits;
  return ck_from_bits(bits | sign);
}

INLINE uint16_t ck_to_float16(float value) {
  uint32_t bits = ck_to_bits(value);
  uint32_t sign = (bits >> 16) & 0x8000u;
  uint32_t magnitude = bits & 0x7fffffffu;
  // Subnormals: adding 0.5 aligns the mantissa so that the hardware rounds.
  uint32_t small = ck_to_bits(ck_from_bits(magnitude) + 0.5f) - 0x3f000000u;
  uint32_t normal = (magnitude + 0xfffu + ((magnitude >> 13) & 1u) - (112u << 23)) >> 13;
  uint32_t result = magnitude < 0x38800000u ? small : normal;
  result = magnitude >= 0x47800000u ? 0x7c00u : result;
  result = magnitude > 0x7f800000u ? 0x7e00u : result;
  return (uint16_t)(sign | result);
}

/// `n` elements `s` apart.
void ck_load_f32(float *r, int element, const void *p, int64_t n, int64_t s);
void ck_load_i32(int32_t *r, int element, const void *p, int64_t n, int64_t s);
void ck_load_i64(int64_t *r, const void *p, int64_t n, int64_t s);
void ck_store_f32(const float *x, int element, void *p, int64_t n);
void ck_store_i32(const int32_t *x, int element, void *p, int64_t n);

#endif
