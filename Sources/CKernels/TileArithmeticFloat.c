#include "TileArithmetic.h"
#include "TileProgram.h"
#include "VectorMath.h"

// clang-format off
#define UNARY(OP, X) case OP: VECTORIZE for (int64_t i = 0; i < n; i++) { float x = a[i]; y[i] = X; } break;
#define SCALAR(OP, X) case OP: for (int64_t i = 0; i < n; i++) { float x = a[i]; y[i] = X; } break;
#define TEST(OP, X) case OP: VECTORIZE for (int64_t i = 0; i < n; i++) { float x = a[i]; t[i] = X; } break;

MULTIVERSION void ck_f32_unary(int opcode, int64_t n, void *r, const float *a) {
  float *y = r;
  int32_t *t = r;
  switch (opcode) {
    UNARY(CK_NEGATE, -x)
    UNARY(CK_ABSOLUTE, __builtin_fabsf(x))
    UNARY(CK_SIGN, x > 0 ? 1.0f : x < 0 ? -1.0f : x)
    UNARY(CK_EXP, ck_expf(x))
    UNARY(CK_EXPM1, ck_expm1f(x))
    UNARY(CK_LOG, ck_logf(x))
    UNARY(CK_LOG1P, ck_log1pf(x))
    UNARY(CK_SQRT, __builtin_elementwise_sqrt(x))
    UNARY(CK_RSQRT, 1.0f / __builtin_elementwise_sqrt(x))
    UNARY(CK_RECIPROCAL, 1.0f / x)
    UNARY(CK_SQUARE, x * x)
    SCALAR(CK_SINE, sinf(x))
    SCALAR(CK_COSINE, cosf(x))
    SCALAR(CK_TANGENT, tanf(x))
    SCALAR(CK_ARCSINE, asinf(x))
    SCALAR(CK_ARCCOSINE, acosf(x))
    SCALAR(CK_ARCTANGENT, atanf(x))
    SCALAR(CK_SINH, sinhf(x))
    SCALAR(CK_COSH, coshf(x))
    UNARY(CK_TANH, ck_tanhf(x))
    SCALAR(CK_ASINH, asinhf(x))
    SCALAR(CK_ACOSH, acoshf(x))
    SCALAR(CK_ATANH, atanhf(x))
    UNARY(CK_ERF, ck_erff(x))
    UNARY(CK_ERFINV, ck_erfinvf(x))
    SCALAR(CK_LGAMMA, lgammaf(x))
    SCALAR(CK_DIGAMMA, (float)ck_digamma((double)x))
    UNARY(CK_SIGMOID, ck_sigmoidf(x))
    UNARY(CK_RELU, x > 0.0f || x != x ? x : 0.0f)
    UNARY(CK_FLOOR, __builtin_elementwise_floor(x))
    UNARY(CK_CEILING, __builtin_elementwise_ceil(x))
    UNARY(CK_ROUND, __builtin_elementwise_roundeven(x))
    UNARY(CK_TRUNCATE, __builtin_elementwise_trunc(x))
    TEST(CK_IS_NAN, x != x)
    TEST(CK_IS_INFINITE, x == INFINITY || x == -INFINITY)
    TEST(CK_IS_FINITE, x - x == 0.0f)
  }
}

#define BINARY(OP, X) \
  case OP: VECTORIZE for (int64_t i = 0; i < n; i++) { float x = a[i], z = b[i]; y[i] = X; } break;
#define COMPARE(OP, X) \
  case OP: VECTORIZE for (int64_t i = 0; i < n; i++) { float x = a[i], z = b[i]; t[i] = x X z; } break;
#define SCALAR2(OP, X) case OP: for (int64_t i = 0; i < n; i++) { float x = a[i], z = b[i]; y[i] = X; } break;

MULTIVERSION void ck_f32_binary(int opcode, int64_t n, void *r, const float *a, const float *b) {
  float *y = r;
  int32_t *t = r;
  switch (opcode) {
    BINARY(CK_ADD, x + z)
    BINARY(CK_SUBTRACT, x - z)
    BINARY(CK_MULTIPLY, x * z)
    BINARY(CK_DIVIDE, x / z)
    SCALAR2(CK_REMAINDER, fmodf(x, z))
    SCALAR2(CK_POWER, powf(x, z))
    BINARY(CK_MAXIMUM, x != x ? x : z != z ? z : x > z ? x : z)
    BINARY(CK_MINIMUM, x != x ? x : z != z ? z : x < z ? x : z)
    SCALAR2(CK_ARCTANGENT2, atan2f(x, z))
    SCALAR2(CK_NEXT_AFTER, nextafterf(x, z))
    COMPARE(CK_EQUAL, ==)
    COMPARE(CK_NOT_EQUAL, !=)
    COMPARE(CK_LESS, <)
    COMPARE(CK_LESS_EQUAL, <=)
    COMPARE(CK_GREATER, >)
    COMPARE(CK_GREATER_EQUAL, >=)
  }
}
#undef UNARY
#undef BINARY
#undef SCALAR
#undef SCALAR2
#undef COMPARE
#undef TEST

#define UNARY(OP, X) case OP: for (int64_t i = 0; i < n; i++) { double x = a[i]; y[i] = X; } break;
#define TEST(OP, X) case OP: for (int64_t i = 0; i < n; i++) { double x = a[i]; t[i] = X; } break;
#define BINARY(OP, X) case OP: for (int64_t i = 0; i < n; i++) { double x = a[i], z = b[i]; y[i] = X; } break;
#define COMPARE(OP, X) case OP: for (int64_t i = 0; i < n; i++) { double x = a[i], z = b[i]; t[i] = x X z; } break;

MULTIVERSION void ck_f64_arithmetic(int opcode, int64_t n, void *r, const double *a, const double *b) {
  double *y = r;
  int32_t *t = r;
  switch (opcode) {
    UNARY(CK_NEGATE, -x)
    UNARY(CK_ABSOLUTE, fabs(x))
    UNARY(CK_SIGN, x > 0 ? 1.0 : x < 0 ? -1.0 : x)
    UNARY(CK_EXP, exp(x))
    UNARY(CK_EXPM1, expm1(x))
    UNARY(CK_LOG, log(x))
    UNARY(CK_LOG1P, log1p(x))
    UNARY(CK_SQRT, __builtin_elementwise_sqrt(x))
    UNARY(CK_RSQRT, 1.0 / __builtin_elementwise_sqrt(x))
    UNARY(CK_RECIPROCAL, 1.0 / x)
    UNARY(CK_SQUARE, x * x)
    UNARY(CK_SINE, sin(x))
    UNARY(CK_COSINE, cos(x))
    UNARY(CK_TANGENT, tan(x))
    UNARY(CK_ARCSINE, asin(x))
    UNARY(CK_ARCCOSINE, acos(x))
    UNARY(CK_ARCTANGENT, atan(x))
    UNARY(CK_SINH, sinh(x))
    UNARY(CK_COSH, cosh(x))
    UNARY(CK_TANH, tanh(x))
    UNARY(CK_ASINH, asinh(x))
    UNARY(CK_ACOSH, acosh(x))
    UNARY(CK_ATANH, atanh(x))
    UNARY(CK_ERF, erf(x))
    UNARY(CK_ERFINV, ck_erfinv(x))
    UNARY(CK_LGAMMA, lgamma(x))
    UNARY(CK_DIGAMMA, ck_digamma(x))
    UNARY(CK_SIGMOID, 1.0 / (1.0 + exp(-x)))
    UNARY(CK_RELU, x > 0 || x != x ? x : 0)
    UNARY(CK_FLOOR, floor(x))
    UNARY(CK_CEILING, ceil(x))
    UNARY(CK_ROUND, __builtin_elementwise_roundeven(x))
    UNARY(CK_TRUNCATE, trunc(x))
    TEST(CK_IS_NAN, x != x)
    TEST(CK_IS_INFINITE, x == (double)INFINITY || x == -(double)INFINITY)
    TEST(CK_IS_FINITE, x - x == 0)
    BINARY(CK_ADD, x + z)
    BINARY(CK_SUBTRACT, x - z)
    BINARY(CK_MULTIPLY, x * z)
    BINARY(CK_DIVIDE, x / z)
    BINARY(CK_REMAINDER, fmod(x, z))
    BINARY(CK_POWER, pow(x, z))
    BINARY(CK_MAXIMUM, x != x ? x : z != z ? z : x > z ? x : z)
    BINARY(CK_MINIMUM, x != x ? x : z != z ? z : x < z ? x : z)
    BINARY(CK_ARCTANGENT2, atan2(x, z))
    BINARY(CK_NEXT_AFTER, nextafter(x, z))
    COMPARE(CK_EQUAL, ==)
    COMPARE(CK_NOT_EQUAL, !=)
    COMPARE(CK_LESS, <)
    COMPARE(CK_LESS_EQUAL, <=)
    COMPARE(CK_GREATER, >)
    COMPARE(CK_GREATER_EQUAL, >=)
  }
}
// clang-format on
