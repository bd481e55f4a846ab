// SPDX-License-Identifier: Apache-2.0
// The activation of a gate: those that recurrent networks mostly use as loops of our own, any other through its vendor's calls.
#pragma once

#include <algorithm>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/lent_activation.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

// Rows [rows, U] of a block: `padded` elements in all, with rows `stride` apart.
struct BlockShape {
  std::int64_t rows, units, stride, padded;
};

class GateActivation {
 public:
  enum class Kind { linear, tanh, sigmoid, relu, other };

  explicit GateActivation(const sdk::Component& component) : lent_(component) {
    if (lent_.is_linear()) kind_ = Kind::linear;
    else if (lent_.name() == "teranga.tanh") kind_ = Kind::tanh;
    else if (lent_.name() == "teranga.sigmoid") kind_ = Kind::sigmoid;
    else if (lent_.name() == "teranga.relu" && plain(component)) kind_ = Kind::relu;
    else kind_ = Kind::other;
  }

  Kind kind() const { return kind_; }
  bool needs_x() const { return kind_ == Kind::other && (lent_.needs() & TRG_NEEDS_X); }

  // y = f(x); y may be x.
  template <class T>
  void value(const BlockShape& b, const T* x, T* y) const {
    switch (kind_) {
      case Kind::linear: if (y != x) std::copy_n(x, b.padded, y); return;
      case Kind::tanh: return sdk::each(b.padded, [=](std::int64_t i) { y[i] = sdk::math::tanh(x[i]); });
      case Kind::sigmoid: return sdk::each(b.padded, [=](std::int64_t i) { y[i] = sdk::math::sigmoid(x[i]); });
      case Kind::relu: return sdk::each(b.padded, [=](std::int64_t i) { y[i] = sdk::math::at_least(x[i], 0); });
      case Kind::other: break;
    }
    for (std::int64_t r = 0; r < b.rows; ++r) lent_.value(sdk::Block<T>{1, b.units, x + r * b.stride, y + r * b.stride});
  }

  // dx = dy f'(x), which uses dy up; x is read only where needs_x() says so; dx may be dy or y.
  template <class T>
  void gradient(const BlockShape& b, const T* x, const T* y, T* dy, T* dx) const {
    switch (kind_) {
      case Kind::linear: break;
      case Kind::tanh: return sdk::each(b.padded, [=](std::int64_t i) { dx[i] = dy[i] * (1 - y[i] * y[i]); });
      case Kind::sigmoid: return sdk::each(b.padded, [=](std::int64_t i) { dx[i] = dy[i] * (y[i] * (1 - y[i])); });
      case Kind::relu: return sdk::each(b.padded, [=](std::int64_t i) { dx[i] = y[i] > 0 ? dy[i] : T(0); });
      case Kind::other:
        for (std::int64_t r = 0; r < b.rows; ++r) {
          const std::int64_t at = r * b.stride;
          lent_.gradient(sdk::GradientBlock<T>{1, b.units, x ? x + at : nullptr, y + at, dy + at, dy + at});
        }
    }
    if (dx != dy) std::copy_n(dy, b.padded, dx);
  }

 private:
  // Whether all options are zero or left out: relu without slope, limit and threshold.
  static bool plain(const sdk::Component& component) {
    const sdk::Options options = component.options();
    return std::all_of(options.begin(), options.end(),
                       [](const trg_option& o) { return o.value.kind == TRG_NONE || ((o.value.kind == TRG_REAL || o.value.kind == TRG_INTEGER) && o.value.real == 0); });
  }

  sdk::LentActivation lent_;
  Kind kind_ = Kind::linear;
};

}  // namespace teranga::layers
