#include "CScan.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define NIGHTJAR_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt")))

int32_t nightjar_can_scan_lines(void) {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("popcnt");
}

// The bytes of 64 that equal `wanted`, as bits.
NIGHTJAR_AVX2 static inline uint64_t equal_bytes(__m256i low, __m256i high, __m256i wanted) {
  const uint64_t a = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted));
  const uint64_t b = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted));
  return a | b << 32;
}

NIGHTJAR_AVX2 void nightjar_scan_lines(const uint8_t *bytes, size_t count, uint8_t delimiter, uint8_t quote,
                                       nightjar_line_scan *scan) {
  const __m256i delimiters = _mm256_set1_epi8((char)delimiter);
  const __m256i quotes = _mm256_set1_epi8((char)quote);
  const __m256i line_feeds = _mm256_set1_epi8('\n');
  const __m256i returns = _mm256_set1_epi8('\r');
  uint32_t *separators = scan->separators;
  uint32_t *line_ends = scan->line_ends;
  uint32_t *specials = scan->specials;
  size_t separator_count = 0;
  uint8_t tail[64];
  for (size_t base = 0; base < count; base += 64) {
    const uint8_t *block = bytes + base;
    uint64_t valid = ~0ull;
    if (count - base < 64) {
      // The rest, behind which zeros stand in for bytes that may not be read.
      const size_t rest = count - base;
      for (size_t index = 0; index < 64; index++) tail[index] = index < rest ? block[index] : 0;
      block = tail;
      valid = (1ull << rest) - 1;
    }
    const __m256i low = _mm256_loadu_si256((const __m256i *)block);
    const __m256i high = _mm256_loadu_si256((const __m256i *)(block + 32));
    uint64_t line_feed = equal_bytes(low, high, line_feeds) & valid;
    uint64_t separator = (equal_bytes(low, high, delimiters) & valid) | line_feed;
    uint64_t carriage_return = equal_bytes(low, high, returns) & valid;
    uint64_t special = equal_bytes(low, high, quotes) & valid;
    if (__builtin_expect(carriage_return != 0, 0)) {
      uint64_t followed = line_feed >> 1;
      if (base + 64 < count && bytes[base + 64] == '\n') followed |= 1ull << 63;
      special |= carriage_return & ~followed;
    }
    uint64_t ends = line_feed;
    while (ends != 0) {
      const uint64_t below = (ends & -ends) - 1;
      *line_ends++ = (uint32_t)(separator_count + (size_t)__builtin_popcountll(separator & below));
      ends &= ends - 1;
    }
    const size_t found = (size_t)__builtin_popcountll(separator);
    uint32_t *next = separators + separator_count;
    separator_count += found;
    // Eight at a time: what is written beyond the last one is written over.
    for (size_t written = 0; written < found; written += 8) {
      for (size_t lane = 0; lane < 8; lane++) {
        next[written + lane] = (uint32_t)(base + (size_t)_tzcnt_u64(separator));
        separator &= separator - 1;
      }
    }
    while (__builtin_expect(special != 0, 0)) {
      *specials++ = (uint32_t)(base + (size_t)_tzcnt_u64(special));
      special &= special - 1;
    }
  }
  scan->separator_count = separator_count;
  scan->line_count = (size_t)(line_ends - scan->line_ends);
  scan->special_count = (size_t)(specials - scan->specials);
}

#else

int32_t nightjar_can_scan_lines(void) { return 0; }

void nightjar_scan_lines(const uint8_t *bytes, size_t count, uint8_t delimiter, uint8_t quote,
                         nightjar_line_scan *scan) {
  (void)bytes, (void)count, (void)delimiter, (void)quote;
  scan->separator_count = scan->line_count = scan->special_count = 0;
}

#endif
