#ifndef CKERNELS_THREADS_H
#define CKERNELS_THREADS_H

#include <stdint.h>

/// Part `part` of `parts` of some work; parts may run at the same time.
typedef void (*ck_body)(void *context, int part, int parts);

/// Runs every part of `body` on the OpenMP threads that oneDNN uses, or one after the other where there are none.
void ck_parallel(ck_body body, void *context, int parts);

/// How a thread's parallel regions were before it entered a team.
typedef struct {
  int count, threads, is_dynamic;
} ck_team;

/// Makes sure that this thread's parallel regions, oneDNN's included, have exactly `ck_thread_count()` threads until it
/// leaves: as many as wanted, or fewer where OpenMP or the system gives no more. oneDNN divides work when a primitive is
/// created and loses what falls to threads that do not come.
ck_team ck_enter_team(int wanted);

/// Gives the thread's settings back to the program that it belongs to.
void ck_leave_team(ck_team before);

/// The threads of the team that this thread has entered, 1 outside.
int ck_thread_count(void);

/// The processors that the process may run on.
int ck_processor_count(void);

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
