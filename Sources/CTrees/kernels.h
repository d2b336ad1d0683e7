// The loops themselves, included once for each instruction set: NAME gives the function its suffix, and BITS sets the bits of
// the eight values of a vector that a comparison holds for.

#define BLOCK NIGHTJAR_BLOCK_ROWS

// Bits of the rows of a block whose value is at most the threshold, or not greater: NaN is then in.
static inline uint64_t NAME(below)(const double *values, double threshold) {
  uint64_t bits = 0;
  for (int part = 0; part < 8; part++) bits |= (uint64_t)AT_MOST(values + 8 * part, threshold) << (8 * part);
  return bits;
}

static inline uint64_t NAME(not_above)(const double *values, double threshold) {
  uint64_t bits = 0;
  for (int part = 0; part < 8; part++) bits |= (uint64_t)NOT_GREATER(values + 8 * part, threshold) << (8 * part);
  return bits;
}

static inline uint64_t NAME(decision)(const nightjar_node *node, const uint32_t *categories, const double *block) {
  const double *values = block + (size_t)node->feature * BLOCK;
  switch (node->kind) {
  case NIGHTJAR_NODE_MISSING_RIGHT: return NAME(below)(values, node->threshold);
  case NIGHTJAR_NODE_MISSING_LEFT: return NAME(not_above)(values, node->threshold);
  default: return rare_decision(node, categories, values);
  }
}

static void NAME(decide)(const nightjar_node *nodes, size_t node_count, const uint32_t *categories, const double *block,
                         uint64_t *left) {
  for (size_t node = 0; node < node_count; node++) left[node] = NAME(decision)(nodes + node, categories, block);
}

static void NAME(add_tree)(const nightjar_node *nodes, size_t node_count, const double *leaf_values,
                           const uint32_t *categories, const double *block, size_t row_count, uint64_t *reach,
                           double *scores) {
  reach[0] = row_count < 64 ? (1ull << row_count) - 1 : ~0ull;
  size_t index = 0;
  while (index < node_count) {
    const nightjar_node *node = nodes + index;
    const uint64_t here = reach[index];
    if (here == 0) {
      index = node->next;
      continue;
    }
    const uint64_t is_left = NAME(decision)(node, categories, block);
    const uint64_t left = here & is_left, right = here & ~is_left;
    if (node->left >= 0) reach[node->left] = left;
    else ADD_LEAF(scores, left, leaf_values[~node->left]);
    if (node->right >= 0) reach[node->right] = right;
    else ADD_LEAF(scores, right, leaf_values[~node->right]);
    index++;
  }
}

// The walk over one tree for one row, K numbers at a time.
#define WALK(SUFFIX, VECTOR, VECTORS, LANES)                                                                           \
  static void NAME(walk_##SUFFIX)(const nightjar_explained_tree *tree, const uint64_t *decisions, uint8_t *followed,    \
                                  VECTOR *levels, size_t vector_count, double *sums) {                                  \
    const size_t K = (VECTORS) * (LANES);                                                                              \
    (void)vector_count;                                                                                                \
    for (size_t v = 0; v < (VECTORS); v++) {                                                                           \
      levels[v] = (VECTOR){0} + 1;                                                                                     \
      levels[(VECTORS) + v] = (VECTOR){0};                                                                             \
    }                                                                                                                  \
    for (size_t index = 0; index < tree->edge_count; index++) {                                                        \
      const nightjar_edge *edge = tree->edges + index;                                                                 \
      const uint32_t was = edge->same < 0 ? 1 : followed[edge->same];                                                  \
      const uint32_t goes_left = decisions[edge->node >> 6] >> (edge->node & 63) & 1;                                  \
      const uint32_t is = was & (goes_left == edge->is_left);                                                          \
      followed[index] = (uint8_t)is;                                                                                   \
      const VECTOR *factors = (const VECTOR *)(tree->factors + edge->factors);                                         \
      const VECTOR *ratio = factors + (2 - is - was) * (VECTORS);                                                      \
      VECTOR *above = levels + 2 * edge->depth * (VECTORS);                                                            \
      VECTOR *below = above + 2 * (VECTORS);                                                                           \
      for (size_t v = 0; v < (VECTORS); v++) below[v] = above[v] * ratio[v];                                           \
      if (edge->end == NIGHTJAR_EDGE_TO_NODE) {                                                                        \
        for (size_t v = 0; v < (VECTORS); v++) below[(VECTORS) + v] = (VECTOR){0};                                     \
        continue;                                                                                                      \
      }                                                                                                                \
      if (edge->end == NIGHTJAR_EDGE_TO_LEAF) {                                                                        \
        for (size_t v = 0; v < (VECTORS); v++) below[(VECTORS) + v] = below[v] * edge->leaf_value;                     \
      } else {                                                                                                         \
        const nightjar_twig *twig = tree->twigs + edge->twig;                                                          \
        size_t pattern =                                                                                               \
            decisions[twig->first_node >> 6] >> (twig->first_node & 63) & ((1u << twig->node_count) - 1);              \
        for (uint32_t flag = 0; flag < twig->flag_count; flag++)                                                       \
          pattern |= (size_t)followed[tree->flags[twig->flag_start + flag]] << (twig->node_count + flag);              \
        const VECTOR *table = (const VECTOR *)(tree->tables + twig->table + pattern * (1 + twig->feature_count) * K);  \
        for (size_t v = 0; v < (VECTORS); v++) below[(VECTORS) + v] = below[v] * table[v];                             \
        for (uint32_t feature = 0; feature < twig->feature_count; feature++) {                                         \
          table += (VECTORS);                                                                                          \
          VECTOR *sum = (VECTOR *)(sums + (size_t)tree->features[twig->feature_start + feature] * 8);                  \
          for (size_t v = 0; v < (VECTORS); v++) *SUM_PLACE(sum, v) += below[v] * table[v];                            \
        }                                                                                                              \
      }                                                                                                                \
      /* Where an edge above of the same feature is not followed, its weight and this one's cancel. */                 \
      uint32_t closing = edge->closes;                                                                                 \
      size_t place = index;                                                                                            \
      while (1) {                                                                                                      \
        const nightjar_edge *done = tree->edges + place;                                                               \
        VECTOR *outer = levels + (2 * done->depth + 1) * (VECTORS);                                                    \
        const VECTOR *found = outer + 2 * (VECTORS);                                                                   \
        if (done->same < 0 || followed[done->same]) {                                                                  \
          const VECTOR *weights =                                                                                      \
              (const VECTOR *)(tree->factors + done->factors) + (4 - followed[place]) * (VECTORS);                     \
          VECTOR *sum = (VECTOR *)(sums + (size_t)done->feature * 8);                                                  \
          for (size_t v = 0; v < (VECTORS); v++) *SUM_PLACE(sum, v) += found[v] * weights[v];                          \
        }                                                                                                              \
        for (size_t v = 0; v < (VECTORS); v++) outer[v] += found[v];                                                   \
        if (closing == 0) break;                                                                                       \
        closing--;                                                                                                     \
        place = (size_t)done->parent;                                                                                  \
      }                                                                                                                \
    }                                                                                                                  \
  }

#define SUM_PLACE(sum, v) (sum)
WALK(4, vector4, 1, 4)
WALK(8, vector8, 1, 8)
#undef SUM_PLACE
#define SUM_PLACE(sum, v) ((sum) + ((v) & 1))
WALK(any, vector4, vector_count, 4)
#undef SUM_PLACE
#undef WALK

static void NAME(explain_tree)(const nightjar_explained_tree *tree, uint64_t *left, size_t node_count, size_t row_count,
                               size_t width, size_t depth, void *workspace, double *sums) {
  const size_t words = (node_count + 63) / 64;
  uint64_t *decisions = workspace;
  double *levels = (double *)(decisions + words * 64);
  uint8_t *followed = (uint8_t *)(levels + 2 * (depth + 2) * tree->point_count);
  for (size_t node = node_count; node < words * 64; node++) left[node] = 0;
  for (size_t word = 0; word < words; word++) {
    transpose(left + word * 64);
    for (size_t row = 0; row < row_count; row++) decisions[row * words + word] = left[word * 64 + row];
  }
  for (size_t row = 0; row < row_count; row++) {
    const uint64_t *own = decisions + row * words;
    double *into = sums + row * width * 8;
    if (tree->point_count == 4) NAME(walk_4)(tree, own, followed, (vector4 *)levels, 1, into);
    else if (tree->point_count == 8) NAME(walk_8)(tree, own, followed, (vector8 *)levels, 1, into);
    else NAME(walk_any)(tree, own, followed, (vector4 *)levels, tree->point_count / 4, into);
  }
}

static void NAME(explain_tabled)(const nightjar_tabled_tree *trees, size_t tree_count, const uint32_t *features,
                                 const nightjar_node *nodes, const uint32_t *categories, const double *block,
                                 double *sums) {
  for (size_t index = 0; index < tree_count; index++) {
    const nightjar_tabled_tree *tree = trees + index;
    uint64_t left[8] = {0};
    uint8_t patterns[BLOCK];
    NAME(decide)(nodes + tree->first_node, tree->node_count, categories, block, left);
    for (unsigned eight = 0; eight < 8; eight++) {
      const uint64_t rows = patterns_of_eight(left, 8 * eight);
      for (unsigned row = 0; row < 8; row++) patterns[8 * eight + row] = (uint8_t)(rows >> (8 * row));
    }
    for (size_t feature = 0; feature < tree->feature_count; feature++) {
      const double *table = tree->table + (feature << tree->node_count);
      double *own = sums + (size_t)features[tree->feature_start + feature] * BLOCK;
      for (size_t row = 0; row < BLOCK; row++) own[row] += table[patterns[row]];
    }
  }
}

#undef BLOCK
#undef AT_MOST
#undef NOT_GREATER
#undef ADD_LEAF
