#ifndef NIGHTJAR_CSCAN_H
#define NIGHTJAR_CSCAN_H

#include <stddef.h>
#include <stdint.h>

// Where a stretch of delimited text has its separators, line ends and bytes of special meaning.
//
// Swift's SIMD types have no movemask, so this loop is C. `LineScan.swift` in the CSV room says what it computes, byte by
// byte; a test holds the two against each other.

typedef struct {
  // Positions of every delimiter and LF, ascending. Room for one entry a byte, and 8 more.
  uint32_t *separators;
  // For every LF its index among the separators, ascending. Room for one entry a byte.
  uint32_t *line_ends;
  // Positions of every quote, and of every CR that no LF follows, ascending. Room for one entry a byte.
  uint32_t *specials;
  size_t separator_count;
  size_t line_count;
  size_t special_count;
} nightjar_line_scan;

// Whether this machine runs the vector loop.
int32_t nightjar_can_scan_lines(void);

// Scans `bytes`; call only where `nightjar_can_scan_lines` says so. `count` is below 2^31. A CR at the very end counts
// as one that no LF follows.
void nightjar_scan_lines(const uint8_t *bytes, size_t count, uint8_t delimiter, uint8_t quote,
                         nightjar_line_scan *scan);

#endif
