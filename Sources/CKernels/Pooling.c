#include "Pooling.h"

#include "Multiversion.h"
#include "Threads.h"
#include <math.h>
#include <string.h>

struct pool {
  const ck_pooling *pooling;
  float *y;
  void *positions;
  const float *x;
};

/// The taps of one output position along an axis that lie inside the input: first..<last.
struct taps {
  int64_t first, last, origin;
};

INLINE struct taps taps(const ck_pooling *p, int axis, int64_t output) {
  int64_t origin = output * p->strides[axis] - p->padding[axis];
  int64_t first = origin < 0 ? -origin : 0;
  int64_t last = p->input[axis] - origin < p->window[axis] ? p->input[axis] - origin : p->window[axis];
  return (struct taps){first, last, origin};
}

INLINE int64_t output_size(const ck_pooling *p) { return p->output[0] * p->output[1] * p->output[2]; }
INLINE int64_t input_size(const ck_pooling *p) { return p->input[0] * p->input[1] * p->input[2]; }

// Calls BODY for every tap of output (i, j, k), with `place` its pixel in the input and `tap` its number in the window.
#define FOR_TAPS(BODY) \
  struct taps t0 = taps(p, 0, i), t1 = taps(p, 1, j), t2 = taps(p, 2, k); \
  for (int64_t a = t0.first; a < t0.last; a++) \
    for (int64_t b = t1.first; b < t1.last; b++) \
      for (int64_t c = t2.first; c < t2.last; c++) { \
        int64_t place = ((t0.origin + a) * p->input[1] + t1.origin + b) * p->input[2] + t2.origin + c; \
        int64_t tap = (a * p->window[1] + b) * p->window[2] + c; \
        BODY \
      }

// Channels are taken in chunks that fit registers: a chunk's running maximum and its position never leave them.
enum { CHUNK = 16 };

INLINE void maximum_chunk(const ck_pooling *p, const float *image, int64_t i, int64_t j, int64_t k, int64_t channels,
                          int n, float *y, int32_t *places) {
  float best[CHUNK];
  int32_t position[CHUNK];
  for (int q = 0; q < n; q++) {
    best[q] = -INFINITY;
    position[q] = -1;
  }
  FOR_TAPS({
    const float *x = image + place * channels;
    int32_t number = (int32_t)tap;
    for (int q = 0; q < n; q++) {
      // The first tap always counts; a NaN wins, and keeps its place.
      int better = (x[q] > best[q]) | ((x[q] != x[q]) & (best[q] == best[q])) | (position[q] < 0);
      best[q] = better ? x[q] : best[q];
      position[q] = better ? number : position[q];
    }
  })
  for (int q = 0; q < n; q++) {
    y[q] = best[q];
    places[q] = position[q] < 0 ? 0 : position[q];
  }
}

MULTIVERSION static void maximum_part(void *context, int part, int parts) {
  const struct pool *job = context;
  const ck_pooling *p = job->pooling;
  int64_t channels = p->channels, rows = p->samples * p->output[0] * p->output[1];
  int64_t end = ck_bound(rows, part + 1, parts);
  for (int64_t row = ck_bound(rows, part, parts); row < end; row++) {
    int64_t j = row % p->output[1], i = row / p->output[1] % p->output[0], sample = row / p->output[1] / p->output[0];
    const float *image = job->x + sample * input_size(p) * channels;
    for (int64_t k = 0; k < p->output[2]; k++) {
      int64_t pixel = (row * p->output[2] + k) * channels;
      for (int64_t c = 0; c < channels; c += CHUNK) {
        int32_t places[CHUNK];
        int n = channels - c < CHUNK ? (int)(channels - c) : CHUNK;
        if (n == CHUNK) {
          maximum_chunk(p, image + c, i, j, k, channels, CHUNK, job->y + pixel + c, places);
        } else {
          maximum_chunk(p, image + c, i, j, k, channels, n, job->y + pixel + c, places);
        }
        if (p->wide) {
          memcpy((int32_t *)job->positions + pixel + c, places, (size_t)n * sizeof(int32_t));
        } else {
          uint8_t *narrow = (uint8_t *)job->positions + pixel + c;
          for (int q = 0; q < n; q++) narrow[q] = (uint8_t)places[q];
        }
      }
    }
  }
}

MULTIVERSION static void average_part(void *context, int part, int parts) {
  const struct pool *job = context;
  const ck_pooling *p = job->pooling;
  int64_t channels = p->channels, rows = p->samples * p->output[0] * p->output[1];
  int64_t end = ck_bound(rows, part + 1, parts);
  for (int64_t row = ck_bound(rows, part, parts); row < end; row++) {
    int64_t j = row % p->output[1], i = row / p->output[1] % p->output[0], sample = row / p->output[1] / p->output[0];
    const float *image = job->x + sample * input_size(p) * channels;
    for (int64_t k = 0; k < p->output[2]; k++) {
      float *y = job->y + (row * p->output[2] + k) * channels;
      int64_t count = 0;
      memset(y, 0, (size_t)channels * sizeof(float));
      FOR_TAPS({
        (void)tap;
        const float *x = image + place * channels;
        VECTORIZE for (int64_t q = 0; q < channels; q++) y[q] += x[q];
        count++;
      })
      float scale = (float)(count > 0 ? count : 1);
      VECTORIZE for (int64_t q = 0; q < channels; q++) y[q] /= scale;
    }
  }
}

/// dx gets, or is increased by, the gradients of the channels whose maximum lies at this tap.
INLINE void spread(float *restrict dx, const float *restrict dy, const void *positions, int wide, int64_t pixel,
                   int32_t tap, int covered, int64_t n) {
  const uint8_t *narrow = (const uint8_t *)positions + pixel;
  const int32_t *full = (const int32_t *)positions + pixel;
  if (covered && !wide) {
    VECTORIZE for (int64_t q = 0; q < n; q++) dx[q] = (int32_t)narrow[q] == tap ? dy[q] : 0.0f;
  } else if (covered) {
    VECTORIZE for (int64_t q = 0; q < n; q++) dx[q] = full[q] == tap ? dy[q] : 0.0f;
  } else if (!wide) {
    VECTORIZE for (int64_t q = 0; q < n; q++) dx[q] += (int32_t)narrow[q] == tap ? dy[q] : 0.0f;
  } else {
    VECTORIZE for (int64_t q = 0; q < n; q++) dx[q] += full[q] == tap ? dy[q] : 0.0f;
  }
}

// Windows of one sample may overlap, so a part takes whole samples.
MULTIVERSION static void maximum_gradient_part(void *context, int part, int parts) {
  const struct pool *job = context;
  const ck_pooling *p = job->pooling;
  int64_t channels = p->channels, end = ck_bound(p->samples, part + 1, parts);
  // Where every window lies inside and no two overlap, each place it covers is written once.
  int covered = 1, complete = 1;
  for (int axis = 0; axis < 3; axis++) {
    covered &= p->strides[axis] >= p->window[axis] && p->padding[axis] == 0
      && (p->output[axis] - 1) * p->strides[axis] + p->window[axis] <= p->input[axis];
    complete &= p->strides[axis] == p->window[axis] && p->output[axis] * p->window[axis] == p->input[axis];
  }
  for (int64_t sample = ck_bound(p->samples, part, parts); sample < end; sample++) {
    float *image = job->y + sample * input_size(p) * channels;
    if (!(covered && complete)) memset(image, 0, (size_t)(input_size(p) * channels) * sizeof(float));
    for (int64_t i = 0; i < p->output[0]; i++)
      for (int64_t j = 0; j < p->output[1]; j++)
        for (int64_t k = 0; k < p->output[2]; k++) {
          int64_t pixel = (sample * output_size(p) + (i * p->output[1] + j) * p->output[2] + k) * channels;
          const float *dy = job->x + pixel;
          FOR_TAPS({
            float *dx = image + place * channels;
            spread(dx, dy, job->positions, p->wide, pixel, (int32_t)tap, covered, channels);
          })
        }
  }
}

MULTIVERSION static void average_gradient_part(void *context, int part, int parts) {
  const struct pool *job = context;
  const ck_pooling *p = job->pooling;
  int64_t channels = p->channels, end = ck_bound(p->samples, part + 1, parts);
  for (int64_t sample = ck_bound(p->samples, part, parts); sample < end; sample++) {
    float *image = job->y + sample * input_size(p) * channels;
    memset(image, 0, (size_t)(input_size(p) * channels) * sizeof(float));
    for (int64_t i = 0; i < p->output[0]; i++)
      for (int64_t j = 0; j < p->output[1]; j++)
        for (int64_t k = 0; k < p->output[2]; k++) {
          int64_t pixel = sample * output_size(p) + (i * p->output[1] + j) * p->output[2] + k;
          const float *dy = job->x + pixel * channels;
          float count = 0;
          FOR_TAPS({
            (void)place;
            (void)tap;
            count++;
          })
          {
            FOR_TAPS({
              (void)tap;
              float *dx = image + place * channels;
              VECTORIZE for (int64_t q = 0; q < channels; q++) dx[q] += dy[q] / count;
            })
          }
        }
  }
}

static int parts_of(const ck_pooling *p, int64_t units) {
  int64_t work = p->samples * output_size(p) * p->channels * p->window[0] * p->window[1] * p->window[2];
  int parts = ck_parts(work, 1 << 16);
  return units < parts ? (int)(units < 1 ? 1 : units) : parts;
}

void ck_pool_maximum(const ck_pooling *pooling, float *y, void *positions, const float *x) {
  struct pool job = {pooling, y, positions, x};
  ck_parallel(maximum_part, &job, parts_of(pooling, pooling->samples * pooling->output[0] * pooling->output[1]));
}

void ck_pool_average(const ck_pooling *pooling, float *y, const float *x) {
  struct pool job = {pooling, y, 0, x};
  ck_parallel(average_part, &job, parts_of(pooling, pooling->samples * pooling->output[0] * pooling->output[1]));
}

void ck_pool_maximum_gradient(const ck_pooling *pooling, float *dx, const void *positions, const float *dy) {
  struct pool job = {pooling, dx, (void *)positions, dy};
  ck_parallel(maximum_gradient_part, &job, parts_of(pooling, pooling->samples));
}

void ck_pool_average_gradient(const ck_pooling *pooling, float *dx, const float *dy) {
  struct pool job = {pooling, dx, 0, dy};
  ck_parallel(average_gradient_part, &job, parts_of(pooling, pooling->samples));
}
