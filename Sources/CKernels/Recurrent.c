#include "Recurrent.h"

#include "PackedProduct.h"
#include "Threads.h"
#include "VectorMath.h"

struct run {
  const ck_recurrent *layer;
  const ck_recurrent_operands *operands;
  const float *projection, *dsequence, *dlast_h, *dlast_c;
  float *sequence, *last_h, *last_c, *gates, *saved;
  float *dprojection, *dproduct, *dinitial_h, *dinitial_c;
  /// The packed kernel: its first `split` columns, then the others. One part but for a GRU that resets first.
  float *packed;
  int64_t split;
};

static int64_t gate_count(const ck_recurrent *layer) {
  return layer->cell == CK_CELL_SIMPLE ? 1 : layer->cell == CK_CELL_LSTM ? 4 : 3;
}

static int64_t split_of(const ck_recurrent *layer) {
  return (layer->cell == CK_CELL_GRU_RESET_BEFORE ? 2 : gate_count(layer)) * layer->units;
}

static int parts_of(const ck_recurrent *layer) {
  int64_t work = layer->time * layer->samples * layer->units * layer->units * gate_count(layer);
  int parts = ck_parts(work, 1 << 17);
  return layer->samples < parts ? (int)layer->samples : parts;
}

// Both directions pack the kernel, one of them transposed; the larger of the two padded sizes serves both.
static int64_t packed_floats(const ck_recurrent *layer) {
  int64_t u = layer->units, g = gate_count(layer) * u, split = split_of(layer);
  int64_t forward = ck_packed_count(u, split) + ck_packed_count(u, g - split), backward = ck_packed_count(g, u);
  return forward > backward ? forward : backward;
}

/// What a part needs for itself: products of its rows, three rows of states.
static int64_t part_floats(const ck_recurrent *layer, int parts) {
  int64_t rows = layer->samples / parts + 1, u = layer->units;
  return rows * (ck_padded(gate_count(layer) * u) + CK_PANEL + 3 * ck_padded(u));
}

int64_t ck_recurrent_scratch(const ck_recurrent *layer) {
  int parts = parts_of(layer);
  return (packed_floats(layer) + parts * part_floats(layer, parts)) * (int64_t)sizeof(float);
}

MULTIVERSION static void pack_part(void *context, int part, int parts) {
  const struct run *run = context;
  int64_t u = run->layer->units, g = gate_count(run->layer) * u, split = run->split;
  const float *kernel = run->operands->kernel;
  if (run->dprojection) {
    int64_t panels = ck_padded(u) / CK_PANEL;
    int64_t first = ck_bound(panels, part, parts), end = ck_bound(panels, part + 1, parts);
    ck_pack_panels(run->packed, kernel, 1, g, split, u, first, end);
    ck_pack_panels(run->packed + ck_packed_count(split, u), kernel + split, 1, g, g - split, u, first, end);
  } else {
    int64_t panels = ck_padded(split) / CK_PANEL;
    ck_pack_panels(run->packed, kernel, g, 1, u, split, ck_bound(panels, part, parts), ck_bound(panels, part + 1, parts));
    panels = ck_padded(g - split) / CK_PANEL;
    ck_pack_panels(run->packed + ck_packed_count(u, split), kernel + split, g, 1, u, g - split,
                   ck_bound(panels, part, parts), ck_bound(panels, part + 1, parts));
  }
}

// clang-format off
#define MAP(X) VECTORIZE for (int64_t i = 0; i < n; i++) { float x = a[i]; y[i] = X; } break;
INLINE void activate(int kind, float *y, const float *a, int64_t n) {
  switch (kind) {
  case CK_ACT_TANH: MAP(ck_tanhf(x))
  case CK_ACT_SIGMOID: MAP(ck_sigmoidf(x))
  case CK_ACT_RELU: MAP(x < 0 ? 0 : x)
  case CK_ACT_HARD_SIGMOID: MAP(ck_min(6, ck_max(0, x + 3)) / 6)
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

INLINE void copy(float *to, const float *from, int64_t n) { memcpy(to, from, (size_t)n * sizeof(float)); }
INLINE void clear(float *to, int64_t n) { memset(to, 0, (size_t)n * sizeof(float)); }

/// The gates and the new state of one sample: `h` in place, `c` into `cells`.
INLINE void step(const ck_recurrent *layer, const float *x, const float *p, const float *bias, int active, float *h,
                 const float *c, float *gate, float *saved) {
  int64_t u = layer->units;
  int inner = layer->recurrent_activation, outer = layer->activation;
  switch (layer->cell) {
  case CK_CELL_SIMPLE:
    VECTORIZE for (int64_t i = 0; i < u; i++) gate[i] = x[i] + p[i];
    activate(outer, gate, gate, u);
    if (active) copy(h, gate, u);
    break;
  case CK_CELL_LSTM:
    VECTORIZE for (int64_t i = 0; i < 4 * u; i++) gate[i] = x[i] + p[i];
    activate(inner, gate, gate, 2 * u);
    activate(outer, gate + 2 * u, gate + 2 * u, u);
    activate(inner, gate + 3 * u, gate + 3 * u, u);
    if (!active) {
      copy(saved, c, u);
      break;
    }
    VECTORIZE for (int64_t i = 0; i < u; i++) saved[i] = gate[u + i] * c[i] + gate[i] * gate[2 * u + i];
    activate(outer, h, saved, u);
    VECTORIZE for (int64_t i = 0; i < u; i++) h[i] *= gate[3 * u + i];
    break;
  case CK_CELL_GRU:
    VECTORIZE for (int64_t i = 0; i < 2 * u; i++) gate[i] = x[i] + (p[i] + bias[i]);
    VECTORIZE for (int64_t i = 0; i < u; i++) saved[i] = p[2 * u + i] + bias[2 * u + i];
    activate(inner, gate, gate, 2 * u);
    VECTORIZE for (int64_t i = 0; i < u; i++) gate[2 * u + i] = x[2 * u + i] + gate[u + i] * saved[i];
    activate(outer, gate + 2 * u, gate + 2 * u, u);
    if (!active) break;
    VECTORIZE for (int64_t i = 0; i < u; i++) h[i] = gate[i] * h[i] + (1 - gate[i]) * gate[2 * u + i];
    break;
  default: break;
  }
}

/// The first two gates of a GRU that resets before its product, and r ∘ h.
INLINE void reset_first(const ck_recurrent *layer, const float *x, const float *p, const float *h, float *gate,
                        float *reset) {
  int64_t u = layer->units;
  VECTORIZE for (int64_t i = 0; i < 2 * u; i++) gate[i] = x[i] + p[i];
  activate(layer->recurrent_activation, gate, gate, 2 * u);
  VECTORIZE for (int64_t i = 0; i < u; i++) reset[i] = gate[u + i] * h[i];
}

/// Its candidate and new state, from the product of r ∘ h.
INLINE void reset_candidate(const ck_recurrent *layer, const float *x, const float *p, int active, float *h, float *gate,
                            float *saved) {
  int64_t u = layer->units;
  copy(saved, p, u);
  VECTORIZE for (int64_t i = 0; i < u; i++) gate[2 * u + i] = x[2 * u + i] + p[i];
  activate(layer->activation, gate + 2 * u, gate + 2 * u, u);
  if (!active) return;
  VECTORIZE for (int64_t i = 0; i < u; i++) h[i] = gate[i] * h[i] + (1 - gate[i]) * gate[2 * u + i];
}

MULTIVERSION static void forward_part(void *context, int part, int parts) {
  const struct run *run = context;
  const ck_recurrent *layer = run->layer;
  const ck_recurrent_operands *o = run->operands;
  int64_t u = layer->units, g = gate_count(layer) * u, n = layer->samples, split = run->split;
  int64_t first = ck_bound(n, part, parts), rows = ck_bound(n, part + 1, parts) - first;
  int64_t p_row = ck_padded(split), q_row = ck_padded(g - split);
  float *product = run->packed + packed_floats(layer) + part * part_floats(layer, parts);
  float *h = product + rows * (p_row + q_row), *reset = h + rows * u;
  copy(h, o->initial_h + first * u, rows * u);
  const float *c = o->initial_c ? o->initial_c + first * u : 0;
  for (int64_t index = 0; index < layer->time; index++) {
    int64_t time = layer->reversed ? layer->time - 1 - index : index;
    const float *x = run->projection + (time * n + first) * g;
    const uint8_t *mask = o->mask ? o->mask + time * n + first : 0;
    float *gate = run->gates + (index * n + first) * g, *out = run->sequence + (index * n + first) * u;
    float *saved = run->saved ? run->saved + (index * n + first) * u : 0;
    ck_packed_product(product, p_row, h, u, rows, run->packed, u, split);
    if (layer->cell == CK_CELL_GRU_RESET_BEFORE) {
      float *candidate = product + rows * p_row;
      for (int64_t r = 0; r < rows; r++)
        reset_first(layer, x + r * g, product + r * p_row, h + r * u, gate + r * g, reset + r * u);
      ck_packed_product(candidate, q_row, reset, u, rows, run->packed + ck_packed_count(u, split), u, u);
      for (int64_t r = 0; r < rows; r++)
        reset_candidate(layer, x + r * g, candidate + r * q_row, !mask || mask[r], h + r * u, gate + r * g,
                        saved + r * u);
    } else {
      for (int64_t r = 0; r < rows; r++)
        step(layer, x + r * g, product + r * p_row, o->bias, !mask || mask[r], h + r * u, c ? c + r * u : 0,
             gate + r * g, saved ? saved + r * u : 0);
    }
    copy(out, h, rows * u);
    if (mask && layer->zero_output) {
      for (int64_t r = 0; r < rows; r++)
        if (!mask[r]) clear(out + r * u, u);
    }
    if (c) c = saved;
  }
  copy(run->last_h + first * u, h, rows * u);
  if (c) copy(run->last_c + first * u, c, rows * u);
}

void ck_recurrent_forward(const ck_recurrent *layer, const ck_recurrent_operands *operands, const float *projection,
                          float *sequence, float *last_h, float *last_c, float *gates, float *saved) {
  struct run run = {.layer = layer, .operands = operands, .projection = projection, .sequence = sequence,
                    .last_h = last_h, .last_c = last_c, .gates = gates, .saved = saved, .packed = operands->scratch,
                    .split = split_of(layer)};
  int parts = parts_of(layer);
  ck_parallel(pack_part, &run, parts);
  ck_parallel(forward_part, &run, parts);
}

/// The gradients of one sample's gates, from that of the state it led to (`dh`, which becomes what reaches the state
/// before by ways other than the product) and, for LSTM, of the cells (`dc`, which becomes that of the cells before).
INLINE void step_gradient(const ck_recurrent *layer, const float *gate, const float *saved, const float *h,
                          const float *c, float *dh, float *dc, float *d, float *q) {
  int64_t u = layer->units;
  int inner = layer->recurrent_activation, outer = layer->activation;
  switch (layer->cell) {
  case CK_CELL_SIMPLE:
    copy(d, dh, u);
    slope(outer, d, gate, u);
    clear(dh, u);
    break;
  case CK_CELL_LSTM: {
    // The candidate's place holds the cell's activation until its own gradient is known.
    float *y = d + 2 * u, *t = d;
    activate(outer, y, saved, u);
    VECTORIZE for (int64_t i = 0; i < u; i++) {
      d[3 * u + i] = dh[i] * y[i];
      t[i] = dh[i] * gate[3 * u + i];
      dh[i] = 0;
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
  default:
    VECTORIZE for (int64_t i = 0; i < u; i++) {
      d[i] = dh[i] * (h[i] - gate[2 * u + i]);
      d[2 * u + i] = dh[i] * (1 - gate[i]);
      dh[i] *= gate[i];
    }
    slope(outer, d + 2 * u, gate + 2 * u, u);
    if (layer->cell == CK_CELL_GRU_RESET_BEFORE) {
      slope(inner, d, gate, u);
      break;
    }
    VECTORIZE for (int64_t i = 0; i < u; i++) d[u + i] = d[2 * u + i] * saved[i];
    slope(inner, d, gate, 2 * u);
    copy(q, d, 2 * u);
    VECTORIZE for (int64_t i = 0; i < u; i++) q[2 * u + i] = d[2 * u + i] * gate[u + i];
  }
}

MULTIVERSION static void gradient_part(void *context, int part, int parts) {
  const struct run *run = context;
  const ck_recurrent *layer = run->layer;
  const ck_recurrent_operands *o = run->operands;
  int64_t u = layer->units, g = gate_count(layer) * u, n = layer->samples, split = run->split, row = ck_padded(u);
  int64_t first = ck_bound(n, part, parts), rows = ck_bound(n, part + 1, parts) - first;
  float *back = run->packed + packed_floats(layer) + part * part_floats(layer, parts), *dh = back + rows * row;
  float *dc = run->dinitial_c ? run->dinitial_c + first * u : 0;
  copy(dh, run->dlast_h + first * u, rows * u);
  if (dc) copy(dc, run->dlast_c + first * u, rows * u);
  for (int64_t index = layer->time - 1; index >= 0; index--) {
    int64_t time = layer->reversed ? layer->time - 1 - index : index, before = ((index - 1) * n + first) * u;
    const float *h = index == 0 ? o->initial_h + first * u : run->sequence + before;
    const float *c = !dc ? 0 : index == 0 ? o->initial_c + first * u : run->saved + before;
    const float *gate = run->gates + (index * n + first) * g;
    const float *saved = run->saved ? run->saved + (index * n + first) * u : 0;
    const float *ds = run->dsequence + (index * n + first) * u;
    const uint8_t *mask = o->mask ? o->mask + time * n + first : 0;
    float *d = run->dprojection + (time * n + first) * g, *q = run->dproduct + (time * n + first) * g;
    VECTORIZE for (int64_t i = 0; i < rows * u; i++) dh[i] += ds[i];
    for (int64_t r = 0; r < rows; r++) {
      if (mask && !mask[r]) {
        clear(d + r * g, g);
        if (q != d) clear(q + r * g, g);
      } else {
        step_gradient(layer, gate + r * g, saved ? saved + r * u : 0, h + r * u, c ? c + r * u : 0, dh + r * u,
                      dc ? dc + r * u : 0, d + r * g, q + r * g);
      }
    }
    if (layer->cell == CK_CELL_GRU_RESET_BEFORE) {
      // Of r ∘ h.
      ck_packed_product(back, row, d + split, g, rows, run->packed + ck_packed_count(split, u), g - split, u);
      for (int64_t r = 0; r < rows; r++) {
        if (mask && !mask[r]) continue;
        float *dr = d + r * g + u;
        const float *reset = gate + r * g + u;
        VECTORIZE for (int64_t i = 0; i < u; i++) {
          dr[i] = back[r * row + i] * h[r * u + i];
          dh[r * u + i] += back[r * row + i] * reset[i];
        }
        slope(layer->recurrent_activation, dr, reset, u);
      }
    }
    ck_packed_product(back, row, q, g, rows, run->packed, split, u);
    for (int64_t r = 0; r < rows; r++)
      VECTORIZE for (int64_t i = 0; i < u; i++) dh[r * u + i] += back[r * row + i];
  }
  copy(run->dinitial_h + first * u, dh, rows * u);
}

void ck_recurrent_gradient(const ck_recurrent *layer, const ck_recurrent_operands *operands, const float *sequence,
                           const float *gates, const float *saved, const float *dsequence, const float *dlast_h,
                           const float *dlast_c, float *dprojection, float *dproduct, float *dinitial_h,
                           float *dinitial_c) {
  struct run run = {.layer = layer, .operands = operands, .sequence = (float *)sequence, .gates = (float *)gates,
                    .saved = (float *)saved, .dsequence = dsequence, .dlast_h = dlast_h, .dlast_c = dlast_c,
                    .dprojection = dprojection, .dproduct = dproduct, .dinitial_h = dinitial_h,
                    .dinitial_c = dinitial_c, .packed = operands->scratch, .split = split_of(layer)};
  int parts = parts_of(layer);
  ck_parallel(pack_part, &run, parts);
  ck_parallel(gradient_part, &run, parts);
}
