// SPDX-License-Identifier: Apache-2.0
// Points of many dimensions as points of a plane, for drawings. The same numbers give the same plane: nothing is drawn by chance.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace teranga::train {

struct PlanePoint {
  double x = 0, y = 0;
};

struct PrincipalPlane {
  std::vector<PlanePoint> points;       // around 0
  double share_x = 0, share_y = 0;      // of the variance
};

// Principal component analysis: the two directions in which the rows differ most. rows: [count, width]. Of each axis the coordinate of the largest size is positive.
PrincipalPlane principal_plane(std::span<const float> rows, std::int64_t count, std::int64_t width);

struct NeighbourOptions {
  double perplexity = 30;         // about so many neighbours count; at most a third of the points
  std::int64_t iterations = 400;  // a quarter of them with exaggerated attraction
};

// Exact t-SNE (van der Maaten and Hinton 2008), begun with the principal plane: who is near in the rows is near in the plane. Work grows with the square of count, which is 2,000
// at most (more are refused by an assertion).
std::vector<PlanePoint> neighbour_plane(std::span<const float> rows, std::int64_t count, std::int64_t width, const NeighbourOptions& options = {});

}  // namespace teranga::train
