#include "Normalization.h"

#include "Multiversion.h"
#include "Threads.h"
#include <math.h>
#include <string.h>

// Rows are taken in blocks that stay in cache while they are read twice.
enum { BLOCK = 32 };

struct normalization {
  int64_t rows, channels;
  float epsilon;
  const float *x, *scale, *offset, *mean, *variance, *dy;
  float *y, *a, *b;
  // Of a rectified linear unit after the normalisation: it lets through where x·slope + shift > 0.
  const float *slope, *shift;
  int rectified;
  // Two vectors of channels for each part.
  float *partials;
};

static int parts_of(int64_t rows, int64_t channels) {
  int parts = ck_parts(rows * channels, 1 << 14);
  return rows < parts ? (int)rows : parts;
}

int64_t ck_normalization_scratch(int64_t rows, int64_t channels) {
  return (parts_of(rows, channels) + 2) * 2 * channels * (int64_t)sizeof(float);
}

/// Mean and sum of squared deviations of a part's rows: each block's own, combined as Chan, Golub and LeVeque do.
MULTIVERSION static void statistics_part(void *context, int part, int parts) {
  const struct normalization *job = context;
  int64_t c = job->channels;
  float *mean = job->partials + part * 2 * c, *squares = mean + c;
  memset(mean, 0, (size_t)(2 * c) * sizeof(float));
  int64_t first = ck_bound(job->rows, part, parts), end = ck_bound(job->rows, part + 1, parts);
  enum { COLUMNS = 128 };
  float sum[COLUMNS], square[COLUMNS];
  for (int64_t row = first; row < end; row += BLOCK) {
    int64_t n = end - row < BLOCK ? end - row : BLOCK;
    float before = (float)(row - first), total = before + (float)n;
    for (int64_t c0 = 0; c0 < c; c0 += COLUMNS) {
      int64_t width = c - c0 < COLUMNS ? c - c0 : COLUMNS;
      const float *x = job->x + row * c + c0;
      for (int64_t i = 0; i < width; i++) sum[i] = x[i];
      for (int64_t r = 1; r < n; r++)
        for (int64_t i = 0; i < width; i++) sum[i] += x[r * c + i];
      for (int64_t i = 0; i < width; i++) {
        sum[i] /= (float)n;
        square[i] = 0;
      }
      for (int64_t r = 0; r < n; r++)
        for (int64_t i = 0; i < width; i++) {
          float d = x[r * c + i] - sum[i];
          square[i] += d * d;
        }
      for (int64_t i = 0; i < width; i++) {
        float d = sum[i] - mean[c0 + i];
        mean[c0 + i] += d * ((float)n / total);
        squares[c0 + i] += square[i] + d * d * (before * (float)n / total);
      }
    }
  }
}

MULTIVERSION static void affine_part(void *context, int part, int parts) {
  const struct normalization *job = context;
  int64_t c = job->channels, end = ck_bound(job->rows, part + 1, parts);
  const float *a = job->a, *b = job->b;
  for (int64_t row = ck_bound(job->rows, part, parts); row < end; row++) {
    const float *x = job->x + row * c;
    float *y = job->y + row * c;
    if (job->rectified) {
      VECTORIZE for (int64_t i = 0; i < c; i++) {
        float value = x[i] * a[i] + b[i];
        y[i] = value < 0 ? 0 : value;
      }
    } else {
      VECTORIZE for (int64_t i = 0; i < c; i++) y[i] = x[i] * a[i] + b[i];
    }
  }
}

/// The normalisation as a function of x: x · a + b.
static void affine(ck_batch batch, const float *scale, const float *offset, const float *mean, const float *variance,
                   float *a, float *b) {
  for (int64_t i = 0; i < batch.channels; i++) {
    a[i] = scale[i] / sqrtf(variance[i] + batch.epsilon);
    b[i] = offset[i] - mean[i] * a[i];
  }
}

void ck_batch_normalization(ck_batch batch, const float *x, const float *scale, const float *offset, float *y,
                            float *mean, float *variance, void *scratch) {
  int64_t rows = batch.rows, channels = batch.channels;
  int parts = parts_of(rows, channels);
  float *coefficients = (float *)scratch + (int64_t)parts * 2 * channels;
  struct normalization job = {.rows = rows, .channels = channels, .x = x, .y = y, .a = coefficients,
                              .b = coefficients + channels, .rectified = batch.rectified, .partials = scratch};
  ck_parallel(statistics_part, &job, parts);
  for (int64_t i = 0; i < channels; i++) {
    double m = 0, s = 0, count = 0;
    for (int part = 0; part < parts; part++) {
      double n = (double)(ck_bound(rows, part + 1, parts) - ck_bound(rows, part, parts));
      if (n == 0) continue;
      double d = (double)job.partials[part * 2 * channels + i] - m;
      s += (double)job.partials[part * 2 * channels + channels + i] + d * d * count * n / (count + n);
      m += d * n / (count + n);
      count += n;
    }
    mean[i] = (float)m;
    variance[i] = (float)(s / (count > 0 ? count : 1));
  }
  affine(batch, scale, offset, mean, variance, job.a, job.b);
  ck_parallel(affine_part, &job, parts);
}

/// Σ dy and Σ dy·(x − mean) of a part's rows.
MULTIVERSION static void sums_part(void *context, int part, int parts) {
  const struct normalization *job = context;
  int64_t c = job->channels;
  float *plain = job->partials + part * 2 * c, *weighted = plain + c;
  memset(plain, 0, (size_t)(2 * c) * sizeof(float));
  int64_t first = ck_bound(job->rows, part, parts), end = ck_bound(job->rows, part + 1, parts);
  enum { COLUMNS = 128 };
  float p[COLUMNS], w[COLUMNS];
  for (int64_t row = first; row < end; row += BLOCK) {
    int64_t n = end - row < BLOCK ? end - row : BLOCK;
    for (int64_t c0 = 0; c0 < c; c0 += COLUMNS) {
      int64_t width = c - c0 < COLUMNS ? c - c0 : COLUMNS;
      const float *x = job->x + row * c + c0, *dy = job->dy + row * c + c0, *mean = job->mean + c0;
      for (int64_t i = 0; i < width; i++) p[i] = w[i] = 0;
      if (job->rectified) {
        const float *slope = job->slope + c0, *shift = job->shift + c0;
        for (int64_t r = 0; r < n; r++)
          for (int64_t i = 0; i < width; i++) {
            float d = x[r * c + i] * slope[i] + shift[i] > 0 ? dy[r * c + i] : 0;
            p[i] += d;
            w[i] += d * (x[r * c + i] - mean[i]);
          }
      } else {
        for (int64_t r = 0; r < n; r++)
          for (int64_t i = 0; i < width; i++) {
            p[i] += dy[r * c + i];
            w[i] += dy[r * c + i] * (x[r * c + i] - mean[i]);
          }
      }
      for (int64_t i = 0; i < width; i++) {
        plain[c0 + i] += p[i];
        weighted[c0 + i] += w[i];
      }
    }
  }
}

/// dx = dy·a + (x − mean)·b + k, with the three vectors of channels after one another in `a`.
MULTIVERSION static void batch_gradient_part(void *context, int part, int parts) {
  const struct normalization *job = context;
  int64_t c = job->channels, end = ck_bound(job->rows, part + 1, parts);
  const float *a = job->a, *b = job->b, *mean = job->mean, *k = job->offset;
  for (int64_t row = ck_bound(job->rows, part, parts); row < end; row++) {
    const float *x = job->x + row * c, *dy = job->dy + row * c;
    float *dx = job->y + row * c;
    if (job->rectified) {
      const float *slope = job->slope, *shift = job->shift;
      VECTORIZE for (int64_t i = 0; i < c; i++) {
        float d = x[i] * slope[i] + shift[i] > 0 ? dy[i] : 0;
        dx[i] = d * a[i] + (x[i] - mean[i]) * b[i] + k[i];
      }
    } else {
      VECTORIZE for (int64_t i = 0; i < c; i++) dx[i] = dy[i] * a[i] + (x[i] - mean[i]) * b[i] + k[i];
    }
  }
}

void ck_batch_normalization_gradient(ck_batch batch, const float *x, const float *scale, const float *offset,
                                     const float *mean, const float *variance, const float *dy, float *dx,
                                     float *dscale, float *doffset, void *scratch) {
  int64_t rows = batch.rows, channels = batch.channels;
  int parts = parts_of(rows, channels);
  float *coefficients = (float *)scratch + (int64_t)parts * 2 * channels;
  float *slope = coefficients + 2 * channels, *shift = slope + channels;
  struct normalization job = {.rows = rows, .channels = channels, .x = x, .mean = mean, .dy = dy, .y = dx,
                              .a = coefficients, .b = coefficients + channels, .slope = slope, .shift = shift,
                              .rectified = batch.rectified, .partials = scratch};
  if (batch.rectified) affine(batch, scale, offset, mean, variance, slope, shift);
  ck_parallel(sums_part, &job, parts);
  float *constant = job.partials;  // read for the last time below, channel by channel
  for (int64_t i = 0; i < channels; i++) {
    double plain = 0, weighted = 0;
    for (int part = 0; part < parts; part++) {
      plain += (double)job.partials[part * 2 * channels + i];
      weighted += (double)job.partials[part * 2 * channels + channels + i];
    }
    double deviation = 1 / sqrt((double)variance[i] + (double)batch.epsilon), n = (double)rows;
    doffset[i] = (float)plain;
    dscale[i] = (float)(weighted * deviation);
    double factor = (double)scale[i] * deviation;
    job.a[i] = (float)factor;
    job.b[i] = (float)(-factor * deviation * deviation * weighted / n);
    constant[i] = (float)(-factor * plain / n);
  }
  job.offset = constant;
  ck_parallel(batch_gradient_part, &job, parts);
}

INLINE float row_sum(const float *x, int64_t n) {
  float lanes[16] = {0};
  int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int j = 0; j < 16; j++) lanes[j] += x[i + j];
  float sum = 0;
  for (; i < n; i++) sum += x[i];
  for (int j = 0; j < 16; j++) sum += lanes[j];
  return sum;
}

INLINE float row_squares(const float *x, float mean, int64_t n) {
  float lanes[16] = {0};
  int64_t i = 0;
  for (; i + 16 <= n; i += 16)
    for (int j = 0; j < 16; j++) lanes[j] += (x[i + j] - mean) * (x[i + j] - mean);
  float sum = 0;
  for (; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
  for (int j = 0; j < 16; j++) sum += lanes[j];
  return sum;
}

MULTIVERSION static void layer_part(void *context, int part, int parts) {
  const struct normalization *job = context;
  int64_t c = job->channels, end = ck_bound(job->rows, part + 1, parts);
  for (int64_t row = ck_bound(job->rows, part, parts); row < end; row++) {
    const float *x = job->x + row * c, *scale = job->scale, *offset = job->offset;
    float *y = job->y + row * c;
    float mean = row_sum(x, c) / (float)c;
    float deviation = 1 / sqrtf(row_squares(x, mean, c) / (float)c + job->epsilon);
    job->a[row] = mean;
    job->b[row] = deviation;
    VECTORIZE for (int64_t i = 0; i < c; i++) y[i] = (x[i] - mean) * deviation * scale[i] + offset[i];
  }
}

void ck_layer_normalization(int64_t rows, int64_t channels, float epsilon, const float *x, const float *scale,
                            const float *offset, float *y, float *mean, float *deviation) {
  struct normalization job = {.rows = rows, .channels = channels, .epsilon = epsilon, .x = x, .scale = scale,
                              .offset = offset, .y = y, .a = mean, .b = deviation};
  ck_parallel(layer_part, &job, parts_of(rows, channels));
}

MULTIVERSION static void layer_gradient_part(void *context, int part, int parts) {
  const struct normalization *job = context;
  int64_t c = job->channels, end = ck_bound(job->rows, part + 1, parts);
  float *dscale = job->partials + part * 2 * c, *doffset = dscale + c;
  memset(dscale, 0, (size_t)(2 * c) * sizeof(float));
  for (int64_t row = ck_bound(job->rows, part, parts); row < end; row++) {
    const float *x = job->x + row * c, *dy = job->dy + row * c, *scale = job->scale;
    float *dx = job->y + row * c;
    float mean = job->mean[row], deviation = job->variance[row];
    float plain[16] = {0}, weighted[16] = {0};
    int64_t i = 0;
    for (; i + 16 <= c; i += 16)
      for (int j = 0; j < 16; j++) {
        float h = (x[i + j] - mean) * deviation, d = dy[i + j] * scale[i + j];
        plain[j] += d;
        weighted[j] += d * h;
        dscale[i + j] += dy[i + j] * h;
        doffset[i + j] += dy[i + j];
      }
    float p = 0, w = 0;
    for (; i < c; i++) {
      float h = (x[i] - mean) * deviation, d = dy[i] * scale[i];
      p += d;
      w += d * h;
      dscale[i] += dy[i] * h;
      doffset[i] += dy[i];
    }
    for (int j = 0; j < 16; j++) {
      p += plain[j];
      w += weighted[j];
    }
    p /= (float)c;
    w /= (float)c;
    VECTORIZE for (int64_t q = 0; q < c; q++) {
      dx[q] = deviation * (dy[q] * scale[q] - p - (x[q] - mean) * deviation * w);
    }
  }
}

void ck_layer_normalization_gradient(int64_t rows, int64_t channels, const float *x, const float *scale,
                                     const float *mean, const float *deviation, const float *dy, float *dx,
                                     float *dscale, float *doffset, void *scratch) {
  int parts = parts_of(rows, channels);
  struct normalization job = {.rows = rows, .channels = channels, .x = x, .scale = scale, .mean = mean,
                              .variance = deviation, .dy = dy, .y = dx, .partials = scratch};
  ck_parallel(layer_gradient_part, &job, parts);
  for (int64_t i = 0; i < channels; i++) {
    dscale[i] = doffset[i] = 0;
    for (int part = 0; part < parts; part++) {
      dscale[i] += job.partials[part * 2 * channels + i];
      doffset[i] += job.partials[part * 2 * channels + channels + i];
    }
  }
}
