#ifndef NIGHTJAR_CTREES_H
#define NIGHTJAR_CTREES_H

#include <stddef.h>
#include <stdint.h>

// The loops over trees of a model: scores and explanations of 64 rows at a time; and those that growing trees lives by.
//
// Swift's SIMD types have no movemask and no choice of instruction set while the program runs, and Swift has no prefetch, so
// these loops are C. Those over trees, derivatives and splits are each compiled for AVX-512, AVX2 and the plain machine; the first that the processor has is taken. All three give the same
// bits: they add in one order, lane by lane, and never fuse a product with a sum. `TreeLayout.swift` and
// `ExplainedTree.swift` in the Learning room fill the structures and say what is computed.

// The instruction sets: 0 the plain machine, 1 AVX2, 2 AVX-512. `nightjar_use_tree_level` lets the loops use at most `level`
// from now on, and returns the one that they will use; tests hold the three against each other.
int32_t nightjar_use_tree_level(int32_t level);

// Rows of a block.
enum { NIGHTJAR_BLOCK_ROWS = 64 };

// What sends a row to the left of a node.
enum {
  NIGHTJAR_NODE_MISSING_RIGHT = 0,       // x ≤ threshold; NaN goes right
  NIGHTJAR_NODE_MISSING_LEFT = 1,        // x ≤ threshold; NaN goes left
  NIGHTJAR_NODE_NAN_IS_ZERO = 2,         // x ≤ threshold with 0 in place of NaN
  NIGHTJAR_NODE_ZERO_MISSING_RIGHT = 3,  // as 2, but |x| ≤ 1e-35 goes right
  NIGHTJAR_NODE_ZERO_MISSING_LEFT = 4,   // as 2, but |x| ≤ 1e-35 goes left
  NIGHTJAR_NODE_CATEGORY = 5,            // the code's bit is set
};

// A node; a tree's nodes are in preorder, the left child first.
typedef struct {
  double threshold;
  uint32_t feature;
  uint32_t kind;
  // A child: c ≥ 0 is the node c of the same tree, c < 0 the leaf ~c.
  int32_t left;
  int32_t right;
  // The node behind this one's subtree.
  uint32_t next;
  // Categories: the first word of the set, and the number of words, 32 codes each.
  uint32_t category_start;
  uint32_t category_count;
  uint32_t reserved;
} nightjar_node;

// A node's decision for the rows of a block: bit r is set where row r goes left. `block` has 64 values a feature, feature by
// feature.
void nightjar_decide(const nightjar_node *nodes, size_t node_count, const uint32_t *categories, const double *block,
                     uint64_t *left);

// Adds a tree's values to the scores of the first `row_count` rows of a block. `reach` is room for one word a node.
void nightjar_add_tree(const nightjar_node *nodes, size_t node_count, const double *leaf_values,
                       const uint32_t *categories, const double *block, size_t row_count, uint64_t *reach,
                       double *scores);

// What an edge of an explained tree leads to.
enum { NIGHTJAR_EDGE_TO_NODE = 0, NIGHTJAR_EDGE_TO_LEAF = 1, NIGHTJAR_EDGE_TO_TWIG = 2 };

// An edge from a node to a child, in the order of a walk that goes left first.
typedef struct {
  // The leaf's value.
  double leaf_value;
  // The node above, by its place in preorder.
  uint32_t node;
  uint32_t feature;
  // The nearest edge above of the same feature, and the edge that ends at the node above; −1 for none.
  int32_t same;
  int32_t parent;
  // The number of edges above.
  uint32_t depth;
  // The first of the edge's five runs of K numbers.
  uint32_t factors;
  // The twig that it leads to.
  uint32_t twig;
  // How many edges above are complete once this one is.
  uint32_t closes;
  uint32_t is_left;
  uint32_t end;
  uint32_t reserved;
} nightjar_edge;

// A small subtree whose sums are tabled for every pattern of its nodes' decisions.
typedef struct {
  // Its nodes: neighbours in preorder, within one word of decisions.
  uint32_t first_node;
  uint32_t node_count;
  // Edges above whose state is part of the pattern.
  uint32_t flag_start;
  uint32_t flag_count;
  // The features whose contributions are tabled.
  uint32_t feature_start;
  uint32_t feature_count;
  // A pattern has 1 + feature_count runs of K numbers: the sum over its leaves, then a weighted one a feature.
  uint32_t table;
  uint32_t reserved;
} nightjar_twig;

// A tree prepared for explanation.
typedef struct {
  const nightjar_edge *edges;
  size_t edge_count;
  const double *factors;
  const nightjar_twig *twigs;
  const uint32_t *flags;
  const uint32_t *features;
  const double *tables;
  // K, a multiple of 4.
  size_t point_count;
} nightjar_explained_tree;

// Adds a tree's contributions for the rows of a block to `sums`, eight partial sums a feature, `width` features a row.
//
// `left` has the decisions of `node_count` nodes, a word a node, and room up to a whole number of 64 words. `workspace` is
// room for 512 · ⌈node_count / 64⌉ + 16 · (depth + 2) · K + edge_count bytes, where no path has more than `depth` edges.
void nightjar_explain_tree(const nightjar_explained_tree *tree, uint64_t *left, size_t node_count, size_t row_count,
                           size_t width, size_t depth, void *workspace, double *sums);

// A tree of at most eight nodes whose contributions are tabled for every pattern of their decisions.
typedef struct {
  // Its nodes, neighbours in preorder.
  uint32_t first_node;
  uint32_t node_count;
  // Its features among those of all trees.
  uint32_t feature_start;
  uint32_t feature_count;
  // 2^node_count contributions a feature, feature by feature. Bit i of a pattern is set where node i goes left.
  const double *table;
} nightjar_tabled_tree;

// Adds the contributions of trees for all places of a block to `sums`: NIGHTJAR_BLOCK_ROWS sums a feature, feature by feature.
// Where a place has no row, its sums mean nothing.
void nightjar_explain_tabled(const nightjar_tabled_tree *trees, size_t tree_count, const uint32_t *features,
                             const nightjar_node *nodes, const uint32_t *categories, const double *block,
                             double *sums);

// What the splits of one feature in one leaf have in common.
typedef struct {
  // The leaf's word: 2³² times its gradient and its hessian, integers.
  int64_t total;
  // The least hessian of a child, an integer.
  int64_t least_hessian;
  // Gradient and hessian of one integer, and λ.
  double gradient_unit, hessian_unit, l2;
} nightjar_split_search;

// Finds the first of `count` bins, at most 256, after which a split scores most: GL²/(HL + λ) + GR²/(HR + λ). The left child has
// what `left` says and the bins up to there. Bins without rows are passed over, and splits with a child below the least
// hessian.
//
// Returns `count` where no split scores above `*best_score`, else writes the score and the left child's word.
size_t nightjar_best_bin(const nightjar_split_search *search, const int64_t *histogram, size_t count, int64_t left,
                         double *best_score, int64_t *best_left);

// The derivatives of the logistic loss at raw scores: p − y and p·(1 − p) with p = 1/(1 + e⁻ˢ).
void nightjar_logistic_derivatives(const double *scores, const double *labels, size_t count, double *gradients,
                                   double *hessians);

// Adds to `sums` the sums of |g|, of h and of g².
void nightjar_sum_derivatives(const double *gradients, const double *hessians, size_t count, double *sums);

// The word of each row: 2³² times the integer of its gradient and the integer of its hessian, which is at least 1.
//
// Both are scaled first; |g| · scale < 2³¹ and h · scale < 2³². Hessians, and gradients without `noise_key`, take the nearest
// integer, ties to even. With it a gradient takes ⌊g · scale + u⌋, where u in [0, 1) is a finalizer of the row's number
// under the key (Steele et al., SplitMix, OOPSLA 2014); the first row has the number `first_row`.
void nightjar_round_derivatives(const double *gradients, const double *hessians, size_t count, double gradient_scale,
                                double hessian_scale, const uint64_t *noise_key, uint64_t first_row, int64_t *words);

// Finds the bins of values: the first of 256 ascending bounds that is not below the value. NaN gets 255.
void nightjar_find_bins(const double *values, size_t count, const double *bounds, uint8_t *bins);

// Features whose bins a row has side by side, and their sums.
typedef struct {
  // The bins of row r begin at bins + r · stride. Each eight features, a part, take eight bytes; those that are left over
  // take the least of 1, 2, 4 and 8 bytes that holds them.
  const uint8_t *bins;
  size_t stride;
  // Features, at most 32.
  size_t width;
  // A bit for each part that is to be summed.
  uint32_t parts;
  // 256 sums a feature.
  int64_t *sums;
} nightjar_bin_group;

// Adds the words of rows to the sums of their bins.
//
// `rows` names `count` rows, which ascend; without it they are those from `first` on. `words` has a word for every row.
void nightjar_sum_bins(const nightjar_bin_group *groups, size_t group_count, const uint32_t *rows, size_t first,
                       size_t count, const int64_t *words);

#endif
