// SPDX-License-Identifier: Apache-2.0
#include "extremum_pooling.hpp"

#include <type_traits>

namespace teranga::pooling {

namespace {

template <Extremum kind, class T>
T better(T a, T b) {
  if constexpr (kind == Extremum::largest) return a < b ? b : a;
  else return b < a ? b : a;
}

// Whole windows of 2 x 2 side by side, by far the most usual: one loop over the channels for all four cells.
bool is_two_by_two(const Image& image) {
  const auto fits = [](const sdk::Window& w) { return w.size == 2 && w.stride == 2 && w.before == 0 && w.after == 0; };
  return fits(image.height) && fits(image.width);
}

// Values of L channels, and which of the four cells of its window each comes from.
template <class T, int L>
struct Lanes {
  using Integer = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
  typedef T Values __attribute__((vector_size(L * sizeof(T)), aligned(sizeof(T)), may_alias));
  typedef Integer Places __attribute__((vector_size(L * sizeof(T))));
  typedef std::uint8_t Stored __attribute__((vector_size(L), aligned(1), may_alias));

  static Values load(const T* from) { return *reinterpret_cast<const Values*>(from); }
  static void store(T* to, Values values) { *reinterpret_cast<Values*>(to) = values; }
  static Places load(const std::uint8_t* from) { return __builtin_convertvector(*reinterpret_cast<const Stored*>(from), Places); }
  static void store(std::uint8_t* to, Places places) { *reinterpret_cast<Stored*>(to) = __builtin_convertvector(places, Stored); }
};

#if defined(__AVX512F__)
constexpr int widest = 16;
#elif defined(__AVX__)
constexpr int widest = 8;
#else
constexpr int widest = 4;
#endif

// The four cells of a window and its value.
struct Window {
  std::int64_t a, b, c, d;  // from the first element of x on
  std::int64_t y;
};

// Calls body(Lanes<T, L>(), window) for all windows and channels, L channels at a time; the last of a pixel may overlap the ones before.
template <class T, int L, class Body>
void for_each_window(const Image& image, std::int64_t samples, Body&& body) {
  const std::int64_t channels = image.channels, line = image.width.in * channels;
  if constexpr (L > 1)
    if (channels < L) return for_each_window<T, L / 2>(image, samples, body);
  std::int64_t y = 0;
  for (std::int64_t n = 0; n < samples; ++n)
    for (std::int64_t oh = 0; oh < image.height.out; ++oh)
      for (std::int64_t ow = 0; ow < image.width.out; ++ow, y += channels) {
        const std::int64_t x = n * image.in_sample() + 2 * oh * line + 2 * ow * channels;
        const auto at = [&](std::int64_t i) { body(Lanes<T, L>(), Window{x + i, x + channels + i, x + line + i, x + line + channels + i, y + i}); };
        std::int64_t i = 0;
        for (; i + L <= channels; i += L) at(i);
        if (i < channels) at(channels - L);
      }
}
template <class T, class Body>
void for_each_window(const Image& image, std::int64_t samples, Body&& body) {
  for_each_window<T, std::is_same_v<T, float> ? widest : 1>(image, samples, body);
}

// winners: the cell of each window, 0 to 3, the first of equal ones; null where nobody asks.
template <Extremum kind, class T>
void forward_two_by_two(const Image& image, std::int64_t samples, const T* x, T* y, std::uint8_t* winners) {
  for_each_window<T>(image, samples, [=](auto lanes, const Window& w) {
    using L = decltype(lanes);
    typename L::Values best = L::load(x + w.a);
    typename L::Places winner{};
    const auto challenge = [&](std::int64_t cell, typename L::Integer place) {
      const typename L::Values value = L::load(x + cell);
      const auto wins = kind == Extremum::largest ? best < value : value < best;
      best = wins ? value : best;
      winner = wins ? typename L::Places{} + place : winner;
    };
    challenge(w.b, 1);
    challenge(w.c, 2);
    challenge(w.d, 3);
    L::store(y + w.y, best);
    if (winners) L::store(winners + w.y, winner);
  });
}

template <class T>
void backward_two_by_two(const Image& image, std::int64_t samples, const std::uint8_t* winners, const T* dy, T* dx) {
  for_each_window<T>(image, samples, [=](auto lanes, const Window& w) {
    using L = decltype(lanes);
    const typename L::Places winner = L::load(winners + w.y);
    const typename L::Values given = L::load(dy + w.y), nothing{};
    L::store(dx + w.a, winner == 0 ? given : nothing);
    L::store(dx + w.b, winner == 1 ? given : nothing);
    L::store(dx + w.c, winner == 2 ? given : nothing);
    L::store(dx + w.d, winner == 3 ? given : nothing);
  });
}

template <Extremum kind, class T>
void forward_any(const Image& image, std::int64_t samples, const T* x, T* y) {
  const std::int64_t channels = image.channels;
  for_each_cell(image, samples, [=](const Cell& cell) {
    const T* __restrict from = x + cell.x;
    T* __restrict to = y + cell.y;
    if (cell.number == 0)
      for (std::int64_t c = 0; c < channels; ++c) to[c] = from[c];
    else
      for (std::int64_t c = 0; c < channels; ++c) to[c] = better<kind>(to[c], from[c]);
  });
}

// left: what of dy is not given away yet, one value a channel; so a second cell of the same value gets nothing.
template <class T>
void backward_any(const Image& image, std::int64_t samples, const T* x, const T* y, const T* dy, T* dx, T* left) {
  const std::int64_t channels = image.channels;
  for_each_cell(image, samples, [=](const Cell& cell) {
    const T* __restrict from = x + cell.x;
    const T* __restrict best = y + cell.y;
    T* __restrict to = dx + cell.x;
    T* __restrict rest = left;
    if (cell.number == 0)
      for (std::int64_t c = 0; c < channels; ++c) rest[c] = dy[cell.y + c];
    for (std::int64_t c = 0; c < channels; ++c) {
      const bool here = from[c] == best[c];
      to[c] += here ? rest[c] : T(0);
      rest[c] = here ? T(0) : rest[c];
    }
  });
}

}  // namespace

ExtremumPlan ExtremumPooling::plan(sdk::LayerPlan& p) const {
  const sdk::Input& x = p.input(0);
  ExtremumPlan image{window_.image(x.shape)};
  const bool goes_back = p.mode() != TRG_INFERENCE && x.needs_gradient, two_by_two = is_two_by_two(image);
  image.stores = goes_back && two_by_two;
  if (image.stores) p.buffer(TRG_SAVED, image.out_sample(), 0);
  if (goes_back && !two_by_two) p.read_in_backward(x);
  p.output(window_.output(x.shape, image), {.flags = goes_back && !two_by_two ? TRG_READ_IN_BACKWARD : 0});
  p.scratch(image.channels);
  p.cost(static_cast<double>(image.samples * image.out_sample() * image.height.size * image.width.size));
  return image;
}

template <class T>
void ExtremumPooling::forward(const sdk::Slice<T>& s, const ExtremumPlan& image) const {
  const T* const x = s.in(0).data;
  T* const y = s.out(0).data;
  if (is_two_by_two(image)) {
    std::uint8_t* const winners = image.stores ? s.template saved<std::uint8_t>() : nullptr;
    if (kind_ == Extremum::largest) forward_two_by_two<Extremum::largest>(image, s.samples(), x, y, winners);
    else forward_two_by_two<Extremum::smallest>(image, s.samples(), x, y, winners);
  } else {
    if (kind_ == Extremum::largest) forward_any<Extremum::largest>(image, s.samples(), x, y);
    else forward_any<Extremum::smallest>(image, s.samples(), x, y);
  }
}

template <class T>
void ExtremumPooling::backward(const sdk::Slice<T>& s, const ExtremumPlan& image) const {
  const sdk::View<T> dx = s.d_in(0);
  const sdk::View<const T> dy = s.d_out(0);
  if (!dx) return;
  const bool two_by_two = is_two_by_two(image), all_written = two_by_two && image.height.in % 2 == 0 && image.width.in % 2 == 0;
  if (!dy || !all_written) std::fill(dx.begin(), dx.end(), T(0));
  if (!dy) return;
  if (two_by_two) backward_two_by_two(image, s.samples(), s.template saved<std::uint8_t>(), dy.data, dx.data);
  else backward_any(image, s.samples(), s.in(0).data, s.out(0).data, dy.data, dx.data, s.scratch());
}

template void ExtremumPooling::forward(const sdk::Slice<float>&, const ExtremumPlan&) const;
template void ExtremumPooling::forward(const sdk::Slice<double>&, const ExtremumPlan&) const;
template void ExtremumPooling::backward(const sdk::Slice<float>&, const ExtremumPlan&) const;
template void ExtremumPooling::backward(const sdk::Slice<double>&, const ExtremumPlan&) const;

}  // namespace teranga::pooling
