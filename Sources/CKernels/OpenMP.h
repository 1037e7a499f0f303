#ifndef CKERNELS_OPENMP_H
#define CKERNELS_OPENMP_H

/// What is used of the OpenMP runtime that oneDNN runs on; all 0 where there is none.
struct openmp {
  void (*parallel)(void (*)(void *), void *, unsigned, unsigned);
  int (*thread)(void), (*threads)(void);
  int (*max_threads)(void), (*dynamic)(void), (*level)(void), (*thread_limit)(void), (*max_active_levels)(void);
  int (*places)(void), (*processors)(void);
  void (*set_threads)(int), (*set_dynamic)(int);
};

const struct openmp *ck_openmp(void);

#endif
