#ifndef CKERNELS_MULTIVERSION_H
#define CKERNELS_MULTIVERSION_H

// One function, compiled for several instruction sets and chosen when the program is loaded.
#if defined(__x86_64__) && defined(__linux__) && defined(__clang__)
#define MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MULTIVERSION
#endif

#define INLINE static inline __attribute__((always_inline))
/// Lets the compiler vectorise a loop without checking for overlap: operands are disjoint or identical.
#define VECTORIZE _Pragma("clang loop vectorize(assume_safety) interleave(enable)")

#endif
