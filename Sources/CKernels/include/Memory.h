#ifndef CKERNELS_MEMORY_H
#define CKERNELS_MEMORY_H

/// Gives freed memory that the C library keeps back to the system, where there is a way to.
void ck_trim_memory(void);

#endif
