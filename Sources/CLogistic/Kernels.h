// The kernels, included once for each width: KERNEL names a function, TARGET says for which processors it is, TILE how many
// columns a tile of the cross product has a side.

TARGET static void KERNEL(predict)(const double *x, double mean, double scale, double coefficient, double *column,
                                   double *scores, size_t count) {
  for (size_t row = 0; row < count; row += 8) {
    // Columns lie far apart, and each piece is short: the next one is fetched before it is asked for.
    __builtin_prefetch(x + row + count, 0, 2);
    const lanes value = *(const lanes *)(x + row);
    // A finite number minus itself is 0, any other is not.
    const masks finite = (value - value) == 0.0;
    const lanes term = (lanes)((masks)((value - mean) * scale) & finite);
    *(lanes *)(column + row) = term;
    *(lanes *)(scores + row) += coefficient * term;
  }
}

TARGET static void KERNEL(losses)(const double *scores, const double *labels, const double *weights, size_t count,
                                  double *loss, double *residuals, double *curvatures) {
  lanes sum = *(const lanes *)loss;
  for (size_t row = 0; row < count; row += 8) {
    const lanes z = *(const lanes *)(scores + row);
    const lanes y = *(const lanes *)(labels + row);
    const lanes w = *(const lanes *)(weights + row);
    const masks positive = z > 0.0;
    // e = e^−|z|, as ElementaryFunctions has it.
    const lanes x = (lanes)((masks)(-z) & positive) + (lanes)((masks)z & ~positive);
    const lanes shifted = x * 1.442695040888963407 + 0x1.8p52;
    const lanes k = shifted - 0x1.8p52;
    const lanes r = (x - k * 6.93147180369123816490e-01) - k * 1.90821492927058770002e-10;
    const lanes r2 = r * r;
    const lanes r4 = r2 * r2;
    const lanes low = (1 + r) + r2 * (0.5 + r * (1.0 / 6));
    const lanes middle = (1.0 / 24 + r * (1.0 / 120)) + r2 * (1.0 / 720 + r * (1.0 / 5040));
    const lanes high = (1.0 / 40320 + r * (1.0 / 362880)) + r2 * (1.0 / 3628800 + r * (1.0 / 39916800));
    const lanes top = 1.0 / 479001600 + r * (1.0 / 6227020800.0);
    const lanes series = low + r4 * (middle + r4 * (high + r4 * top));
    const lanes power = (lanes)(((masks)shifted + 1023) << 52);
    const lanes e = (lanes)((masks)(series * power) & (x >= -708.0));
    // ln(1 + e), 1 + e in 1…2.
    const lanes whole = 1.0 + e;
    const masks large = whole > 1.4142135623730951;
    const lanes mantissa = (lanes)(((masks)(whole * 0.5) & large) | ((masks)whole & ~large));
    const lanes one = {1, 1, 1, 1, 1, 1, 1, 1};
    const lanes exponent = (lanes)((masks)one & large);
    const lanes s = (mantissa - 1) / (mantissa + 1);
    const lanes q = s * s;
    const lanes a = 1.0 / 15 + q * (1.0 / 17 + q * (1.0 / 19 + q * (1.0 / 21)));
    const lanes b = 1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7 + q * (1.0 / 9 + q * (1.0 / 11 + q * (1.0 / 13 + q * a)))));
    const lanes tail = 2 * s * q * b + exponent * 1.90821492927058770002e-10;
    const lanes logarithm = exponent * 6.93147180369123816490e-01 + (2 * s + tail);
    const lanes u = 1.0 / whole;
    const lanes v = e * u;
    const lanes p = (lanes)(((masks)u & positive) | ((masks)v & ~positive));
    sum += w * ((((lanes)((masks)z & positive)) + logarithm) - y * z);
    *(lanes *)(residuals + row) = w * (p - y);
    *(lanes *)(curvatures + row) = w * (u * v);
  }
  *(lanes *)loss = sum;
}

TARGET static double KERNEL(dot)(const double *a, const double *b, size_t count) {
  lanes s0 = {0}, s1 = {0}, s2 = {0}, s3 = {0};
  for (size_t row = 0; row < count; row += 32) {
    s0 += *(const lanes *)(a + row) * *(const lanes *)(b + row);
    s1 += *(const lanes *)(a + row + 8) * *(const lanes *)(b + row + 8);
    s2 += *(const lanes *)(a + row + 16) * *(const lanes *)(b + row + 16);
    s3 += *(const lanes *)(a + row + 24) * *(const lanes *)(b + row + 24);
  }
  return sum_of((s0 + s1) + (s2 + s3));
}

// A tile. Each product has a sum of its own, so that the size of tiles changes no bit.
TARGET static void KERNEL(tile)(const double *a, const double *b, size_t count, double *result, size_t stride) {
  lanes sums[TILE][TILE] = {{{0}}};
  for (size_t row = 0; row < count; row += 8) {
    lanes right[TILE];
    for (int j = 0; j < TILE; j++) right[j] = *(const lanes *)(b + (size_t)j * count + row);
#pragma clang loop unroll(full)
    for (int i = 0; i < TILE; i++) {
      const lanes left = *(const lanes *)(a + (size_t)i * count + row);
#pragma clang loop unroll(full)
      for (int j = 0; j < TILE; j++) sums[i][j] += left * right[j];
    }
  }
  for (int i = 0; i < TILE; i++)
    for (int j = 0; j < TILE; j++) result[(size_t)i * stride + (size_t)j] += sum_of(sums[i][j]);
}

TARGET static void KERNEL(cross)(const double *columns, size_t column_count, size_t count, double *result,
                                 size_t stride) {
  for (size_t i = 0; i < column_count; i += TILE)
    for (size_t j = 0; j <= i; j += TILE)
      KERNEL(tile)(columns + i * count, columns + j * count, count, result + i * stride + j, stride);
}

TARGET static void KERNEL(add)(double a, const double *x, double *y, size_t count) {
  size_t index = 0;
  for (; index + 8 <= count; index += 8) *(lanes *)(y + index) += a * *(const lanes *)(x + index);
  for (; index < count; index++) y[index] += a * x[index];
}
