#ifndef NIGHTJAR_CISAL_SHIM_H
#define NIGHTJAR_CISAL_SHIM_H

#include <isa-l/igzip_lib.h>

#endif
