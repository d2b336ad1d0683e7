#ifndef NIGHTJAR_CISAL_SHIM_H
#define NIGHTJAR_CISAL_SHIM_H

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>

// The scratch size of level 3 is a sum of casts, which Swift does not import.
static inline uint32_t nightjar_level_3_scratch_size(void) { return ISAL_DEF_LVL3_DEFAULT; }

#endif
