#include "CLogistic.h"

// Fused steps would give other bits than the Swift loops.
#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)

typedef double lanes __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t masks __attribute__((vector_size(64), aligned(8), may_alias));

#define sum_of(v) ((((v)[0] + (v)[4]) + ((v)[2] + (v)[6])) + (((v)[1] + (v)[5]) + ((v)[3] + (v)[7])))

#define TARGET __attribute__((target("avx2")))
#define KERNEL(name) name##_avx2
#define TILE 2
#include "Kernels.h"
#undef TARGET
#undef KERNEL
#undef TILE

#define TARGET __attribute__((target("avx512f,avx512dq")))
#define KERNEL(name) name##_avx512
#define TILE 4
#include "Kernels.h"

int32_t nightjar_logistic_width(void) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) return 2;
  return __builtin_cpu_supports("avx2") ? 1 : 0;
}

#define CHOOSE(name, ...) width == 2 ? name##_avx512(__VA_ARGS__) : name##_avx2(__VA_ARGS__)

void nightjar_logistic_predict(int32_t width, const double *x, double mean, double scale, double coefficient,
                               double *column, double *scores, size_t count) {
  CHOOSE(predict, x, mean, scale, coefficient, column, scores, count);
}

void nightjar_logistic_losses(int32_t width, const double *scores, const double *labels, const double *weights,
                              size_t count, double *loss, double *residuals, double *curvatures) {
  CHOOSE(losses, scores, labels, weights, count, loss, residuals, curvatures);
}

double nightjar_logistic_dot(int32_t width, const double *a, const double *b, size_t count) {
  return CHOOSE(dot, a, b, count);
}

void nightjar_logistic_cross(int32_t width, const double *columns, size_t column_count, size_t count, double *result,
                             size_t stride) {
  CHOOSE(cross, columns, column_count, count, result, stride);
}

void nightjar_logistic_add(int32_t width, double a, const double *x, double *y, size_t count) {
  CHOOSE(add, a, x, y, count);
}

#else

int32_t nightjar_logistic_width(void) { return 0; }
void nightjar_logistic_predict(int32_t width, const double *x, double mean, double scale, double coefficient,
                               double *column, double *scores, size_t count) {}
void nightjar_logistic_losses(int32_t width, const double *scores, const double *labels, const double *weights,
                              size_t count, double *loss, double *residuals, double *curvatures) {}
double nightjar_logistic_dot(int32_t width, const double *a, const double *b, size_t count) { return 0; }
void nightjar_logistic_cross(int32_t width, const double *columns, size_t column_count, size_t count, double *result,
                             size_t stride) {}
void nightjar_logistic_add(int32_t width, double a, const double *x, double *y, size_t count) {}

#endif
