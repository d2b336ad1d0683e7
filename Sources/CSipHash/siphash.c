#include "CSipHash.h"

// The state of one text, or of as many as a vector has lanes.
#define SIPHASH_ROTATE(word, bits) ((word) << (bits) | (word) >> (64 - (bits)))
#define SIPHASH_ROUND                                                                                                  \
  do {                                                                                                                 \
    v0 += v1;                                                                                                          \
    v2 += v3;                                                                                                          \
    v1 = SIPHASH_ROTATE(v1, 13) ^ v0;                                                                                  \
    v3 = SIPHASH_ROTATE(v3, 16) ^ v2;                                                                                  \
    v0 = SIPHASH_ROTATE(v0, 32) + v3;                                                                                  \
    v2 += v1;                                                                                                          \
    v3 = SIPHASH_ROTATE(v3, 21) ^ v0;                                                                                  \
    v1 = SIPHASH_ROTATE(v1, 17) ^ v2;                                                                                  \
    v2 = SIPHASH_ROTATE(v2, 32);                                                                                       \
  } while (0)
#define SIPHASH_ABSORB(word)                                                                                           \
  do {                                                                                                                 \
    v3 ^= (word);                                                                                                      \
    SIPHASH_ROUND;                                                                                                     \
    SIPHASH_ROUND;                                                                                                     \
    v0 ^= (word);                                                                                                      \
  } while (0)

static uint64_t siphash_one(uint64_t key0, uint64_t key1, uint64_t first, uint64_t second, uint64_t third,
                            uint64_t length) {
  uint64_t v0 = key0 ^ 0x736f6d6570736575, v1 = key1 ^ 0x646f72616e646f6d;
  uint64_t v2 = key0 ^ 0x6c7967656e657261, v3 = key1 ^ 0x7465646279746573;
  if (length >= 8) SIPHASH_ABSORB(first);
  if (length >= 16) SIPHASH_ABSORB(second);
  const uint64_t last = (length < 8 ? first : length < 16 ? second : third) | length << 56;
  SIPHASH_ABSORB(last);
  v2 ^= 0xff;
  for (int round = 0; round < 4; round++) SIPHASH_ROUND;
  return v0 ^ v1 ^ v2 ^ v3;
}

#if defined(__x86_64__)

typedef uint64_t lanes __attribute__((vector_size(64), aligned(8)));
enum { LANES = 8 };

// Eight texts that have the same number of blocks, 1 to 3.
__attribute__((target("avx2"))) static void siphash_lanes(uint64_t key0, uint64_t key1, const uint64_t *first,
                                                          const uint64_t *second, const uint64_t *third,
                                                          const uint8_t *lengths, int blocks, uint64_t *hashes) {
  lanes length;
  for (int lane = 0; lane < LANES; lane++) length[lane] = lengths[lane];
  lanes v0 = (lanes){} + (key0 ^ 0x736f6d6570736575), v1 = (lanes){} + (key1 ^ 0x646f72616e646f6d);
  lanes v2 = (lanes){} + (key0 ^ 0x6c7967656e657261), v3 = (lanes){} + (key1 ^ 0x7465646279746573);
  if (blocks > 1) SIPHASH_ABSORB(*(const lanes *)first);
  if (blocks > 2) SIPHASH_ABSORB(*(const lanes *)second);
  const uint64_t *rest = blocks == 1 ? first : blocks == 2 ? second : third;
  const lanes last = *(const lanes *)rest | length << 56;
  SIPHASH_ABSORB(last);
  v2 ^= 0xff;
  for (int round = 0; round < 4; round++) SIPHASH_ROUND;
  *(lanes *)hashes = v0 ^ v1 ^ v2 ^ v3;
}

int32_t nightjar_can_siphash(void) { return __builtin_cpu_supports("avx2") != 0; }

void nightjar_siphash(uint64_t key0, uint64_t key1, const uint64_t *first, const uint64_t *second,
                      const uint64_t *third, const uint8_t *lengths, size_t count, uint64_t *hashes) {
  size_t at = 0;
  for (; at + LANES <= count; at += LANES) {
    const int blocks = lengths[at] >> 3;
    int differs = 0;
    for (int lane = 1; lane < LANES; lane++) differs |= blocks ^ lengths[at + lane] >> 3;
    if (differs) {
      for (size_t one = at; one < at + LANES; one++)
        hashes[one] = siphash_one(key0, key1, first[one], second[one], third[one], lengths[one]);
    } else {
      siphash_lanes(key0, key1, first + at, second + at, third + at, lengths + at, blocks + 1, hashes + at);
    }
  }
  for (; at < count; at++) hashes[at] = siphash_one(key0, key1, first[at], second[at], third[at], lengths[at]);
}

#else

int32_t nightjar_can_siphash(void) { return 0; }

void nightjar_siphash(uint64_t key0, uint64_t key1, const uint64_t *first, const uint64_t *second,
                      const uint64_t *third, const uint8_t *lengths, size_t count, uint64_t *hashes) {
  for (size_t at = 0; at < count; at++)
    hashes[at] = siphash_one(key0, key1, first[at], second[at], third[at], lengths[at]);
}

#endif
