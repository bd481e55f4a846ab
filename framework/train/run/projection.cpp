// SPDX-License-Identifier: Apache-2.0
#include "run/projection.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace teranga::train {
namespace {

// [count, width] around their mean.
std::vector<double> centred(std::span<const float> rows, std::int64_t count, std::int64_t width) {
  std::vector<double> out(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(count * width));
  for (std::int64_t d = 0; d < width; ++d) {
    double mean = 0;
    for (std::int64_t n = 0; n < count; ++n) mean += out[static_cast<std::size_t>(n * width + d)];
    mean /= static_cast<double>(count);
    for (std::int64_t n = 0; n < count; ++n) out[static_cast<std::size_t>(n * width + d)] -= mean;
  }
  return out;
}

double product(const double* a, const double* b, std::int64_t count) {
  double sum = 0;
  for (std::int64_t i = 0; i < count; ++i) sum += a[i] * b[i];
  return sum;
}

// X X^T of the rows of x [rows, columns].
std::vector<double> products_of_rows(const std::vector<double>& x, std::int64_t rows, std::int64_t columns) {
  std::vector<double> out(static_cast<std::size_t>(rows * rows));
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j <= i; ++j) out[static_cast<std::size_t>(i * rows + j)] = out[static_cast<std::size_t>(j * rows + i)] = product(&x[static_cast<std::size_t>(i * columns)], &x[static_cast<std::size_t>(j * columns)], columns);
  return out;
}

std::vector<double> transposed(const std::vector<double>& x, std::int64_t rows, std::int64_t columns) {
  std::vector<double> out(x.size());
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) out[static_cast<std::size_t>(j * rows + i)] = x[static_cast<std::size_t>(i * columns + j)];
  return out;
}

struct Eigen {
  double value = 0;
  std::vector<double> vector;  // of length 1
};

// The largest eigenvalue of a symmetric matrix without negative ones, by power iteration, orthogonal to `known`.
Eigen largest(const std::vector<double>& matrix, std::int64_t size, const Eigen* known) {
  constexpr int most_iterations = 1000;
  constexpr double still = 1e-13;
  Eigen out{0, std::vector<double>(static_cast<std::size_t>(size))};
  for (std::int64_t i = 0; i < size; ++i) out.vector[static_cast<std::size_t>(i)] = 1 + std::sin(static_cast<double>(i + 1));  // in no special direction
  const auto normalise = [&](std::vector<double>& v) {
    if (known) {
      const double along = product(v.data(), known->vector.data(), size);
      for (std::int64_t i = 0; i < size; ++i) v[static_cast<std::size_t>(i)] -= along * known->vector[static_cast<std::size_t>(i)];
    }
    const double length = std::sqrt(product(v.data(), v.data(), size));
    for (double& one : v) one = length > 0 ? one / length : 0;
    return length;
  };
  normalise(out.vector);
  std::vector<double> next(out.vector.size());
  for (int i = 0; i < most_iterations; ++i) {
    for (std::int64_t r = 0; r < size; ++r) next[static_cast<std::size_t>(r)] = product(&matrix[static_cast<std::size_t>(r * size)], out.vector.data(), size);
    out.value = normalise(next);
    double moved = 0;
    for (std::int64_t r = 0; r < size; ++r) moved = std::max(moved, std::abs(next[static_cast<std::size_t>(r)] - out.vector[static_cast<std::size_t>(r)]));
    out.vector.swap(next);
    if (moved < still || out.value == 0) break;
  }
  return out;
}

double trace(const std::vector<double>& matrix, std::int64_t size) {
  double sum = 0;
  for (std::int64_t i = 0; i < size; ++i) sum += matrix[static_cast<std::size_t>(i * size + i)];
  return sum;
}

void point_up(std::vector<double>& coordinates) {
  const auto far = std::ranges::max_element(coordinates, {}, [](double one) { return std::abs(one); });
  if (far != coordinates.end() && *far < 0)
    for (double& one : coordinates) one = -one;
}

std::vector<double> squared_distances(std::span<const float> rows, std::int64_t count, std::int64_t width) {
  std::vector<double> out(static_cast<std::size_t>(count * count));
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t j = 0; j < i; ++j) {
      double sum = 0;
      for (std::int64_t d = 0; d < width; ++d) {
        const double apart = static_cast<double>(rows[static_cast<std::size_t>(i * width + d)]) - static_cast<double>(rows[static_cast<std::size_t>(j * width + d)]);
        sum += apart * apart;
      }
      out[static_cast<std::size_t>(i * count + j)] = out[static_cast<std::size_t>(j * count + i)] = sum;
    }
  return out;
}

// Row i of the distances becomes p(j | i) of that perplexity, by bisection of the precision. Distances are taken from the nearest one, so that no row vanishes.
void to_probabilities(double* row, std::int64_t count, std::int64_t i, double perplexity) {
  double nearest = HUGE_VAL, mean = 0;
  for (std::int64_t j = 0; j < count; ++j)
    if (j != i) nearest = std::min(nearest, row[j]), mean += row[j] / static_cast<double>(count - 1);
  double precision = mean > nearest ? 1 / (mean - nearest) : 1, least = 0, most = HUGE_VAL;
  std::vector<double> p(static_cast<std::size_t>(count));
  double sum = 1;
  for (int attempt = 0; attempt < 60; ++attempt) {
    double weighted = 0;
    sum = 0;
    for (std::int64_t j = 0; j < count; ++j) {
      const double share = j == i ? 0 : std::exp(-(row[j] - nearest) * precision);
      p[static_cast<std::size_t>(j)] = share;
      sum += share;
      weighted += share * (row[j] - nearest);
    }
    const double entropy = std::log(sum) + precision * weighted / sum;
    if (std::abs(entropy - std::log(perplexity)) < 1e-5) break;
    if (entropy > std::log(perplexity)) least = precision, precision = std::isinf(most) ? 2 * precision : (precision + most) / 2;
    else most = precision, precision = (precision + least) / 2;
  }
  for (std::int64_t j = 0; j < count; ++j) row[j] = p[static_cast<std::size_t>(j)] / sum;
}

// The joint probabilities: of each pair the mean of both directions, which add up to 1.
std::vector<double> affinities(std::span<const float> rows, std::int64_t count, std::int64_t width, double perplexity) {
  std::vector<double> p = squared_distances(rows, count, width);
  for (std::int64_t i = 0; i < count; ++i) to_probabilities(&p[static_cast<std::size_t>(i * count)], count, i, perplexity);
  for (std::int64_t i = 0; i < count; ++i)
    for (std::int64_t j = 0; j < i; ++j) {
      double &a = p[static_cast<std::size_t>(i * count + j)], &b = p[static_cast<std::size_t>(j * count + i)];
      a = b = std::max((a + b) / (2 * static_cast<double>(count)), 1e-12);
    }
  return p;
}

// The gradient descent of t-SNE with momentum and a gain for each coordinate.
class Descent {
 public:
  Descent(const std::vector<double>& p, std::vector<PlanePoint> begin) : p_(p), at_(std::move(begin)), force_(at_.size()), speed_(at_.size()), gain_(at_.size(), {1, 1}), near_(p.size()) {}

  void step(double exaggeration, double momentum) {
    find_forces(exaggeration);
    const double rate = std::max(static_cast<double>(at_.size()) / 48, 50.0);
    PlanePoint middle;
    for (std::size_t i = 0; i < at_.size(); ++i) {
      move(at_[i].x, speed_[i].x, gain_[i].x, force_[i].x, momentum, rate);
      move(at_[i].y, speed_[i].y, gain_[i].y, force_[i].y, momentum, rate);
      middle.x += at_[i].x / static_cast<double>(at_.size()), middle.y += at_[i].y / static_cast<double>(at_.size());
    }
    for (PlanePoint& one : at_) one.x -= middle.x, one.y -= middle.y;
  }
  std::vector<PlanePoint> take() { return std::move(at_); }

 private:
  static void move(double& at, double& speed, double& gain, double force, double momentum, double rate) {
    gain = (force > 0) == (speed > 0) ? std::max(0.8 * gain, 0.01) : gain + 0.2;
    speed = momentum * speed - rate * gain * force;
    at += speed;
  }

  void find_forces(double exaggeration) {
    const std::size_t count = at_.size();
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const double dx = at_[i].x - at_[j].x, dy = at_[i].y - at_[j].y, near = 1 / (1 + dx * dx + dy * dy);
        near_[i * count + j] = near;
        sum += 2 * near;
      }
    std::ranges::fill(force_, PlanePoint{});
    for (std::size_t i = 0; i < count; ++i)
      for (std::size_t j = 0; j < i; ++j) {
        const double near = near_[i * count + j], pull = 4 * (exaggeration * p_[i * count + j] - near / sum) * near;
        const double fx = pull * (at_[i].x - at_[j].x), fy = pull * (at_[i].y - at_[j].y);
        force_[i].x += fx, force_[i].y += fy, force_[j].x -= fx, force_[j].y -= fy;
      }
  }

  const std::vector<double>& p_;
  std::vector<PlanePoint> at_, force_, speed_, gain_;
  std::vector<double> near_;
};

}  // namespace

PrincipalPlane principal_plane(std::span<const float> rows, std::int64_t count, std::int64_t width) {
  PrincipalPlane out;
  out.points.resize(static_cast<std::size_t>(count));
  if (count < 2 || width < 1) return out;
  const std::vector<double> x = centred(rows, count, width);
  const bool by_rows = count <= width;  // the smaller of two matrices that have the same eigenvalues
  const std::int64_t size = by_rows ? count : width;
  const std::vector<double> matrix = by_rows ? products_of_rows(x, count, width) : products_of_rows(transposed(x, count, width), width, count);
  const double all = trace(matrix, size);
  if (!(all > 0)) return out;
  const Eigen first = largest(matrix, size, nullptr), second = size > 1 ? largest(matrix, size, &first) : Eigen{0, std::vector<double>(static_cast<std::size_t>(size))};
  std::array<std::vector<double>, 2> axes;
  for (std::size_t a = 0; a < 2; ++a) {
    const Eigen& eigen = a == 0 ? first : second;
    for (std::int64_t n = 0; n < count; ++n)
      axes[a].push_back(by_rows ? std::sqrt(std::max(eigen.value, 0.0)) * eigen.vector[static_cast<std::size_t>(n)] : product(&x[static_cast<std::size_t>(n * width)], eigen.vector.data(), width));
    point_up(axes[a]);
  }
  for (std::size_t n = 0; n < out.points.size(); ++n) out.points[n] = {axes[0][n], axes[1][n]};
  out.share_x = first.value / all, out.share_y = second.value / all;
  return out;
}

std::vector<PlanePoint> neighbour_plane(std::span<const float> rows, std::int64_t count, std::int64_t width, const NeighbourOptions& options) {
  assert(count <= 2000);
  std::vector<PlanePoint> begin = principal_plane(rows, count, width).points;
  if (count < 4) return begin;
  double spread = 0;
  for (const PlanePoint& one : begin) spread += one.x * one.x / static_cast<double>(count);
  for (PlanePoint& one : begin) one = spread > 0 ? PlanePoint{1e-4 * one.x / std::sqrt(spread), 1e-4 * one.y / std::sqrt(spread)} : PlanePoint{};
  const std::vector<double> p = affinities(rows, count, width, std::max(2.0, std::min(options.perplexity, static_cast<double>(count - 1) / 3)));
  Descent descent(p, std::move(begin));
  const std::int64_t early = options.iterations / 4;
  for (std::int64_t i = 0; i < options.iterations; ++i) descent.step(i < early ? 12 : 1, i < early ? 0.5 : 0.8);
  return descent.take();
}

}  // namespace teranga::train
