#ifndef CKERNELS_CONVERT_H
#define CKERNELS_CONVERT_H

#include <stdint.h>

/// How elements lie in memory, in the order of the graph's element types.
enum ck_element {
  CK_BOOL, CK_INT8, CK_INT16, CK_INT32, CK_INT64, CK_UINT8, CK_UINT16, CK_UINT32, CK_UINT64,
  CK_FLOAT16, CK_BFLOAT16, CK_FLOAT32, CK_FLOAT64,
};

static inline int64_t ck_element_size(int element) {
  switch (element) {
  case CK_BOOL: case CK_INT8: case CK_UINT8: return 1;
  case CK_INT16: case CK_UINT16: case CK_FLOAT16: case CK_BFLOAT16: return 2;
  case CK_INT32: case CK_UINT32: case CK_FLOAT32: return 4;
  default: return 8;
  }
}

#endif
