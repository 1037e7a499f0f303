#ifndef CKERNELS_PACKEDPRODUCT_H
#define CKERNELS_PACKEDPRODUCT_H

// Products of a few rows with a matrix that is read again and again, small enough for the second-level cache. The
// matrix is packed in panels of 16 columns, the last one padded with zeros, and so is the result padded.

#include "Multiversion.h"
#include <stdint.h>
#include <string.h>

enum { CK_PANEL = 16 };

/// A panel's row: one register of AVX-512, two of AVX2, four of SSE and NEON.
typedef float ck_panel __attribute__((vector_size(64), aligned(4)));

INLINE int64_t ck_padded(int64_t columns) { return (columns + CK_PANEL - 1) / CK_PANEL * CK_PANEL; }

/// The floats that a packed matrix takes.
INLINE int64_t ck_packed_count(int64_t inner, int64_t columns) { return inner * ck_padded(columns); }

typedef float ck_quad __attribute__((vector_size(16), aligned(4)));

/// Four rows of four columns of a panel, from columns that are contiguous.
INLINE void ck_pack_quads(float *target, const float *source, int64_t column) {
  ck_quad a = *(const ck_quad *)source, b = *(const ck_quad *)(source + column);
  ck_quad c = *(const ck_quad *)(source + 2 * column), d = *(const ck_quad *)(source + 3 * column);
  ck_quad ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  *(ck_quad *)target = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(ck_quad *)(target + CK_PANEL) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  ab = __builtin_shufflevector(a, b, 2, 6, 3, 7), cd = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(ck_quad *)(target + 2 * CK_PANEL) = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(ck_quad *)(target + 3 * CK_PANEL) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

/// Packs some panels of the matrix whose element (k, j) is `b[k · row + j · column]`.
INLINE void ck_pack_panels(float *packed, const float *b, int64_t row, int64_t column, int64_t inner, int64_t columns,
                           int64_t first, int64_t end) {
  for (int64_t panel = first; panel < end; panel++) {
    int64_t left = columns - panel * CK_PANEL, width = left < CK_PANEL ? left : CK_PANEL, quads = 0;
    const float *source = b + panel * CK_PANEL * column;
    float *target = packed + panel * inner * CK_PANEL;
    if (row == 1) {
      quads = inner / 4 * 4;
      for (int64_t k = 0; k < quads; k += 4)
        for (int64_t j = 0; j + 4 <= width; j += 4)
          ck_pack_quads(target + k * CK_PANEL + j, source + k + j * column, column);
    }
    for (int64_t k = 0; k < inner; k++) {
      for (int64_t j = k < quads ? width / 4 * 4 : 0; j < width; j++) target[j] = source[k * row + j * column];
      for (int64_t j = width; j < CK_PANEL; j++) target[j] = 0;
      target += CK_PANEL;
    }
  }
}

/// Where the operands of a product lie. `b_row` is the step from a panel's row to its next, `b_panel` that from a panel to
/// the next.
typedef struct {
  float *c;
  const float *a, *b;
  int64_t c_row, a_row, a_column, b_row, b_panel;
  int64_t rows, inner, panels;
  /// Whether the product is added to c.
  int adds;
} ck_panel_product;

/// Some rows by some panels, all sums in registers; both numbers are constants where it is called.
INLINE void ck_product_tile(const ck_panel_product *product, int64_t row, int64_t panel, int rows, int panels) {
  int64_t a_row = product->a_row, a_column = product->a_column, c_row = product->c_row;
  int64_t b_row = product->b_row, b_panel = product->b_panel, inner = product->inner;
  const float *a = product->a + row * a_row, *b = product->b + panel * b_panel;
  float *c = product->c + row * c_row + panel * CK_PANEL;
  ck_panel sums[6][4];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++)
      sums[r][p] = product->adds ? *(const ck_panel *)(c + r * c_row + p * CK_PANEL) : (ck_panel){0};
  for (int64_t k = 0; k < inner; k++) {
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) {
      ck_panel w = *(const ck_panel *)(b + p * b_panel + k * b_row);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) sums[r][p] += a[r * a_row + k * a_column] * w;
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) *(ck_panel *)(c + r * c_row + p * CK_PANEL) = sums[r][p];
}

/// c = a · b for whole panels, or c += a · b.
INLINE void ck_product_panels(const ck_panel_product *product) {
  int64_t rows = product->rows, panels = product->panels, together;
  for (int64_t p = 0; p < panels; p += together) {
    // Where rows are few, several panels together keep the units busy.
    together = rows == 1 ? 4 : rows == 2 ? 3 : rows == 3 ? 2 : 1;
    if (p + together > panels) together = 1;
    for (int64_t r = 0; r < rows;) {
      int64_t left = rows - r, take = left > 8 || left == 6 ? 6 : left > 6 ? 4 : left;
      switch (take * 8 + together) {
#define TILE(ROWS, PANELS) \
  case ROWS * 8 + PANELS: ck_product_tile(product, r, p, ROWS, PANELS); break;
        TILE(6, 1)
        TILE(5, 1)
        TILE(4, 1)
        TILE(3, 1)
        TILE(2, 1)
        TILE(1, 1)
        TILE(3, 2)
        TILE(2, 3)
        TILE(1, 4)
#undef TILE
      }
      r += take;
    }
  }
}

/// c = a · b, with `c_row` at least the padded number of columns.
INLINE void ck_packed_product(float *c, int64_t c_row, const float *a, int64_t a_row, int64_t rows, const float *b,
                              int64_t inner, int64_t columns) {
  ck_panel_product product = {.c = c, .a = a, .b = b, .c_row = c_row, .a_row = a_row, .a_column = 1,
                              .b_row = CK_PANEL, .b_panel = inner * CK_PANEL, .rows = rows, .inner = inner,
                              .panels = ck_padded(columns) / CK_PANEL, .adds = 0};
  ck_product_panels(&product);
}

#endif
