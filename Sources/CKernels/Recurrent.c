#include "Recurrent.h"

#include "Threads.h"
#include "VectorMath.h"
#include <string.h>

struct step {
  const ck_recurrent *layer;
  const float *projection, *product, *bias;
  const uint8_t *mask;
  const float *h, *c;
  float *new_h, *new_c, *sequence, *gates, *saved;
  const float *dsequence;
  float *carry, *dc, *dgates, *dproduct;
};

// clang-format off
#define MAP(X) VECTORIZE for (int64_t i = 0; i < n; i++) { float x = a[i]; y[i] = X; } break;
INLINE void activate(int kind, float *y, const float *a, int64_t n) {
  switch (kind) {
  case CK_ACT_TANH: MAP(ck_tanhf(x))
  case CK_ACT_SIGMOID: MAP(ck_sigmoidf(x))
  case CK_ACT_RELU: MAP(x > 0 ? x : 0)
  case CK_ACT_HARD_SIGMOID: MAP(ck_min(ck_max(x + 3, 0), 6) / 6)
  default: MAP(x)
  }
}
#undef MAP

/// d *= the derivative, from the function's value.
#define MAP(X) VECTORIZE for (int64_t i = 0; i < n; i++) { float y = a[i]; d[i] *= X; } break;
INLINE void slope(int kind, float *d, const float *a, int64_t n) {
  switch (kind) {
  case CK_ACT_TANH: MAP(1 - y * y)
  case CK_ACT_SIGMOID: MAP(y * (1 - y))
  case CK_ACT_RELU: MAP((y > 0 ? 1.0f : 0.0f))
  case CK_ACT_HARD_SIGMOID: MAP((y > 0 && y < 1 ? 1.0f / 6 : 0.0f))
  default: break;
  }
}
#undef MAP
// clang-format on

MULTIVERSION static void step_part(void *context, int part, int parts) {
  const struct step *job = context;
  const ck_recurrent *layer = job->layer;
  int64_t u = layer->units, g = (layer->cell == CK_CELL_LSTM ? 4 : layer->cell == CK_CELL_GRU ? 3 : 1) * u;
  int inner = layer->recurrent_activation, outer = layer->activation;
  int64_t end = ck_bound(layer->samples, part + 1, parts);
  for (int64_t row = ck_bound(layer->samples, part, parts); row < end; row++) {
    const float *x = job->projection + row * g, *p = job->product + row * g, *h = job->h + row * u;
    float *gate = job->gates + row * g, *y = job->new_h + row * u, *out = job->sequence + row * u;
    int active = !job->mask || job->mask[row];
    switch (layer->cell) {
    case CK_CELL_SIMPLE:
      VECTORIZE for (int64_t i = 0; i < g; i++) gate[i] = x[i] + p[i];
      activate(outer, gate, gate, u);
      memcpy(y, active ? gate : h, (size_t)u * sizeof(float));
      break;
    case CK_CELL_LSTM: {
      const float *c = job->c + row * u;
      float *nc = job->new_c + row * u, *saved = job->saved + row * u;
      VECTORIZE for (int64_t i = 0; i < g; i++) gate[i] = x[i] + p[i];
      activate(inner, gate, gate, 2 * u);
      activate(outer, gate + 2 * u, gate + 2 * u, u);
      activate(inner, gate + 3 * u, gate + 3 * u, u);
      if (active) {
        VECTORIZE for (int64_t i = 0; i < u; i++) saved[i] = gate[u + i] * c[i] + gate[i] * gate[2 * u + i];
        activate(outer, y, saved, u);
        VECTORIZE for (int64_t i = 0; i < u; i++) y[i] *= gate[3 * u + i];
      } else {
        memcpy(saved, c, (size_t)u * sizeof(float));
        memmove(y, h, (size_t)u * sizeof(float));
      }
      if (nc != saved) memcpy(nc, saved, (size_t)u * sizeof(float));
      break;
    }
    default: {
      float *saved = job->saved + row * u;
      const float *b = job->bias;
      VECTORIZE for (int64_t i = 0; i < 2 * u; i++) gate[i] = x[i] + (p[i] + b[i]);
      VECTORIZE for (int64_t i = 0; i < u; i++) saved[i] = p[2 * u + i] + b[2 * u + i];
      activate(inner, gate, gate, 2 * u);
      VECTORIZE for (int64_t i = 0; i < u; i++) gate[2 * u + i] = x[2 * u + i] + gate[u + i] * saved[i];
      activate(outer, gate + 2 * u, gate + 2 * u, u);
      if (active) {
        VECTORIZE for (int64_t i = 0; i < u; i++) y[i] = gate[i] * h[i] + (1 - gate[i]) * gate[2 * u + i];
      } else {
        memmove(y, h, (size_t)u * sizeof(float));
      }
    }
    }
    if (active || !layer->zero_output) {
      if (out != y) memcpy(out, y, (size_t)u * sizeof(float));
    } else {
      memset(out, 0, (size_t)u * sizeof(float));
    }
  }
}

void ck_recurrent_step(const ck_recurrent *layer, const float *projection, const float *product, const float *bias,
                       const uint8_t *mask, const float *h, const float *c, float *new_h, float *new_c, float *sequence,
                       float *gates, float *saved) {
  struct step job = {.layer = layer, .projection = projection, .product = product, .bias = bias, .mask = mask, .h = h,
                     .c = c, .new_h = new_h, .new_c = new_c, .sequence = sequence, .gates = gates, .saved = saved};
  int parts = ck_parts(layer->samples * layer->units, 1 << 10);
  ck_parallel(step_part, &job, layer->samples < parts ? (int)layer->samples : parts);
}

MULTIVERSION static void gradient_part(void *context, int part, int parts) {
  const struct step *job = context;
  const ck_recurrent *layer = job->layer;
  int64_t u = layer->units, g = (layer->cell == CK_CELL_LSTM ? 4 : layer->cell == CK_CELL_GRU ? 3 : 1) * u;
  int inner = layer->recurrent_activation, outer = layer->activation;
  int64_t end = ck_bound(layer->samples, part + 1, parts);
  for (int64_t row = ck_bound(layer->samples, part, parts); row < end; row++) {
    const float *gate = job->gates + row * g, *h = job->h + row * u;
    float *carry = job->carry + row * u, *d = job->dgates + row * g;
    const float *ds = job->dsequence + row * u, *p = job->product + row * u;
    VECTORIZE for (int64_t i = 0; i < u; i++) carry[i] += ds[i] + p[i];
    if (job->mask && !job->mask[row]) {
      memset(d, 0, (size_t)g * sizeof(float));
      if (job->dproduct != job->dgates) memset(job->dproduct + row * g, 0, (size_t)g * sizeof(float));
      continue;
    }
    switch (layer->cell) {
    case CK_CELL_SIMPLE:
      memcpy(d, carry, (size_t)u * sizeof(float));
      slope(outer, d, gate, u);
      memset(carry, 0, (size_t)u * sizeof(float));
      break;
    case CK_CELL_LSTM: {
      const float *c = job->c + row * u, *saved = job->saved + row * u;
      float *dc = job->dc + row * u;
      // The candidate's place holds the cell's activation until its own gradient is known.
      float *y = d + 2 * u, *t = d;
      activate(outer, y, saved, u);
      VECTORIZE for (int64_t i = 0; i < u; i++) {
        d[3 * u + i] = carry[i] * y[i];
        t[i] = carry[i] * gate[3 * u + i];
        carry[i] = 0;
      }
      slope(outer, t, y, u);
      VECTORIZE for (int64_t i = 0; i < u; i++) {
        float total = dc[i] + t[i];
        d[i] = total * gate[2 * u + i];
        d[u + i] = total * c[i];
        d[2 * u + i] = total * gate[i];
        dc[i] = total * gate[u + i];
      }
      slope(inner, d, gate, 2 * u);
      slope(outer, d + 2 * u, gate + 2 * u, u);
      slope(inner, d + 3 * u, gate + 3 * u, u);
      break;
    }
    default: {
      const float *saved = job->saved + row * u;
      float *q = job->dproduct + row * g;
      VECTORIZE for (int64_t i = 0; i < u; i++) {
        d[i] = carry[i] * (h[i] - gate[2 * u + i]);
        d[2 * u + i] = carry[i] * (1 - gate[i]);
        carry[i] *= gate[i];
      }
      slope(outer, d + 2 * u, gate + 2 * u, u);
      VECTORIZE for (int64_t i = 0; i < u; i++) d[u + i] = d[2 * u + i] * saved[i];
      slope(inner, d, gate, 2 * u);
      memcpy(q, d, (size_t)(2 * u) * sizeof(float));
      VECTORIZE for (int64_t i = 0; i < u; i++) q[2 * u + i] = d[2 * u + i] * gate[u + i];
    }
    }
  }
}

void ck_recurrent_step_gradient(const ck_recurrent *layer, const float *gates, const float *saved, const float *h,
                                const float *c, const uint8_t *mask, const float *dsequence, const float *product,
                                float *carry, float *dc, float *dgates, float *dproduct) {
  struct step job = {.layer = layer, .gates = (float *)gates, .saved = (float *)saved, .h = h, .c = c, .mask = mask,
                     .dsequence = dsequence, .product = product, .carry = carry, .dc = dc, .dgates = dgates,
                     .dproduct = dproduct};
  int parts = ck_parts(layer->samples * layer->units, 1 << 10);
  ck_parallel(gradient_part, &job, layer->samples < parts ? (int)layer->samples : parts);
}

MULTIVERSION void ck_sum(float *y, const float *a, const float *b, int64_t count) {
  VECTORIZE for (int64_t i = 0; i < count; i++) y[i] = a[i] + b[i];
}
