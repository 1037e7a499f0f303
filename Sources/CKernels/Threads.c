#define _GNU_SOURCE
#include "Threads.h"

#include <dlfcn.h>
#include <pthread.h>
#include <unistd.h>

// libgomp is loaded with oneDNN. Its entry points are looked up instead of linked: its development link is part of
// GCC, which the package does not ask for, and a oneDNN built with another runtime must work too.
static void (*gomp_parallel)(void (*)(void *), void *, unsigned, unsigned);
static int (*omp_thread)(void);
static int (*omp_threads)(void);
static void (*omp_set_threads)(int);
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int thread_limit;

static void look_up(void) {
  gomp_parallel = (void (*)(void (*)(void *), void *, unsigned, unsigned))dlsym(RTLD_DEFAULT, "GOMP_parallel");
  omp_thread = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_thread_num");
  omp_threads = (int (*)(void))dlsym(RTLD_DEFAULT, "omp_get_num_threads");
  omp_set_threads = (void (*)(int))dlsym(RTLD_DEFAULT, "omp_set_num_threads");
  if (!omp_thread || !omp_threads) gomp_parallel = 0;
  if (!thread_limit) {
    long online = sysconf(_SC_NPROCESSORS_ONLN);
    thread_limit = online < 1 ? 1 : online > 1024 ? 1024 : (int)online;
  }
}

int ck_thread_count(void) {
  pthread_once(&once, look_up);
  return thread_limit;
}

void ck_use_threads(int count) {
  pthread_once(&once, look_up);
  if (count < 1) count = 1;
  if (__atomic_load_n(&thread_limit, __ATOMIC_RELAXED) != count) {
    __atomic_store_n(&thread_limit, count, __ATOMIC_RELAXED);
  }
  if (omp_set_threads) omp_set_threads(count);
}

struct region {
  ck_body body;
  void *context;
  int parts;
};

static void enter(void *argument) {
  const struct region *region = argument;
  // The runtime may give fewer threads than asked for; the parts are the same.
  int threads = omp_threads();
  for (int part = omp_thread(); part < region->parts; part += threads) {
    region->body(region->context, part, region->parts);
  }
}

void ck_parallel(ck_body body, void *context, int parts) {
  if (parts <= 1) {
    body(context, 0, 1);
    return;
  }
  pthread_once(&once, look_up);
  if (gomp_parallel) {
    struct region region = {body, context, parts};
    gomp_parallel(enter, &region, (unsigned)parts, 0);
  } else {
    for (int part = 0; part < parts; part++) body(context, part, parts);
  }
}
