#include "CTrees.h"

#include <math.h>
#include <string.h>

// A product and a sum are two roundings on every machine.
#pragma STDC FP_CONTRACT OFF

// Four and eight numbers; memory need only be aligned to one.
typedef double vector4 __attribute__((vector_size(32), aligned(8), may_alias));
typedef double vector8 __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t integers8 __attribute__((vector_size(64), aligned(8), may_alias));

__attribute__((always_inline)) static inline uint64_t to_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

__attribute__((always_inline)) static inline double from_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

// Kinds of nodes that older models hold, and sets of categories.
static uint64_t rare_decision(const nightjar_node *node, const uint32_t *categories, const double *values) {
  uint64_t bits = 0;
  for (int row = 0; row < NIGHTJAR_BLOCK_ROWS; row++) {
    const double value = values[row];
    uint64_t is_left = 0;
    if (node->kind == NIGHTJAR_NODE_CATEGORY) {
      if (value >= 0 && value < 2147483647.0) {
        const uint32_t code = (uint32_t)value;
        is_left = code >> 5 < node->category_count &&
                  (categories[node->category_start + (code >> 5)] >> (code & 31) & 1);
      }
    } else {
      const double number = value != value ? 0 : value;
      const int is_zero = number <= 1e-35 && number >= -1e-35;
      if (is_zero && node->kind == NIGHTJAR_NODE_ZERO_MISSING_LEFT) is_left = 1;
      else if (is_zero && node->kind == NIGHTJAR_NODE_ZERO_MISSING_RIGHT) is_left = 0;
      else is_left = number <= node->threshold;
    }
    bits |= is_left << row;
  }
  return bits;
}

// Turns 64 words of 64 bits: bit c of word r becomes bit r of word c. (Warren, Hacker's Delight, 7-3.)
static void transpose(uint64_t *words) {
  uint64_t mask = 0x00000000FFFFFFFFull;
  for (unsigned width = 32; width != 0; width >>= 1, mask ^= mask << width) {
    for (unsigned row = 0; row < 64; row = ((row | width) + 1) & ~width) {
      const uint64_t moved = (words[row] >> width ^ words[row | width]) & mask;
      words[row | width] ^= moved;
      words[row] ^= moved << width;
    }
  }
}

// Eight words' bits from `first` on as eight bytes of eight bits: bit c of byte r is that of row r in word c. (Warren, Hacker's
// Delight, 7-3.)
static inline uint64_t patterns_of_eight(const uint64_t *words, unsigned first) {
  uint64_t square = 0;
  for (unsigned word = 0; word < 8; word++) square |= (words[word] >> first & 255) << (8 * word);
  uint64_t moved = (square ^ square >> 7) & 0x00AA00AA00AA00AAull;
  square ^= moved ^ moved << 7;
  moved = (square ^ square >> 14) & 0x0000CCCC0000CCCCull;
  square ^= moved ^ moved << 14;
  moved = (square ^ square >> 28) & 0x00000000F0F0F0F0ull;
  return square ^ moved ^ moved << 28;
}

// Adds a leaf's value to the rows of `bits`, row by row.
static inline void add_to_rows(double *scores, uint64_t bits, double value) {
  while (bits != 0) {
    scores[__builtin_ctzll(bits)] += value;
    bits &= bits - 1;
  }
}

static inline unsigned plain_at_most(const double *values, double threshold) {
  unsigned bits = 0;
  for (int row = 0; row < 8; row++) bits |= (unsigned)(values[row] <= threshold) << row;
  return bits;
}

static inline unsigned plain_not_greater(const double *values, double threshold) {
  unsigned bits = 0;
  for (int row = 0; row < 8; row++) bits |= (unsigned)!(values[row] > threshold) << row;
  return bits;
}

#define NAME(name) plain_##name
#define AT_MOST plain_at_most
#define NOT_GREATER plain_not_greater
#define ADD_LEAF add_to_rows
#include "kernels.h"
#include "derivatives.h"
#include "splits.h"
#undef NAME

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt"))), apply_to = function)

static inline unsigned avx2_at_most(const double *values, double threshold) {
  const __m256d limit = _mm256_set1_pd(threshold);
  const int low = _mm256_movemask_pd(_mm256_cmp_pd(_mm256_loadu_pd(values), limit, _CMP_LE_OQ));
  const int high = _mm256_movemask_pd(_mm256_cmp_pd(_mm256_loadu_pd(values + 4), limit, _CMP_LE_OQ));
  return (unsigned)(low | high << 4);
}

static inline unsigned avx2_not_greater(const double *values, double threshold) {
  const __m256d limit = _mm256_set1_pd(threshold);
  const int low = _mm256_movemask_pd(_mm256_cmp_pd(_mm256_loadu_pd(values), limit, _CMP_NGT_UQ));
  const int high = _mm256_movemask_pd(_mm256_cmp_pd(_mm256_loadu_pd(values + 4), limit, _CMP_NGT_UQ));
  return (unsigned)(low | high << 4);
}

#define NAME(name) avx2_##name
#define AT_MOST avx2_at_most
#define NOT_GREATER avx2_not_greater
#define ADD_LEAF add_to_rows
#include "kernels.h"
#include "derivatives.h"
#include "splits.h"
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push(                                                                                          \
    __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,bmi,bmi2,popcnt,lzcnt"))), apply_to = function)

static inline unsigned avx512_at_most(const double *values, double threshold) {
  return _mm512_cmp_pd_mask(_mm512_loadu_pd(values), _mm512_set1_pd(threshold), _CMP_LE_OQ);
}

static inline unsigned avx512_not_greater(const double *values, double threshold) {
  return _mm512_cmp_pd_mask(_mm512_loadu_pd(values), _mm512_set1_pd(threshold), _CMP_NGT_UQ);
}

#define NAME(name) avx512_##name
#define AT_MOST avx512_at_most
#define NOT_GREATER avx512_not_greater
#define ADD_LEAF add_to_rows
#include "kernels.h"
#include "derivatives.h"
#include "splits.h"
#undef NAME
#pragma clang attribute pop

static int32_t machine_level(void) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512vl"))
    return 2;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2") ? 1 : 0;
}

#define DISPATCH(name, ...)                                                                                            \
  (level() == 2   ? avx512_##name(__VA_ARGS__)                                                                         \
   : level() == 1 ? avx2_##name(__VA_ARGS__)                                                                           \
                  : plain_##name(__VA_ARGS__))
#else
static int32_t machine_level(void) { return 0; }

#define DISPATCH(name, ...) plain_##name(__VA_ARGS__)
#endif

static _Atomic int32_t highest_level = 2;

static int32_t level(void) {
  const int32_t machine = machine_level();
  return machine < highest_level ? machine : highest_level;
}

int32_t nightjar_use_tree_level(int32_t wanted) {
  highest_level = wanted;
  return level();
}

void nightjar_decide(const nightjar_node *nodes, size_t node_count, const uint32_t *categories, const double *block,
                     uint64_t *left) {
  DISPATCH(decide, nodes, node_count, categories, block, left);
}

void nightjar_add_tree(const nightjar_node *nodes, size_t node_count, const double *leaf_values,
                       const uint32_t *categories, const double *block, size_t row_count, uint64_t *reach,
                       double *scores) {
  DISPATCH(add_tree, nodes, node_count, leaf_values, categories, block, row_count, reach, scores);
}

void nightjar_explain_tree(const nightjar_explained_tree *tree, uint64_t *left, size_t node_count, size_t row_count,
                           size_t width, size_t depth, void *workspace, double *sums) {
  DISPATCH(explain_tree, tree, left, node_count, row_count, width, depth, workspace, sums);
}

void nightjar_explain_tabled(const nightjar_tabled_tree *trees, size_t tree_count, const uint32_t *features,
                             const nightjar_node *nodes, const uint32_t *categories, const double *block,
                             double *sums) {
  DISPATCH(explain_tabled, trees, tree_count, features, nodes, categories, block, sums);
}

void nightjar_logistic_derivatives(const double *scores, const double *labels, size_t count, double *gradients,
                                   double *hessians) {
  DISPATCH(logistic_derivatives, scores, labels, count, gradients, hessians);
}

size_t nightjar_best_bin(const nightjar_split_search *search, const int64_t *histogram, size_t count, int64_t left,
                         double *best_score, int64_t *best_left) {
  return DISPATCH(best_bin, search, histogram, count, left, best_score, best_left);
}

void nightjar_sum_derivatives(const double *gradients, const double *hessians, size_t count, double *sums) {
  DISPATCH(sum_derivatives, gradients, hessians, count, sums);
}

void nightjar_round_derivatives(const double *gradients, const double *hessians, size_t count, double gradient_scale,
                                double hessian_scale, const uint64_t *noise_key, uint64_t first_row, int64_t *words) {
  DISPATCH(round_derivatives, gradients, hessians, count, gradient_scale, hessian_scale, noise_key, first_row, words);
}
