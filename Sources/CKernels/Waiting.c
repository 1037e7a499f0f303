#include "Waiting.h"

#include "OpenMP.h"
#include "ThreadProbe.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static int idle_threads;
static int is_formed;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t formed = PTHREAD_COND_INITIALIZER;

static void nothing(void *unused) { (void)unused; }

/// A team of threads that waits for ever.
static void *keep_idle_team(void *unused) {
  ck_openmp()->parallel(nothing, unused, (unsigned)idle_threads, 0);
  pthread_mutex_lock(&lock);
  is_formed = 1;
  pthread_cond_signal(&formed);
  pthread_mutex_unlock(&lock);
  for (;;) pause();
  return 0;
}

/// Whether more threads want to run at the moment than there are processors.
static int is_machine_busy(int threads) {
  FILE *file = fopen("/proc/loadavg", "r");
  int running = 0;
  if (!file) return 0;
  int found = fscanf(file, "%*f %*f %*f %d/", &running);
  fclose(file);
  // One of them reads the file.
  return found == 1 && running > threads + 1;
}

// On a machine that is busy already, keeps libgomp's threads from spinning for milliseconds while they wait for one
// that is not running: they stop early where the process has more of them than there are processors. Measured with
// seven threads for each processor, a small recurrent layer takes a third of the time or less.
void ck_settle_waiting(int threads) {
  static int is_settled;
  if (is_settled) return;
  is_settled = 1;
  if (getenv("OMP_WAIT_POLICY") || getenv("GOMP_SPINCOUNT") || !is_machine_busy(threads)) return;
  // The idle team, and the one that is formed next.
  if (ck_thread_obstacle(2 * threads - 1)) return;
  idle_threads = threads;
  pthread_t thread;
  if (pthread_create(&thread, 0, keep_idle_team, 0)) return;
  pthread_detach(thread);
  pthread_mutex_lock(&lock);
  while (!is_formed) pthread_cond_wait(&formed, &lock);
  pthread_mutex_unlock(&lock);
}
