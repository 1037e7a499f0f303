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

/// Packs some panels of the matrix whose element (k, j) is `b[k · row + j · column]`.
INLINE void ck_pack_panels(float *packed, const float *b, int64_t row, int64_t column, int64_t inner, int64_t columns,
                           int64_t first, int64_t end) {
  for (int64_t panel = first; panel < end; panel++) {
    int64_t left = columns - panel * CK_PANEL, width = left < CK_PANEL ? left : CK_PANEL;
    const float *source = b + panel * CK_PANEL * column;
    float *target = packed + panel * inner * CK_PANEL;
    for (int64_t k = 0; k < inner; k++) {
      for (int64_t j = 0; j < width; j++) target[j] = source[k * row + j * column];
      for (int64_t j = width; j < CK_PANEL; j++) target[j] = 0;
      target += CK_PANEL;
    }
  }
}

/// Some rows by some panels, all sums in registers; both numbers are constants where it is called.
INLINE void ck_product_tile(float *c, int64_t c_row, const float *a, int64_t a_row, const float *b, int64_t inner,
                            int rows, int panels) {
  ck_panel sums[6][4];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) sums[r][p] = (ck_panel){0};
  for (int64_t k = 0; k < inner; k++) {
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) {
      ck_panel w = *(const ck_panel *)(b + (p * inner + k) * CK_PANEL);
#pragma clang loop unroll(full)
      for (int r = 0; r < rows; r++) sums[r][p] += a[r * a_row + k] * w;
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int p = 0; p < panels; p++) *(ck_panel *)(c + r * c_row + p * CK_PANEL) = sums[r][p];
}

/// c = a · b, with `c_row` at least the padded number of columns.
INLINE void ck_packed_product(float *c, int64_t c_row, const float *a, int64_t a_row, int64_t rows, const float *b,
                              int64_t inner, int64_t columns) {
  int64_t panels = ck_padded(columns) / CK_PANEL, together;
  for (int64_t p = 0; p < panels; p += together) {
    const float *panel = b + p * inner * CK_PANEL;
    // Where rows are few, several panels together keep the units busy.
    together = rows == 1 ? 4 : rows == 2 ? 3 : rows == 3 ? 2 : 1;
    if (p + together > panels) together = 1;
    for (int64_t r = 0; r < rows;) {
      int64_t left = rows - r, take = left > 8 || left == 6 ? 6 : left > 6 ? 4 : left;
      float *to = c + r * c_row + p * CK_PANEL;
      const float *from = a + r * a_row;
      switch (take * 8 + together) {
#define TILE(ROWS, PANELS)                                                 \
  case ROWS * 8 + PANELS:                                                  \
    ck_product_tile(to, c_row, from, a_row, panel, inner, ROWS, PANELS); \
    break;
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

#endif
