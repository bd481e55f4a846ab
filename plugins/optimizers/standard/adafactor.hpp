// SPDX-License-Identifier: Apache-2.0
// Adafactor: the mean squares of a matrix' gradient are kept by row and by column, which takes next to no memory. Parameters of more than two axes are matrices over
// their last two; those of fewer keep a mean square for each weight.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <teranga/sdk/tensor_loops.hpp>
#include <teranga/sdk/training.hpp>

#include "segment.hpp"

namespace teranga::optimizers {

// Keras has an option relative_step, which changes nothing: the rate is 1 / sqrt(t) at most either way.
class Adafactor {
 public:
  static sdk::Info info() {
    return {.name = "teranga.adafactor", .summary = "Steps divided by root mean squares, kept for rows and columns alone, which takes little memory",
            .formula = "b = 1 - t^beta_2_decay; r = b r + (1 - b) mean over a row of (g^2 + epsilon_1), c likewise of a column; v = r c / mean(r), or v = b v + (1 - b)(g^2 + epsilon_1) where a parameter "
                       "has one axis; u = g / sqrt(v); w -= max(epsilon_2, rms(w)) min(rate, 1 / sqrt(t)) u / max(1, rms(u) / clip_threshold)",
            .source = "keras.optimizers.Adafactor; arXiv 1804.04235",
            .options = {learning_rate(0.001), sdk::real("beta_2_decay", -0.8).below(0).says("power of the step by which the mean squares become longer ones"),
                        sdk::real("epsilon_1", 1e-30).above(0).says("is added to the squares of a gradient"), sdk::real("epsilon_2", 0.001).at_least(0).says("the root mean square of weights counts as this at least"),
                        sdk::real("clip_threshold", 1.0).above(0).says("a step is scaled down to this root mean square, times the rate, where it is larger")}};
  }

  explicit Adafactor(const sdk::Options& options)
      : decay_(options.real("beta_2_decay")), of_squares_(options.real("epsilon_1")), of_weights_(options.real("epsilon_2")), threshold_(options.real("clip_threshold")) {}

  std::vector<const char*> slots() const { return {"row_means", "column_means", "velocity"}; }

  std::optional<sdk::Shape> slot_shape(int slot, std::string_view, const sdk::Shape& shape) const {
    std::vector<std::int64_t> own = shape.extents();
    const bool matrix = own.size() >= 2;
    if (matrix != (slot < 2)) return std::nullopt;
    if (slot == 0) own.pop_back();
    if (slot == 1) own.erase(own.end() - 2);
    return sdk::Shape(own);
  }

  template <class T>
  void update_tensor(const sdk::TensorUpdate<T>& u) const {
    const double t = static_cast<double>(u.step), kept = 1 - std::pow(t, decay_), count = static_cast<double>(u.count);
    const double size = std::max(of_weights_, std::sqrt(sdk::sum_of_squares(u.weights, u.count) / count)) * std::min(u.rate, 1 / std::sqrt(t));
    if (u.shape.rank() >= 2) step_by_factors(u, kept, size);
    else step_by_squares(u, kept, size);
  }

 private:
  // What a step of this sum of squares is multiplied by.
  double scale(double size, double squares, std::int64_t count) const { return size / std::max(1.0, std::sqrt(squares / static_cast<double>(count)) / threshold_); }

  template <class T>
  void step_by_squares(const sdk::TensorUpdate<T>& u, double kept, double size) const {
    const T keep = static_cast<T>(kept), take = static_cast<T>(1 - kept), least = static_cast<T>(of_squares_);
    T* const velocity = u.slot(2);
    const double squares = sdk::sum_of_pieces(u.count, sdk::tensor_piece, [&](std::int64_t begin, std::int64_t end) {
      detail::loop(end - begin, velocity + begin, u.gradient + begin, [=](T& v, T g) { v = keep * v + take * (g * g + least); });
      return sdk::sum_in_lanes(begin, end, [&](std::int64_t i) {
        const double step = static_cast<double>(u.gradient[i] / std::sqrt(velocity[i]));
        return step * step;
      });
    });
    const T factor = static_cast<T>(scale(size, squares, u.count));
    sdk::each_piece(u.count, sdk::tensor_piece, [&](std::int64_t begin, std::int64_t end) {
      detail::loop(end - begin, u.weights + begin, u.gradient + begin, velocity + begin, [=](T& w, T g, T& v) { w -= factor * (g / std::sqrt(v)); });
    });
  }

  // The matrices of a parameter, and the work on one of their rows or columns.
  struct Matrices {
    std::int64_t number, rows, columns, rows_at_once;
    explicit Matrices(const sdk::Shape& shape) : number(1), rows(shape[-2]), columns(shape[-1]), rows_at_once(std::max<std::int64_t>(1, sdk::tensor_piece / columns)) {
      for (std::int64_t axis = 0; axis < shape.rank() - 2; ++axis) number *= shape[axis];
    }
  };

  // v itself may be smaller than a float can be where neither the row nor the column has had a gradient: its two factors go into a step one by one.
  template <class T>
  void step_by_factors(const sdk::TensorUpdate<T>& u, double kept, double size) const {
    const Matrices all(u.shape);
    means_of_rows(u, all, kept);
    means_of_columns(u, all, kept);
    std::vector<T> of_row(static_cast<std::size_t>(all.number * all.rows)), of_column(static_cast<std::size_t>(all.number * all.columns));
    roots(u, all, of_row, of_column);
    const auto each_row = [&](std::int64_t row, auto&& f) {
      const std::int64_t at = row * all.columns;
      f(at, of_row[static_cast<std::size_t>(row)], of_column.data() + row / all.rows * all.columns);
    };
    const double squares = sdk::sum_of_pieces(all.number * all.rows, all.rows_at_once, [&](std::int64_t begin, std::int64_t end) {
      double sum = 0;
      for (std::int64_t row = begin; row < end; ++row)
        each_row(row, [&](std::int64_t at, T by_row, const T* by_column) {
          const T* const g = u.gradient + at;
          sum += sdk::sum_in_lanes(0, all.columns, [=](std::int64_t j) {
            const double step = static_cast<double>(g[j] * by_row * by_column[j]);
            return step * step;
          });
        });
      return sum;
    });
    const T factor = static_cast<T>(scale(size, squares, u.count));
    sdk::each_piece(all.number * all.rows, all.rows_at_once, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row)
        each_row(row, [&](std::int64_t at, T by_row, T* by_column) {
          detail::loop(all.columns, u.weights + at, u.gradient + at, by_column, [=](T& w, T g, T& c) { w -= factor * (g * by_row * c); });
        });
    });
  }

  template <class T>
  void means_of_rows(const sdk::TensorUpdate<T>& u, const Matrices& all, double kept) const {
    T* const means = u.slot(0);
    sdk::each_piece(all.number * all.rows, all.rows_at_once, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin; row < end; ++row) {
        const T* const g = u.gradient + row * all.columns;
        const double sum = sdk::sum_in_lanes(0, all.columns, [g](std::int64_t j) { return static_cast<double>(g[j]) * static_cast<double>(g[j]); });
        means[row] = static_cast<T>(kept * static_cast<double>(means[row]) + (1 - kept) * (sum / static_cast<double>(all.columns) + of_squares_));
      }
    });
  }

  // A few columns of a matrix at a time, row after row.
  template <class T>
  void means_of_columns(const sdk::TensorUpdate<T>& u, const Matrices& all, double kept) const {
    constexpr std::int64_t block = 64;
    const std::int64_t blocks = (all.columns + block - 1) / block;
    T* const means = u.slot(1);
    sdk::each_piece(all.number * blocks, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t piece = begin; piece < end; ++piece) {
        const std::int64_t matrix = piece / blocks, first = piece % blocks * block, n = std::min(block, all.columns - first);
        double sums[block] = {};
        for (std::int64_t row = 0; row < all.rows; ++row) {
          const T* const g = u.gradient + (matrix * all.rows + row) * all.columns + first;
          for (std::int64_t j = 0; j < n; ++j) sums[j] += static_cast<double>(g[j]) * static_cast<double>(g[j]);
        }
        T* const to = means + matrix * all.columns + first;
        for (std::int64_t j = 0; j < n; ++j) to[j] = static_cast<T>(kept * static_cast<double>(to[j]) + (1 - kept) * (sums[j] / static_cast<double>(all.rows) + of_squares_));
      }
    });
  }

  // 1 / sqrt(r / mean(r)) and 1 / sqrt(c).
  template <class T>
  static void roots(const sdk::TensorUpdate<T>& u, const Matrices& all, std::vector<T>& of_row, std::vector<T>& of_column) {
    const T *const r = u.slot(0), *const c = u.slot(1);
    for (std::int64_t matrix = 0; matrix < all.number; ++matrix) {
      const T* const rows = r + matrix * all.rows;
      const double mean = sdk::sum_in_lanes(0, all.rows, [rows](std::int64_t i) { return static_cast<double>(rows[i]); }) / static_cast<double>(all.rows);
      for (std::int64_t i = 0; i < all.rows; ++i) of_row[static_cast<std::size_t>(matrix * all.rows + i)] = static_cast<T>(std::sqrt(mean / static_cast<double>(rows[i])));
    }
    for (std::size_t j = 0; j < of_column.size(); ++j) of_column[j] = static_cast<T>(1 / std::sqrt(static_cast<double>(c[j])));
  }

  double decay_, of_squares_, of_weights_, threshold_;
};

}  // namespace teranga::optimizers
