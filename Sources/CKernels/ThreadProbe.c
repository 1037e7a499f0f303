#define _GNU_SOURCE
#include "ThreadProbe.h"

#include <ctype.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <strings.h>
#include <unistd.h>

#ifdef __linux__
#include <signal.h>
#include <sys/syscall.h>
#endif

/// What oneDNN's threads may need, generously.
#define NEEDED_STACK ((size_t)256 << 10)

static const char *const refused = "the system refuses more threads";

struct probe {
  pthread_t thread;
  /// Held by whoever creates the threads until all of them exist.
  pthread_mutex_t *gate;
  long identifier;
};

static void *wait_at_gate(void *argument) {
  struct probe *probe = argument;
#ifdef __linux__
  probe->identifier = syscall(SYS_gettid);
#endif
  pthread_mutex_lock(probe->gate);
  pthread_mutex_unlock(probe->gate);
  return 0;
}

/// The stack size that OpenMP's environment asks for, 0 for the system's own.
static size_t stack_size(void) {
  const char *text = getenv("OMP_STACKSIZE");
  if (!text) text = getenv("GOMP_STACKSIZE");
  if (!text) return 0;
  char *end;
  unsigned long long size = strtoull(text, &end, 10);
  if (end == text) return 0;
  while (isspace((unsigned char)*end)) end++;
  int shift = 10;
  switch (tolower((unsigned char)*end)) {
  case 'b': shift = 0; break;
  case 'm': shift = 20; break;
  case 'g': shift = 30; break;
  default: break;
  }
  return size > (~(size_t)0 >> shift) ? 0 : (size_t)size << shift;
}

/// Waits until the system no longer counts a thread that was joined; it does so a little after.
static void wait_until_gone(long identifier) {
#ifdef __linux__
  for (int tries = 0; tries < 10000 && syscall(SYS_tgkill, getpid(), identifier, 0) == 0; tries++) usleep(20);
#else
  (void)identifier;
#endif
}

const char *ck_thread_obstacle(int count) {
  if (count < 1) return 0;
  size_t size = stack_size();
  // libgomp ignores what is below the system's own minimum.
  if (size >= (size_t)PTHREAD_STACK_MIN && size < NEEDED_STACK) return "OMP_STACKSIZE is below 256K";
  struct probe *probes = calloc((size_t)count, sizeof *probes);
  if (!probes) return refused;
  pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  // A size that is refused here is refused, with a word on it, by libgomp too.
  if (size) pthread_attr_setstacksize(&attributes, size);
  pthread_mutex_lock(&gate);
  int created = 0;
  for (; created < count; created++) {
    probes[created].gate = &gate;
    if (pthread_create(&probes[created].thread, &attributes, wait_at_gate, &probes[created])) break;
  }
  pthread_mutex_unlock(&gate);
  pthread_attr_destroy(&attributes);
  for (int index = 0; index < created; index++) pthread_join(probes[index].thread, 0);
  for (int index = 0; index < created; index++) wait_until_gone(probes[index].identifier);
  free(probes);
  return created == count ? 0 : refused;
}
