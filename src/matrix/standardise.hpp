// Batch normalisation without gain and shift (Ioffe & Szegedy 2015, arXiv 1502.03167), forth and back:
//
//   standard = (z - mean) / sqrt(variance + 1e-5)   mean and variance of each column of z [n, k]
//
// `moments` [3, k] are mean, variance (divided by n) and 1 / sqrt(variance + 1e-5).
#pragma once
#include "matrix/matrix.hpp"

namespace rhm {

void find_moments(ConstView z, View moments);
/// The third row of moments from the second.
void invert_deviation(View moments);
/// z and standard may be the same.
void standardise(ConstView z, ConstView moments, View standard);
/// dz from the gradient `d` of `standard`, through mean and variance too; `work` [2, k]. d and dz may be the
/// same.
void standardise_back(ConstView standard, ConstView moments, ConstView d, View work, View dz);

}  // namespace rhm
