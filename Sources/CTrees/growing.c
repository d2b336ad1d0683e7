#include <string.h>

#include "CTrees.h"

// Half of the bounds that are left, for one of four searches: written so that it becomes a conditional move.
#define HALVE(place, value, half) place = place[(half) - 1] < value ? place + (half) : place

static inline uint8_t bin_of(const double *bounds, const double *place, double value) {
  return value == value ? (uint8_t)(place - bounds) : 255;
}

void nightjar_find_bins(const double *values, size_t count, const double *bounds, uint8_t *bins) {
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
    bins[index] = bin_of(bounds, at_a, a);
    bins[index + 1] = bin_of(bounds, at_b, b);
    bins[index + 2] = bin_of(bounds, at_c, c);
    bins[index + 3] = bin_of(bounds, at_d, d);
  }
  for (; index < count; index++) {
    const double *place = bounds;
    for (int half = 128; half > 0; half >>= 1) HALVE(place, values[index], half);
    bins[index] = bin_of(bounds, place, values[index]);
  }
}

// Features whose sums, 2 KiB each, fit into the first cache together: a part of a group.
enum { PART_WIDTH = 8 };

// Rows that are summed for one part after the other, while their bins and words are near.
enum { BLOCK_ROWS = 512 };

// The bins of one row for a part, the first in the lowest byte.
__attribute__((always_inline)) static inline uint64_t load(const uint8_t *place, size_t size) {
  uint64_t bins = 0;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
  memcpy(&bins, place, size);
#else
  for (size_t index = 0; index < size; index++) bins |= (uint64_t)place[index] << (8 * index);
#endif
  return bins;
}

__attribute__((always_inline)) static inline void add(uint64_t bins, size_t width, int64_t word, int64_t *sums) {
  for (size_t feature = 0; feature < width; feature++) sums[feature * 256 + (bins >> (8 * feature) & 255)] += word;
}

// Rows of a group, and those of the next block, whose bins are asked for from memory meanwhile.
typedef struct {
  const uint8_t *bins;
  size_t stride;
  const uint32_t *rows;
  size_t count;
  const int64_t *words;
  const uint32_t *ahead;
  size_t ahead_count;
} row_block;

// With `size` and `width` constant the loops over features unroll. `offset` is where the part begins in a row.
__attribute__((always_inline)) static inline void sum(const row_block *block, size_t offset, size_t size, size_t width,
                                                      int64_t *sums) {
  const uint8_t *bins = block->bins + offset;
  const size_t stride = block->stride, count = block->count;
  const uint32_t *rows = block->rows;
  const int64_t *words = block->words;
  if (rows == NULL) {
    for (size_t row = 0; row < count; row++) add(load(bins + row * stride, size), width, words[row], sums);
    return;
  }
  const size_t interval = block->ahead_count == 0 ? 0 : count / block->ahead_count;
  size_t index = 0;
  for (size_t ahead = 0; ahead < block->ahead_count; ahead++) {
    const uint8_t *place = block->bins + block->ahead[ahead] * stride;
    __builtin_prefetch(place);
    __builtin_prefetch(place + stride - 1);
    for (const size_t end = index + interval; index < end; index++)
      add(load(bins + rows[index] * stride, size), width, words[index], sums);
  }
  for (; index < count; index++) add(load(bins + rows[index] * stride, size), width, words[index], sums);
}

static void sum_part(const row_block *block, size_t offset, size_t width, int64_t *sums) {
  switch (width) {
  case 1: sum(block, offset, 1, 1, sums); break;
  case 2: sum(block, offset, 2, 2, sums); break;
  case 3: sum(block, offset, 4, 3, sums); break;
  case 4: sum(block, offset, 4, 4, sums); break;
  case 5: sum(block, offset, 8, 5, sums); break;
  case 6: sum(block, offset, 8, 6, sums); break;
  case 7: sum(block, offset, 8, 7, sums); break;
  default: sum(block, offset, 8, 8, sums); break;
  }
}

void nightjar_sum_bins(const nightjar_bin_group *groups, size_t group_count, const uint32_t *rows, size_t first,
                       size_t count, const int64_t *words) {
  int64_t gathered[BLOCK_ROWS];
  for (size_t start = 0; start < count; start += BLOCK_ROWS) {
    const size_t rest = count - start, own_count = rest < BLOCK_ROWS ? rest : BLOCK_ROWS;
    const size_t behind = rest - own_count, ahead_count = behind < BLOCK_ROWS ? behind : BLOCK_ROWS;
    row_block block = {.rows = NULL, .count = own_count, .words = words + first + start};
    if (rows != NULL) {
      block.rows = rows + start;
      block.words = gathered;
      for (size_t row = 0; row < own_count; row++) gathered[row] = words[block.rows[row]];
      for (size_t row = 0; row < ahead_count; row++) __builtin_prefetch(words + block.rows[own_count + row]);
    }
    for (size_t index = 0; index < group_count; index++) {
      const nightjar_bin_group *group = groups + index;
      const size_t wanted = (size_t)__builtin_popcount(group->parts);
      block.stride = group->stride;
      block.bins = rows == NULL ? group->bins + (first + start) * group->stride : group->bins;
      for (size_t offset = 0, done = 0; offset < group->width; offset += PART_WIDTH) {
        if (!(group->parts >> offset / PART_WIDTH & 1)) continue;
        const size_t width = group->width - offset < PART_WIDTH ? group->width - offset : PART_WIDTH;
        if (rows != NULL) {
          const size_t begin = ahead_count * done / wanted;
          block.ahead = block.rows + own_count + begin;
          block.ahead_count = ahead_count * (done + 1) / wanted - begin;
        }
        sum_part(&block, offset, width, group->sums + offset * 256);
        done++;
      }
    }
  }
}
