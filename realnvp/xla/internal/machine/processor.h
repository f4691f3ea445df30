#include <stdlib.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
static const char* libc_version(void) { return gnu_get_libc_version(); }
#else
static const char* libc_version(void) { return "not glibc"; }
#endif

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

// What the processor answers to a question; zeros where it does not know the question.
static void cpuid(unsigned leaf, unsigned sub, unsigned r[4]) {
  if (!__get_cpuid_count(leaf, sub, r, r + 1, r + 2, r + 3)) r[0] = r[1] = r[2] = r[3] = 0;
}

// The registers that the system saves when it changes from one program to another.
static unsigned long long xcr0(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & (1u << 27))) return 0;
  __asm__ volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(0));
  return ((unsigned long long)d << 32) | a;
}
#endif
