#ifndef NIGHTJAR_CSIPHASH_H
#define NIGHTJAR_CSIPHASH_H

#include <stddef.h>
#include <stdint.h>

// SipHash-2-4 of many short texts at once, several side by side in vector registers.
//
// Swift's SIMD types do not become the rotations of a vector unit, so this loop is C. `ShortTexts.swift` in the
// Ingest room says what it computes, text by text; a test holds the two against each other.

// Whether this machine runs the vector loop.
int32_t nightjar_can_siphash(void);

// Hashes `count` texts of at most 23 bytes; call only where `nightjar_can_siphash` says so. Text i has `lengths[i]`
// bytes, which stand in first[i], second[i] and third[i], the lowest byte first, zeros behind them. `hashes` may be
// `first`.
void nightjar_siphash(uint64_t key0, uint64_t key1, const uint64_t *first, const uint64_t *second,
                      const uint64_t *third, const uint8_t *lengths, size_t count, uint64_t *hashes);

#endif
