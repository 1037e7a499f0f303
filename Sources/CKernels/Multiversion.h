#ifndef CKERNELS_MULTIVERSION_H
#define CKERNELS_MULTIVERSION_H

#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define CK_THREAD_SANITIZER 1
#endif
#elif defined(__SANITIZE_THREAD__)
#define CK_THREAD_SANITIZER 1
#endif

// One function, compiled for several instruction sets and chosen when the program is loaded: before ThreadSanitizer can
// run, which follows every function.
#if defined(__x86_64__) && defined(__linux__) && defined(__clang__) && !CK_THREAD_SANITIZER
#define MULTIVERSION __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MULTIVERSION
#endif

#define INLINE static inline __attribute__((always_inline))
/// Lets the compiler vectorise a loop without checking for overlap: operands are disjoint or identical.
#define VECTORIZE _Pragma("clang loop vectorize(assume_safety) interleave(enable)")

#endif
