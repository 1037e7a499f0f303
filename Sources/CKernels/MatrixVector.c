#include "MatrixVector.h"

#include "Multiversion.h"
#include "Threads.h"
#include <string.h>

struct product {
  float *y;
  const float *x, *w;
  int64_t rows, columns;
  float *partials;
};

static int parts_of(int64_t rows, int64_t columns) {
  int parts = ck_parts(rows * columns, 1 << 15);
  return rows < parts ? (int)rows : parts;
}

int64_t ck_vector_matrix_scratch(int64_t rows, int64_t columns) {
  return parts_of(rows, columns) * columns * (int64_t)sizeof(float);
}

// A part reads whole rows, so that memory streams; four rows at a time, so that the sums are rarely touched.
MULTIVERSION static void vector_matrix_part(void *context, int part, int parts) {
  const struct product *job = context;
  int64_t n = job->columns, r = ck_bound(job->rows, part, parts), end = ck_bound(job->rows, part + 1, parts);
  float *restrict y = part == 0 ? job->y : job->partials + part * n;
  const float *x = job->x;
  memset(y, 0, (size_t)n * sizeof(float));
  for (; r + 4 <= end; r += 4) {
    const float *restrict w0 = job->w + r * n, *restrict w1 = w0 + n, *restrict w2 = w1 + n, *restrict w3 = w2 + n;
    float a = x[r], b = x[r + 1], c = x[r + 2], d = x[r + 3];
    for (int64_t i = 0; i < n; i++) y[i] += (a * w0[i] + b * w1[i]) + (c * w2[i] + d * w3[i]);
  }
  for (; r < end; r++) {
    const float *restrict w0 = job->w + r * n;
    float a = x[r];
    for (int64_t i = 0; i < n; i++) y[i] += a * w0[i];
  }
}

void ck_vector_matrix(float *y, const float *x, const float *w, int64_t rows, int64_t columns, float *partials) {
  struct product job = {y, x, w, rows, columns, partials};
  int parts = parts_of(rows, columns);
  ck_parallel(vector_matrix_part, &job, parts);
  for (int part = 1; part < parts; part++) {
    const float *p = partials + part * columns;
    for (int64_t i = 0; i < columns; i++) y[i] += p[i];
  }
}

MULTIVERSION static void matrix_vector_part(void *context, int part, int parts) {
  const struct product *job = context;
  int64_t n = job->columns, end = ck_bound(job->rows, part + 1, parts);
  for (int64_t r = ck_bound(job->rows, part, parts); r < end; r++) {
    const float *w = job->w + r * n, *x = job->x;
    float lanes[32] = {0};
    int64_t i = 0;
    for (; i + 32 <= n; i += 32)
      for (int j = 0; j < 32; j++) lanes[j] += w[i + j] * x[i + j];
    float sum = 0;
    for (; i < n; i++) sum += w[i] * x[i];
    for (int width = 16; width > 0; width /= 2)
      for (int j = 0; j < width; j++) lanes[j] += lanes[j + width];
    job->y[r] = lanes[0] + sum;
  }
}

void ck_matrix_vector(float *y, const float *w, const float *x, int64_t rows, int64_t columns) {
  struct product job = {y, x, w, rows, columns, 0};
  ck_parallel(matrix_vector_part, &job, parts_of(rows, columns));
}
