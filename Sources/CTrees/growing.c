#include <string.h>

#include "CTrees.h"

// Half of the bounds that are left, for one of four searches: written so that it becomes a conditional move.
#define HALVE(place, value, half) place = place[(half) - 1] < value ? place + (half) : place

static inline uint8_t bin_of(const double *bounds, const double *place, double value) {
  return value - value == 0 ? (uint8_t)(place - bounds) : 255;
}

void nightjar_find_bins(const double *values, size_t count, const double *bounds, uint8_t *bins, size_t stride) {
  size_t index = 0;
  // Four searches side by side: one waits for memory while the others go on.
  for (; index + 4 <= count; index += 4) {
    const double a = values[index], b = values[index + 1], c = values[index + 2], d = values[index + 3];
    const double *at_a = bounds, *at_b = bounds, *at_c = bounds, *at_d = bounds;
#pragma clang loop unroll(full)
    for (int half = 128; half > 0; half >>= 1) {
      HALVE(at_a, a, half);
      HALVE(at_b, b, half);
      HALVE(at_c, c, half);
      HALVE(at_d, d, half);
    }
    bins[index * stride] = bin_of(bounds, at_a, a);
    bins[(index + 1) * stride] = bin_of(bounds, at_b, b);
    bins[(index + 2) * stride] = bin_of(bounds, at_c, c);
    bins[(index + 3) * stride] = bin_of(bounds, at_d, d);
  }
  for (; index < count; index++) {
    const double *place = bounds;
    for (int half = 128; half > 0; half >>= 1) HALVE(place, values[index], half);
    bins[index * stride] = bin_of(bounds, place, values[index]);
  }
}

// How many rows ahead their bins are asked for: memory answers in the time that so many rows take.
enum { PREFETCH_ROWS = 32 };

// The bins of one row, the first in the lowest byte.
__attribute__((always_inline)) static inline uint64_t load(const uint8_t *place, size_t stride) {
  uint64_t bins = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  memcpy(&bins, place, stride);
#else
  for (size_t index = 0; index < stride; index++) bins |= (uint64_t)place[index] << (8 * index);
#endif
  return bins;
}

__attribute__((always_inline)) static inline void add(uint64_t bins, size_t width, int64_t word, int64_t *sums) {
  for (size_t feature = 0; feature < width; feature++) sums[feature * 256 + (bins >> (8 * feature) & 255)] += word;
}

// With `stride` and `width` constant the loops over features unroll.
__attribute__((always_inline)) static inline void sum(const uint8_t *bins, size_t stride, size_t width,
                                                      const uint32_t *rows, const int64_t *words, size_t count,
                                                      int64_t *sums) {
  if (rows == NULL) {
    for (size_t index = 0; index < count; index++) add(load(bins + index * stride, stride), width, words[index], sums);
    return;
  }
  size_t index = 0;
  for (; index + PREFETCH_ROWS < count; index++) {
    __builtin_prefetch(bins + (size_t)rows[index + PREFETCH_ROWS] * stride);
    add(load(bins + (size_t)rows[index] * stride, stride), width, words[index], sums);
  }
  for (; index < count; index++) add(load(bins + (size_t)rows[index] * stride, stride), width, words[index], sums);
}

void nightjar_sum_bins(const uint8_t *bins, size_t width, const uint32_t *rows, const int64_t *words, size_t count,
                       int64_t *sums) {
  switch (width) {
  case 1: sum(bins, 1, 1, rows, words, count, sums); break;
  case 2: sum(bins, 2, 2, rows, words, count, sums); break;
  case 3: sum(bins, 4, 3, rows, words, count, sums); break;
  case 4: sum(bins, 4, 4, rows, words, count, sums); break;
  case 5: sum(bins, 8, 5, rows, words, count, sums); break;
  case 6: sum(bins, 8, 6, rows, words, count, sums); break;
  case 7: sum(bins, 8, 7, rows, words, count, sums); break;
  default: sum(bins, 8, 8, rows, words, count, sums); break;
  }
}
