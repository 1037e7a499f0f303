#ifndef CKERNELS_VECTORMATH_H
#define CKERNELS_VECTORMATH_H

// Elementary functions without branches, so that loops over them become SIMD code. Errors are below 2 units in the
// last place unless said otherwise. The polynomials are minimax fits (Lawson's algorithm) over the ranges given.

#include "Multiversion.h"
#include <math.h>
#include <stdint.h>
#include <string.h>

INLINE float ck_from_bits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, 4);
  return value;
}

INLINE uint32_t ck_to_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, 4);
  return bits;
}

INLINE float ck_fma(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
INLINE float ck_min(float a, float b) { return a < b ? a : b; }
INLINE float ck_max(float a, float b) { return a > b ? a : b; }

/// 2ⁿ for −126 ≤ n ≤ 127.
INLINE float ck_power_of_two(int32_t n) { return ck_from_bits((uint32_t)(n + 127) << 23); }

/// (eʳ − 1 − r) / r² for |r| ≤ ln 2 / 2.
INLINE float ck_exp_tail(float r) {
  float p = 1.991806166e-04f;
  p = ck_fma(p, r, 1.394614181e-03f);
  p = ck_fma(p, r, 8.333265070e-03f);
  p = ck_fma(p, r, 4.166627001e-02f);
  p = ck_fma(p, r, 1.666666686e-01f);
  return ck_fma(p, r, 5.000000077e-01f);
}

INLINE float ck_expf(float x) {
  // Clamped so that the two halves of the scale stay normal; a NaN passes through both comparisons.
  float c = x > 89.0f ? 89.0f : x;
  c = c < -104.0f ? -104.0f : c;
  float n = __builtin_elementwise_roundeven(c * 1.44269504f);
  float r = ck_fma(n, -6.93145752e-1f, c);
  r = ck_fma(n, -1.42860677e-6f, r);
  float p = ck_fma(ck_exp_tail(r), r * r, r) + 1.0f;
  int32_t k = (int32_t)(n == n ? n : 0.0f);
  int32_t half = k >> 1;
  float y = p * ck_power_of_two(half) * ck_power_of_two(k - half);
  return x == x ? y : x;
}

INLINE float ck_expm1f(float x) {
  float c = x > 89.0f ? 89.0f : x;
  c = c < -20.0f ? -20.0f : c;
  float n = __builtin_elementwise_roundeven(c * 1.44269504f);
  float r = ck_fma(n, -6.93145752e-1f, c);
  r = ck_fma(n, -1.42860677e-6f, r);
  float e = ck_fma(ck_exp_tail(r), r * r, r);
  int32_t k = (int32_t)(n == n ? n : 0.0f);
  // Half the scale, doubled at the end: 2¹²⁸ is not a float.
  float s = ck_power_of_two(k - 1);
  float y = 2.0f * (ck_fma(s, e, s - 0.5f));
  return x == x ? (x == 0.0f ? x : y) : x;
}

INLINE float ck_logf(float x) {
  // Subnormals are scaled up first.
  float tiny = x < 1.17549435e-38f ? 8388608.0f : 1.0f;
  float bias = x < 1.17549435e-38f ? -23.0f : 0.0f;
  uint32_t bits = ck_to_bits(x * tiny);
  uint32_t shifted = bits - 0x3f3504f3u;
  float e = (float)((int32_t)shifted >> 23) + bias;
  float f = ck_from_bits((shifted & 0x007fffffu) + 0x3f3504f3u) - 1.0f;
  float q = 6.915209579e-02f;
  q = ck_fma(q, f, -1.178989313e-01f);
  q = ck_fma(q, f, 1.187306468e-01f);
  q = ck_fma(q, f, -1.238437997e-01f);
  q = ck_fma(q, f, 1.421866850e-01f);
  q = ck_fma(q, f, -1.666924716e-01f);
  q = ck_fma(q, f, 2.000222453e-01f);
  q = ck_fma(q, f, -2.499998667e-01f);
  q = ck_fma(q, f, 3.333331050e-01f);
  float f2 = f * f;
  float y = ck_fma(q * f, f2, e * -2.12194440e-4f);
  y = ck_fma(-0.5f, f2, y);
  y = ck_fma(e, 6.93359375e-1f, f + y);
  y = x < INFINITY ? y : x;
  y = x == 0.0f ? -INFINITY : y;
  return x < 0.0f ? NAN : y;
}

INLINE float ck_log1pf(float x) {
  float u = 1.0f + x;
  float correction = u - 1.0f;
  float scaled = ck_logf(u) * (x / correction);
  scaled = u < INFINITY ? scaled : u;
  scaled = u > 0.0f ? scaled : ck_logf(u);
  return correction == 0.0f ? x : scaled;
}

INLINE float ck_tanhf(float x) {
  float a = x < 0.0f ? -x : x;
  float c = a > 10.0f ? 10.0f : a;
  float t = ck_expm1f(2.0f * c);
  return __builtin_copysignf(t / (t + 2.0f), x);
}

INLINE float ck_sigmoidf(float x) { return 1.0f / (1.0f + ck_expf(-x)); }

INLINE float ck_erff(float x) {
  float a = x < 0.0f ? -x : x;
  float c = a > 4.1f ? 4.1f : a;
  float s = a > 1.0f ? 1.0f : a * a;
  float p = -9.680136505e-06f;
  p = ck_fma(p, s, 1.127054453e-04f);
  p = ck_fma(p, s, -8.484711454e-04f);
  p = ck_fma(p, s, 5.221074878e-03f);
  p = ck_fma(p, s, -2.686544582e-02f);
  p = ck_fma(p, s, 1.128378275e-01f);
  p = ck_fma(p, s, -3.761263848e-01f);
  p = ck_fma(p, s, 1.283791671e-01f);
  float small = ck_fma(p, x, x);
  float l = 1.110774533e-06f;
  l = ck_fma(l, c, -1.786248390e-05f);
  l = ck_fma(l, c, 1.034074889e-04f);
  l = ck_fma(l, c, -5.952998670e-05f);
  l = ck_fma(l, c, -2.940604734e-03f);
  l = ck_fma(l, c, 2.312264414e-02f);
  l = ck_fma(l, c, -1.061673245e-01f);
  l = ck_fma(l, c, -6.347535705e-01f);
  l = ck_fma(l, c, -1.128979722e+00f);
  l = ck_fma(l, c, 8.594144620e-05f);
  float large = __builtin_copysignf(1.0f - ck_expf(l), x);
  return a > 1.0f ? large : small;
}

/// About 3 units in the last place.
INLINE float ck_erfinvf(float x) {
  float w = -ck_logf((1.0f - x) * (1.0f + x));
  float u = w - 2.5f;
  float p = -8.791057982e-09f;
  p = ck_fma(p, u, 2.323264510e-08f);
  p = ck_fma(p, u, 4.661706845e-07f);
  p = ck_fma(p, u, -3.462704768e-06f);
  p = ck_fma(p, u, -4.963347949e-06f);
  p = ck_fma(p, u, 2.183444395e-04f);
  p = ck_fma(p, u, -1.252741878e-03f);
  p = ck_fma(p, u, -4.177386781e-03f);
  p = ck_fma(p, u, 2.466402862e-01f);
  p = ck_fma(p, u, 1.501409359e+00f);
  float v = __builtin_elementwise_sqrt(w) - 3.0f;
  float t = 1.136399082e-04f;
  t = ck_fma(t, v, -3.077473810e-04f);
  t = ck_fma(t, v, -5.376330846e-05f);
  t = ck_fma(t, v, 1.482854132e-03f);
  t = ck_fma(t, v, -3.598987765e-03f);
  t = ck_fma(t, v, 5.687808778e-03f);
  t = ck_fma(t, v, -7.636955344e-03f);
  t = ck_fma(t, v, 9.445192323e-03f);
  t = ck_fma(t, v, 1.001674947e+00f);
  t = ck_fma(t, v, 2.832976803e+00f);
  float y = (w < 5.0f ? p : t) * x;
  float a = x < 0.0f ? -x : x;
  return a == 1.0f ? x * INFINITY : y;
}

/// The derivative of log |Γ|: reflection, recurrence up to 12, then the asymptotic series.
INLINE double ck_digamma(double x) {
  double result = 0;
  if (x <= 0) {
    if (x == floor(x)) return NAN;
    result = -M_PI / tan(M_PI * x);
    x = 1 - x;
  }
  while (x < 12) {
    result -= 1 / x;
    x += 1;
  }
  double s = 1 / (x * x);
  double tail = s * (1.0 / 12 - s * (1.0 / 120 - s * (1.0 / 252 - s * (1.0 / 240 - s * (1.0 / 132)))));
  return result + log(x) - 0.5 / x - tail;
}

/// Newton's method on erf, from the single-precision value.
INLINE double ck_erfinv(double x) {
  if (!(x > -1 && x < 1)) return x == 1 || x == -1 ? x * INFINITY : NAN;
  double a = fabs(x), w = -log((1 - a) * (1 + a));
  double y = w < 20 ? (double)ck_erfinvf((float)a) : sqrt(w);
  if (!(y < 6.5)) y = sqrt(w);
  for (int i = 0; i < 4; i++) {
    double error = a > 0.5 ? (1 - a) - erfc(y) : erf(y) - a;
    double step = error * 0.88622692545275801 * exp(y * y);
    y -= step / (1 + y * step);
  }
  return copysign(y, x);
}

#endif
