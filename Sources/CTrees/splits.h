// The search through the bins of a feature, included once for each instruction set, as the loops of kernels.h are.

static size_t NAME(best_bin)(const nightjar_split_search *search, const int64_t *histogram, size_t count, int64_t left,
                             double *best_score, int64_t *best_left) {
  int64_t lefts[256];
  double scores[256];
  for (size_t bin = 0; bin < count; bin++) lefts[bin] = left += histogram[bin];
  const int64_t total = search->total, least = search->least_hessian;
  const int64_t most = (int64_t)(uint32_t)total - least;
  const double gradient_unit = search->gradient_unit, hessian_unit = search->hessian_unit, l2 = search->l2;
  for (size_t bin = 0; bin < count; bin++) {
    const int64_t right = total - lefts[bin];
    const int64_t left_integer = lefts[bin] & 0xFFFFFFFFll, right_integer = right & 0xFFFFFFFFll;
    const double left_gradient = (double)(lefts[bin] >> 32) * gradient_unit;
    const double right_gradient = (double)(right >> 32) * gradient_unit;
    const double left_hessian = (double)left_integer * hessian_unit + l2;
    const double right_hessian = (double)right_integer * hessian_unit + l2;
    const double score = (left_gradient * left_gradient * right_hessian + right_gradient * right_gradient * left_hessian) /
                         (left_hessian * right_hessian);
    scores[bin] = left_integer >= least && left_integer <= most && histogram[bin] != 0 ? score : -INFINITY;
  }
  double highest = *best_score;
  for (size_t bin = 0; bin < count; bin++) highest = scores[bin] > highest ? scores[bin] : highest;
  if (!(highest > *best_score)) return count;
  size_t found = 0;
  while (scores[found] != highest) found++;
  *best_score = highest;
  *best_left = lefts[found];
  return found;
}
