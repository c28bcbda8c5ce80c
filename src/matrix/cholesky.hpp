// Linear systems with a symmetric positive definite matrix, by the Cholesky factor a = L L^T (Golub & Van
// Loan, Matrix Computations, 4th ed., section 4.2), in blocks so that nearly all of the work is done by the
// products of kernels.hpp.
#pragma once
#include "matrix/matrix.hpp"

namespace rhm {

/// Replaces the lower triangle of a [N, N] by L; the upper one is neither read nor written. False when a is
/// not positive definite (or not finite); its contents are then of no use.
bool cholesky(View a);
/// x [N, M] = (L L^T)^{-1} x
void cholesky_solve(ConstView l, View x);

/// The lower triangle of c [N, N] = x^T x, for x [R, N]; above it some numbers are written too.
void gram(ConstView x, View c);

}  // namespace rhm
