#define _GNU_SOURCE
#include "OpenMP.h"

#include <dlfcn.h>
#include <pthread.h>

static struct openmp found;
static pthread_once_t once = PTHREAD_ONCE_INIT;

// libgomp is loaded with oneDNN. Its entry points are looked up instead of linked: its development link is part of
// GCC, which the package does not ask for, and a oneDNN built with another runtime must work too.
static void look_up(void) {
  const struct {
    const char *name;
    void **entry;
  } entries[] = {
      {"GOMP_parallel", (void **)&found.parallel},
      {"omp_get_thread_num", (void **)&found.thread},
      {"omp_get_num_threads", (void **)&found.threads},
      {"omp_get_max_threads", (void **)&found.max_threads},
      {"omp_get_dynamic", (void **)&found.dynamic},
      {"omp_get_level", (void **)&found.level},
      {"omp_get_thread_limit", (void **)&found.thread_limit},
      {"omp_get_max_active_levels", (void **)&found.max_active_levels},
      {"omp_get_num_places", (void **)&found.places},
      {"omp_get_num_procs", (void **)&found.processors},
      {"omp_set_num_threads", (void **)&found.set_threads},
      {"omp_set_dynamic", (void **)&found.set_dynamic},
  };
  for (unsigned index = 0; index < sizeof entries / sizeof *entries; index++) {
    *entries[index].entry = dlsym(RTLD_DEFAULT, entries[index].name);
    if (*entries[index].entry) continue;
    // One that lacks an entry point cannot be told what it must do.
    found = (struct openmp){0};
    return;
  }
}

const struct openmp *ck_openmp(void) {
  pthread_once(&once, look_up);
  return &found;
}
