#ifndef CKERNELS_THREADS_H
#define CKERNELS_THREADS_H

#include <stdint.h>

/// Part `part` of `parts` of some work; parts may run at the same time.
typedef void (*ck_body)(void *context, int part, int parts);

/// Runs every part of `body` on the OpenMP threads that oneDNN uses, or one after the other where there are none.
void ck_parallel(ck_body body, void *context, int parts);

/// Sets the number of threads that this thread's parallel regions, oneDNN's included, may use.
void ck_use_threads(int count);

/// To be called before oneDNN runs anything: how its threads wait is settled before the first of them starts.
void ck_prepare_threads(void);

/// The number of threads that `ck_use_threads` set, or that the system offers.
int ck_thread_count(void);

/// The first element of a part.
static inline int64_t ck_bound(int64_t count, int part, int parts) {
  return (int64_t)((__int128)count * part / parts);
}

/// How many parts pay for `work` elementary operations.
static inline int ck_parts(int64_t work, int64_t grain) {
  int64_t parts = work / grain;
  int threads = ck_thread_count();
  return parts < 1 ? 1 : parts > threads ? threads : (int)parts;
}

#endif
