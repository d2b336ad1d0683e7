#ifndef NIGHTJAR_CPROCESS_SHIM_H
#define NIGHTJAR_CPROCESS_SHIM_H

#include <gnu/libc-version.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>
#include <sys/resource.h>

// prctl is variadic, and Swift imports no variadic function. Asks the kernel to kill this process when the thread that
// started it ends.
static inline bool nightjar_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0; }

// No program that this process becomes or starts may have more privileges than it has. Cannot be taken back.
static inline bool nightjar_gain_no_privileges(void) { return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0; }

// No dump of this process's memory. One byte, not none: the kernel sends dumps to a collector whatever the limit, but for
// this one.
static inline bool nightjar_leave_no_core(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_CORE, &limit) != 0) return false;
  if (limit.rlim_max > 1) limit.rlim_max = 1;
  limit.rlim_cur = limit.rlim_max;
  return setrlimit(RLIMIT_CORE, &limit) == 0;
}

// Heaps hand out again what they were given back; no block is the kernel's own, however large. Threads keep heaps of their own: one for
// all makes them wait for each other wherever small blocks are many.
static inline void nightjar_keep_freed_memory(void) {
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  mallopt(M_TOP_PAD, 16 << 20);
}

#endif
