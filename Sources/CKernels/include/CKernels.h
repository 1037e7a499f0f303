#ifndef CKERNELS_H
#define CKERNELS_H

// Kernels that oneDNN lacks. All arrays are dense and row-major; every function splits its own work over threads in a
// way that depends on the sizes and the number of threads alone.

#include "Convert.h"
#include "Threads.h"
#include "TileProgram.h"
#include "MatrixVector.h"
#include "Memory.h"
#include "Movement.h"
#include "Normalization.h"
#include "Pooling.h"
#include "Product.h"
#include "Recurrent.h"
#include "Reduction.h"
#include "Softmax.h"

#endif
