#ifndef NIGHTJAR_CARCHIVE_SHIM_H
#define NIGHTJAR_CARCHIVE_SHIM_H

#include <archive.h>
#include <archive_entry.h>

#endif
