// Kernels of logistic regression on vectors that the processor may have and Swift's baseline does not: AVX2 and AVX-512.
//
// Every sum has eight lanes, row r in lane r mod 8, and no step is fused: all widths, and the Swift loops of
// LogisticKernel, give the same bits.
#ifndef NIGHTJAR_CLOGISTIC_H
#define NIGHTJAR_CLOGISTIC_H

#include <stddef.h>
#include <stdint.h>

// The widest vectors that the processor has: 0 none of these, 1 AVX2, 2 AVX-512. The functions below want 1 or 2.
int32_t nightjar_logistic_width(void);

// column = (x − mean)·scale, 0 where x is not finite; scores += coefficient·column. `count` is a multiple of 8.
void nightjar_logistic_predict(int32_t width, const double *x, double mean, double scale, double coefficient,
                               double *column, double *scores, size_t count);

// Of each row: its loss w(ln(1 + eᶻ) − yz), added to `loss` lane by lane; residual w(p − y); curvature wp(1 − p).
void nightjar_logistic_losses(int32_t width, const double *scores, const double *labels, const double *weights,
                              size_t count, double *loss, double *residuals, double *curvatures);

// aᵀb. `count` is a multiple of 32.
double nightjar_logistic_dot(int32_t width, const double *a, const double *b, size_t count);

// result[i·stride + j] += column i · column j for j ≤ i, and for some j > i within tiles on the diagonal; column i begins at
// columns + i·count. `count` is a multiple of 8, `column_count` of 4.
void nightjar_logistic_cross(int32_t width, const double *columns, size_t column_count, size_t count, double *result,
                             size_t stride);

// y += a·x.
void nightjar_logistic_add(int32_t width, double a, const double *x, double *y, size_t count);

#endif
