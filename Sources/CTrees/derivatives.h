// The loops over rows between two trees, included once for each instruction set, as those of kernels.h are. They have no
// branch that depends on a value, so that the compiler makes vectors of them.

// 1.5 · 2⁵²: added to a number below 2⁵¹ it leaves the nearest integer, ties to even, in the lowest bits.
#define SHIFT 0x1.8p52
#define SHIFT_BITS 0x4338000000000000ll

// eˣ as the ground's `exponential` computes it, step by step.
static inline double NAME(exponential)(double x) {
  const double shifted = x * 1.442695040888963407 + SHIFT;
  const double k = shifted - SHIFT;
  const double r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
  const double r2 = r * r, r4 = r2 * r2;
  const double low = (1 + r) + r2 * (0.5 + r * (1.0 / 6));
  const double middle = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040));
  const double high = (1.0 / 40320 + r * (1.0 / 362880)) + r2 * (1.0 / 3628800 + r * (1.0 / 39916800));
  const double top = 1.0 / 479001600 + r * (1.0 / 6227020800.0);
  const double series = low + r4 * (middle + r4 * (high + r4 * top));
  const double result = series * from_bits((to_bits(shifted) << 52) + (1023ull << 52));
  return x < -708 ? 0 : x > 709 ? INFINITY : x != x ? x : result;
}

static void NAME(logistic_derivatives)(const double *restrict scores, const double *restrict labels, size_t count,
                                       double *restrict gradients, double *restrict hessians) {
  for (size_t row = 0; row < count; row++) {
    const double probability = 1 / (1 + NAME(exponential)(-scores[row]));
    gradients[row] = probability - labels[row];
    hessians[row] = probability * (1 - probability);
  }
}

static void NAME(sum_derivatives)(const double *gradients, const double *hessians, size_t count, double *sums) {
  vector8 size = {0}, hessian = {0}, square = {0};
  size_t row = 0;
  for (; row + 8 <= count; row += 8) {
    const vector8 g = *(const vector8 *)(gradients + row), h = *(const vector8 *)(hessians + row);
    size += (vector8)((integers8)g & INT64_MAX);
    hessian += h;
    square += g * g;
  }
  for (int lane = 0; row < count; row++, lane++) {
    size[lane] += gradients[row] < 0 ? -gradients[row] : gradients[row];
    hessian[lane] += hessians[row];
    square[lane] += gradients[row] * gradients[row];
  }
  for (int lane = 0; lane < 8; lane++) {
    sums[0] += size[lane];
    sums[1] += hessian[lane];
    sums[2] += square[lane];
  }
}

static void NAME(round_derivatives)(const double *restrict gradients, const double *restrict hessians, size_t count,
                                    double gradient_scale, double hessian_scale, const uint64_t *noise_key,
                                    uint64_t first_row, int64_t *restrict words) {
  const uint64_t key = noise_key == NULL ? 0 : *noise_key;
  if (noise_key == NULL) {
    for (size_t row = 0; row < count; row++)
      words[row] = (int64_t)to_bits(gradients[row] * gradient_scale + SHIFT) - SHIFT_BITS;
  } else {
    for (size_t row = 0; row < count; row++) {
      uint64_t bits = key + (first_row + row) * 0x9E3779B97F4A7C15ull;
      bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9ull;
      bits = (bits ^ bits >> 27) * 0x94D049BB133111EBull;
      const double uniform = (double)(int64_t)((bits ^ bits >> 31) >> 11) * 0x1p-53;
      words[row] = (int64_t)to_bits(__builtin_floor(gradients[row] * gradient_scale + uniform) + SHIFT) - SHIFT_BITS;
    }
  }
  for (size_t row = 0; row < count; row++) {
    const int64_t hessian = (int64_t)to_bits(hessians[row] * hessian_scale + SHIFT) - SHIFT_BITS;
    words[row] = (int64_t)((uint64_t)words[row] << 32) + (hessian < 1 ? 1 : hessian);
  }
}

#undef SHIFT
#undef SHIFT_BITS
