#ifndef NIGHTJAR_CPROCESS_SHIM_H
#define NIGHTJAR_CPROCESS_SHIM_H

#include <gnu/libc-version.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>

// prctl is variadic, and Swift imports no variadic function. Asks the kernel to kill this process when the thread that
// started it ends.
static inline bool nightjar_die_with_parent(void) { return prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) == 0; }

#endif
