#define _GNU_SOURCE
#include "Threads.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

// libgomp is loaded with oneDNN. Its entry points are looked up instead of linked: its development link is part of
// GCC, which the package does not ask for, and a oneDNN built with another runtime must work too.
static void (*gomp_parallel)(void (*)(void *), void *, unsigned, unsigned);
static int (*omp_thread)(void);
static int (*omp_threads)(void);
static void (*omp_set_threads)(int);
static pthread_once_t once = PTHREAD_ONCE_INIT, prepared = PTHREAD_ONCE_INIT;
static int thread_limit;

static void nothing(void *unused) { (void)unused; }

/// A team of threads that waits for ever.
static void *keep_idle_team(void *unused) {
  gomp_parallel(nothing, unused, (unsigned)thread_limit, 0);
  for (;;) pause();
  return 0;
}

/// Whether more threads want to run at the moment than there are processors.
static int is_machine_busy(void) {
  FILE *file = fopen("/proc/loadavg", "r");
  int running = 0;
  if (!file) return 0;
  int found = fscanf(file, "%*f %*f %*f %d/", &running);
  fclose(file);
  // One of them reads the file.
  return found == 1 && running > thread_limit + 1;
}

/// On a machine that is busy already, keeps libgomp's threads from spinning for milliseconds while they wait for one
/// that is not running: they stop early where the process has more of them than there are processors. Measured with
/// seven threads for each processor, a small recurrent layer takes a third of the time or less.
static void stop_spinning_if_busy(void) {
  if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT")) return;
  if (!gomp_parallel || thread_limit < 2 || !is_machine_busy()) return;
  pthread_t thread;
  if (pthread_create(&thread, 0, keep_idle_team, 0) == 0) pthread_detach(thread);
}

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

void ck_prepare_threads(void) {
  pthread_once(&once, look_up);
  pthread_once(&prepared, stop_spinning_if_busy);
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
  ck_prepare_threads();
  if (gomp_parallel) {
    struct region region = {body, context, parts};
    gomp_parallel(enter, &region, (unsigned)parts, 0);
  } else {
    for (int part = 0; part < parts; part++) body(context, part, parts);
  }
}
