#ifndef NIGHTJAR_CSHA256_H
#define NIGHTJAR_CSHA256_H

#include <stdint.h>

// The compression function of SHA-256 (FIPS 180-4) by the SHA instructions of x86.
//
// A pseudonym hashes two blocks; most of its time went into the library's wrapper. Everything else of Nightjar that hashes
// asks the library, and so does `PseudonymMaker` on machines without the instructions; a test holds the two against each
// other.

// Whether this machine has the instructions.
int32_t nightjar_can_sha256(void);

// Takes one block of 64 bytes into the eight words of `state`; call only where `nightjar_can_sha256` says so.
void nightjar_sha256_compress(uint32_t *state, const uint8_t *block);

#endif
