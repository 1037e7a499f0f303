#include "Softmax.h"

#include "Threads.h"
#include "VectorMath.h"

struct rows {
  void *y;
  const float *x;
  int64_t rows, length, inner;
  int flag;
};

MULTIVERSION static void softmax_part(void *context, int part, int parts) {
  const struct rows *job = context;
  int64_t n = job->length, end = ck_bound(job->rows, part + 1, parts);
  for (int64_t row = ck_bound(job->rows, part, parts); row < end; row++) {
    const float *x = job->x + row * n;
    float *y = (float *)job->y + row * n;
    float top[16], sum[16];
    for (int j = 0; j < 16; j++) {
      top[j] = -INFINITY;
      sum[j] = 0;
    }
    int64_t i = 0;
    for (; i + 16 <= n; i += 16)
      for (int j = 0; j < 16; j++) top[j] = x[i + j] > top[j] ? x[i + j] : top[j];
    float maximum = -INFINITY;
    for (int j = 0; j < 16; j++) maximum = top[j] > maximum ? top[j] : maximum;
    for (; i < n; i++) maximum = x[i] > maximum ? x[i] : maximum;
    if (job->flag) {
      for (i = 0; i + 16 <= n; i += 16)
        for (int j = 0; j < 16; j++) sum[j] += ck_expf(x[i + j] - maximum);
      float total = 0;
      for (; i < n; i++) total += ck_expf(x[i] - maximum);
      for (int j = 0; j < 16; j++) total += sum[j];
      float shift = ck_logf(total);
      VECTORIZE for (int64_t q = 0; q < n; q++) y[q] = (x[q] - maximum) - shift;
    } else {
      VECTORIZE for (int64_t q = 0; q < n; q++) y[q] = ck_expf(x[q] - maximum);
      for (i = 0; i + 16 <= n; i += 16)
        for (int j = 0; j < 16; j++) sum[j] += y[i + j];
      float total = 0;
      for (; i < n; i++) total += y[i];
      for (int j = 0; j < 16; j++) total += sum[j];
      VECTORIZE for (int64_t q = 0; q < n; q++) y[q] /= total;
    }
  }
}

void ck_softmax(float *y, const float *x, int64_t rows, int64_t length, int logarithm) {
  struct rows job = {y, x, rows, length, 1, logarithm};
  int parts = ck_parts(rows * length, 1 << 13);
  ck_parallel(softmax_part, &job, rows < parts ? (int)rows : parts);
}

static void extreme_part(void *context, int part, int parts) {
  const struct rows *job = context;
  int64_t end = ck_bound(job->rows, part + 1, parts);
  for (int64_t o = ck_bound(job->rows, part, parts); o < end; o++) {
    for (int64_t i = 0; i < job->inner; i++) {
      const float *x = job->x + o * job->length * job->inner + i;
      float best = x[0];
      int32_t place = 0;
      for (int64_t r = 1; r < job->length && best == best; r++) {
        float value = x[r * job->inner];
        if (value != value || (job->flag ? value < best : value > best)) {
          best = value;
          place = (int32_t)r;
        }
      }
      ((int32_t *)job->y)[o * job->inner + i] = place;
    }
  }
}

void ck_arg_extreme(int32_t *y, const float *x, int64_t outer, int64_t length, int64_t inner, int minimum) {
  struct rows job = {y, x, outer, length, inner, minimum};
  int parts = ck_parts(outer * length * inner, 1 << 14);
  ck_parallel(extreme_part, &job, outer < parts ? (int)outer : parts);
}
