#ifndef NIGHTJAR_CCSV_SHIM_H
#define NIGHTJAR_CCSV_SHIM_H

#include <stddef.h>
#include <csv.h>

#endif
