#ifndef NIGHTJAR_CPROCESS_SHIM_H
#define NIGHTJAR_CPROCESS_SHIM_H

#include <gnu/libc-version.h>
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

#endif
