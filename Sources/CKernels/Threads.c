#define _GNU_SOURCE
#include "Threads.h"

#include "Multiversion.h"
#include "OpenMP.h"
#include "ThreadProbe.h"
#include "Waiting.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#ifdef __linux__
#include <sched.h>
#endif

/// The threads of the call that this thread is in; 0 outside of any.
static _Thread_local int current;

int ck_thread_count(void) { return current < 1 ? 1 : current; }

// MARK: Processors

int ck_processor_count(void) {
  const struct openmp *omp = ck_openmp();
  // A runtime that binds threads to places has bound this one to its own; it still knows how many there are.
  if (omp->places && omp->places() > 0 && omp->processors() > 0) return omp->processors();
#ifdef __linux__
  // Those of the process's first thread: a host may have bound this one alone.
  for (int capacity = 1024; capacity <= 1 << 20; capacity *= 2) {
    cpu_set_t *set = CPU_ALLOC((size_t)capacity);
    if (!set) break;
    size_t size = CPU_ALLOC_SIZE((size_t)capacity);
    int count = sched_getaffinity(getpid(), size, set) == 0 ? CPU_COUNT_S(size, set) : 0;
    CPU_FREE(set);
    if (count > 0) return count;
  }
#endif
  long online = sysconf(_SC_NPROCESSORS_ONLN);
  return online < 1 ? 1 : online > 1 << 20 ? 1 << 20 : (int)online;
}

// MARK: Teams

static void measure(void *size) {
  const struct openmp *omp = ck_openmp();
  if (omp->thread() == 0) *(int *)size = omp->threads();
}

/// Lets the runtime form this thread's team, and gives its size. The runtime keeps it.
static int form(int count) {
  static pthread_mutex_t forming = PTHREAD_MUTEX_INITIALIZER;
  static int has_warned;
  static _Thread_local int asked, formed;
  if (asked == count) return formed;
  pthread_mutex_lock(&forming);
  ck_settle_waiting(count);
  formed = 1;
  const char *obstacle = ck_thread_obstacle(count - 1);
  if (!obstacle) {
    ck_openmp()->parallel(measure, &formed, (unsigned)count, 0);
  } else if (!has_warned) {
    has_warned = 1;
    fprintf(stderr, "keras: %s; computing on one thread\n", obstacle);
  }
  asked = count;
  pthread_mutex_unlock(&forming);
  return formed;
}

ck_team ck_enter_team(int wanted) {
  const struct openmp *omp = ck_openmp();
  ck_team before = {.count = current};
  int count = wanted < 1 ? 1 : wanted;
  if (omp->parallel) {
    before.threads = omp->max_threads();
    before.is_dynamic = omp->dynamic();
    int limit = omp->thread_limit();
    if (count > limit) count = limit < 1 ? 1 : limit;
    // Inside somebody else's region, and where none may be active, regions have one thread.
    if (omp->level() > 0 || omp->max_active_levels() < 1) count = 1;
    omp->set_dynamic(0);
    omp->set_threads(count);
    if (count > 1) {
      int formed = form(count);
      if (formed != count) omp->set_threads(count = formed);
    }
  }
  current = count;
  return before;
}

void ck_leave_team(ck_team before) {
  const struct openmp *omp = ck_openmp();
  current = before.count;
  if (!omp->parallel) return;
  omp->set_threads(before.threads);
  omp->set_dynamic(before.is_dynamic);
}

// MARK: Parallel regions

struct region {
  ck_body body;
  void *context;
  int parts;
};

// ThreadSanitizer does not see how libgomp's threads wait for each other.
#if CK_THREAD_SANITIZER
void __tsan_acquire(void *);
void __tsan_release(void *);
#define ACQUIRE(X) __tsan_acquire(X)
#define RELEASE(X) __tsan_release(X)
#else
#define ACQUIRE(X)
#define RELEASE(X)
#endif

static void enter(void *argument) {
  struct region *region = argument;
  const struct openmp *omp = ck_openmp();
  ACQUIRE(region);
  // The runtime may give fewer threads than asked for; the parts are the same.
  int threads = omp->threads();
  for (int part = omp->thread(); part < region->parts; part += threads) {
    region->body(region->context, part, region->parts);
  }
  RELEASE(region);
}

void ck_parallel(ck_body body, void *context, int parts) {
  if (parts <= 1) {
    body(context, 0, 1);
    return;
  }
  const struct openmp *omp = ck_openmp();
  if (omp->parallel) {
    struct region region = {body, context, parts};
    RELEASE(&region);
    omp->parallel(enter, &region, (unsigned)parts, 0);
    ACQUIRE(&region);
  } else {
    for (int part = 0; part < parts; part++) body(context, part, parts);
  }
}
