#include "Product.h"

#include "PackedProduct.h"
#include "Threads.h"
#include "VectorMath.h"

/// What the parts divide among them.
enum split { SPLIT_PRODUCTS, SPLIT_ROWS, SPLIT_PANELS };

struct division {
  int parts;
  enum split split;
};

struct run {
  ck_product product;
  const float *a, *b, *bias;
  const int64_t *a_starts, *b_starts;
  float *c, *scratch;
  enum split split;
  /// Turned, all numbers of a row share a bias.
  int64_t bias_step;
};

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

static int is_turned(const ck_product *product) { return product->columns == 1 && product->rows != 1; }

/// A matrix times a column is a row times the matrix transposed.
static ck_product turned(const ck_product *product) {
  ck_product p = *product;
  if (!is_turned(product)) return p;
  p.rows = 1, p.columns = product->rows;
  p.a_row = product->b_column, p.a_column = product->b_row;
  p.b_row = product->a_column, p.b_column = product->a_row;
  return p;
}

static int64_t panel_count(const ck_product *p) { return ck_padded(p->columns) / CK_PANEL; }

static struct division divide(const ck_product *p) {
  int64_t panels = panel_count(p);
  int parts = ck_parts(p->count * p->rows * p->inner * panels * CK_PANEL, 1 << 18);
  if (parts == 1 || p->count >= parts) return (struct division){parts, SPLIT_PRODUCTS};
  if (p->rows >= 6 * parts || p->rows / 6 >= panels) {
    return (struct division){(int)smaller(parts, (p->rows + 5) / 6), SPLIT_ROWS};
  }
  return (struct division){(int)smaller(parts, panels), SPLIT_PANELS};
}

/// Few rows times contiguous columns: each number is a sum along both.
static int is_sum_of_rows(const ck_product *p) {
  return p->rows <= 3 && p->inner >= CK_PANEL && p->b_row == 1 && p->a_column == 1;
}

/// How many of the last panel's rows may be read as a whole where they lie, though the matrix ends before the panel
/// does: what follows a row is the next one.
static int64_t whole_rows(const ck_product *p) {
  int64_t missing = ck_padded(p->columns) - p->columns;
  if (missing == 0) return p->inner;
  return p->b_row < 1 ? 0 : larger(0, p->inner - (missing + p->b_row - 1) / p->b_row);
}

/// What a part packs: all panels, or only where the last one ends.
static int64_t packed_floats(const ck_product *p) {
  return p->b_column == 1 ? (p->inner - whole_rows(p)) * CK_PANEL : ck_packed_count(p->inner, p->columns);
}

/// Also its rows of a last panel that is not full.
static int64_t part_floats(const ck_product *p) { return packed_floats(p) + p->rows * CK_PANEL; }

int64_t ck_product_scratch(const ck_product *product) {
  ck_product p = turned(product);
  return divide(&p).parts * part_floats(&p) * (int64_t)sizeof(float);
}

/// Some rows by some columns; both numbers are constants where it is called.
INLINE void sum_tile(const ck_product *p, float *c, const float *a, const float *b, int rows, int columns) {
  ck_panel sums[3][4];
  int64_t whole = p->inner / CK_PANEL * CK_PANEL;
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) sums[r][j] = (ck_panel){0};
  for (int64_t k = 0; k < whole; k += CK_PANEL) {
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) {
      ck_panel w = *(const ck_panel *)(b + j * p->b_column + k);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) sums[r][j] += *(const ck_panel *)(a + r * p->a_row + k) * w;
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int j = 0; j < columns; j++) {
      float sum = 0, lanes[CK_PANEL];
      for (int64_t k = whole; k < p->inner; k++) sum += a[r * p->a_row + k] * b[j * p->b_column + k];
      memcpy(lanes, &sums[r][j], sizeof lanes);
      for (int width = CK_PANEL / 2; width > 0; width /= 2)
        for (int i = 0; i < width; i++) lanes[i] += lanes[i + width];
      c[r * p->columns + j] = lanes[0] + sum;
    }
}

INLINE void sum_columns(const ck_product *p, float *c, const float *a, const float *b, int64_t rows, int64_t columns) {
  for (int64_t j = 0, together; j < columns; j += together) {
    together = rows == 1 ? 4 : rows == 2 ? 2 : 1;
    if (j + together > columns) together = 1;
    switch (rows * 8 + together) {
#define TILE(ROWS, COLUMNS) \
  case ROWS * 8 + COLUMNS: sum_tile(p, c + j, a, b + j * p->b_column, ROWS, COLUMNS); break;
      TILE(1, 4)
      TILE(1, 1)
      TILE(2, 2)
      TILE(2, 1)
      TILE(3, 1)
#undef TILE
    }
  }
}

/// Some panels of c; those from `whole` on are not full.
INLINE void multiply_panels(const ck_product *p, float *c, const float *a, const float *b, int64_t rows, int64_t first,
                            int64_t end, const float *packed, float *last) {
  int64_t n = p->columns, whole = smaller(n / CK_PANEL, end), in_place = p->b_column == 1;
  ck_panel_product product = {.c = c + first * CK_PANEL, .a = a, .c_row = n, .a_row = p->a_row,
                              .a_column = p->a_column, .rows = rows, .inner = p->inner, .panels = whole - first};
  product.b = in_place ? b + first * CK_PANEL : packed;
  product.b_row = in_place ? p->b_row : CK_PANEL;
  product.b_panel = in_place ? CK_PANEL : p->inner * CK_PANEL;
  if (first < whole) ck_product_panels(&product);
  if (whole == end) return;
  product.b += larger(whole - first, 0) * product.b_panel;
  product.c = last, product.c_row = CK_PANEL, product.panels = 1;
  if (in_place) product.inner = whole_rows(p);
  ck_product_panels(&product);
  if (product.inner < p->inner) {
    product.a += product.inner * p->a_column;
    product.b = packed, product.b_row = CK_PANEL, product.inner = p->inner - product.inner, product.adds = 1;
    ck_product_panels(&product);
  }
  for (int64_t r = 0; r < rows; r++)
    for (int64_t j = whole * CK_PANEL; j < n; j++) c[r * n + j] = last[r * CK_PANEL + j - whole * CK_PANEL];
}

/// Packs what panels read elsewhere than in b.
INLINE void pack(const ck_product *p, float *packed, const float *b, int64_t first, int64_t end) {
  int64_t n = p->columns, start = n / CK_PANEL * CK_PANEL, rows = whole_rows(p);
  if (p->b_column != 1) {
    ck_pack_panels(packed, b + first * CK_PANEL * p->b_column, p->b_row, p->b_column, p->inner, n - first * CK_PANEL, 0,
                   end - first);
  } else if (end * CK_PANEL > n && rows < p->inner) {
    ck_pack_panels(packed, b + start + rows * p->b_row, p->b_row, 1, p->inner - rows, n - start, 0, 1);
  }
}

INLINE void finish(const struct run *run, float *c, int64_t rows, int64_t first, int64_t columns) {
  int64_t n = run->product.columns, step = run->bias_step;
  for (int64_t r = 0; r < rows; r++) {
    float *y = c + r * n + first;
    const float *bias = run->bias;
    if (bias) VECTORIZE for (int64_t j = 0; j < columns; j++) y[j] += bias[(first + j) * step];
    switch (run->product.activation) {
    case CK_PRODUCT_TANH: VECTORIZE for (int64_t j = 0; j < columns; j++) y[j] = ck_tanhf(y[j]); break;
    case CK_PRODUCT_SIGMOID: VECTORIZE for (int64_t j = 0; j < columns; j++) y[j] = ck_sigmoidf(y[j]); break;
    default: break;
    }
  }
}

MULTIVERSION static void product_part(void *context, int part, int parts) {
  const struct run *run = context;
  const ck_product *p = &run->product;
  int64_t n = p->columns, first = 0, end = p->count, row = 0, rows = p->rows, panel = 0, panel_end = panel_count(p);
  switch (run->split) {
  case SPLIT_PRODUCTS: first = ck_bound(p->count, part, parts), end = ck_bound(p->count, part + 1, parts); break;
  case SPLIT_ROWS: row = ck_bound(rows, part, parts), rows = ck_bound(rows, part + 1, parts) - row; break;
  case SPLIT_PANELS:
    panel = ck_bound(panel_end, part, parts), panel_end = ck_bound(panel_end, part + 1, parts);
    break;
  }
  float *packed = run->scratch + part * part_floats(p), *last = packed + packed_floats(p);
  const float *packed_from = 0;
  int64_t column = panel * CK_PANEL, columns = smaller(n, panel_end * CK_PANEL) - column;
  for (int64_t i = first; i < end; i++) {
    const float *a = run->a + run->a_starts[i] + row * p->a_row, *b = run->b + run->b_starts[i];
    float *c = run->c + (i * p->rows + row) * n;
    if (is_sum_of_rows(p)) {
      sum_columns(p, c + column, a, b + column * p->b_column, rows, columns);
    } else {
      if (packed_from != b) pack(p, packed, b, panel, panel_end);
      packed_from = b;
      multiply_panels(p, c, a, b, rows, panel, panel_end, packed, last);
    }
    finish(run, c, rows, column, columns);
  }
}

void ck_small_product(const ck_product *product, float *c, const float *a, const int64_t *a_starts, const float *b,
                      const int64_t *b_starts, const float *bias, void *scratch) {
  struct run run = {.product = turned(product), .a = a, .a_starts = a_starts, .b = b, .b_starts = b_starts,
                    .bias = bias, .bias_step = 1, .c = c, .scratch = scratch};
  if (is_turned(product)) {
    run.a = b, run.a_starts = b_starts, run.b = a, run.b_starts = a_starts, run.bias_step = 0;
  }
  struct division division = divide(&run.product);
  run.split = division.split;
  ck_parallel(product_part, &run, division.parts);
}
