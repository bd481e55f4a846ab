// SPDX-License-Identifier: Apache-2.0
#include "winograd_convolution.hpp"

#include <algorithm>

#include "direct.hpp"
#include "register_tiles.hpp"
#include "winograd_transforms.hpp"

namespace teranga::convolution {

namespace {

using namespace winograd;

constexpr std::int64_t fewest_channels = 12, most_weights = 512 * 512;  // transformed, each takes up to eight times its memory
static_assert(fewest_channels >= narrower);
// The matrices of a block should stay in the second cache, but the transformed kernel is read anew for each.
constexpr std::int64_t block_floats = 128 * 1024, fewest_tiles = 64;

// Values from one matrix (rows, filled) to the next: 16 more, lest the same row of all matrices fall into the same cache sets.
std::int64_t plane(std::int64_t rows, std::int64_t filled) { return rows * filled + 16; }

std::int64_t parts(std::int64_t extent, std::int64_t side) { return (extent + side - 1) / side; }

// Products for each pair of channels with tiles of side x side outputs. Tiles reach over the edge of pictures that they do not divide.
std::int64_t products(const Geometry& g, std::int64_t side) {
  const std::int64_t size = side + g.height.size - 1;
  return size * size * parts(g.height.out, side) * parts(g.width.out, side);
}
std::int64_t best_side(const Geometry& g) {
  return g.height.size == 5 || 3 * products(g, 4) <= 2 * products(g, 2) ? 4 : 2;
}

// Calls body(Scheme<outputs, taps>()).
template <int outputs, int taps>
struct Scheme : Minimal<outputs, taps> {
  static constexpr std::int64_t side = outputs, window = taps, size = outputs + taps - 1;
};
template <class Body>
void with_scheme(std::int64_t outputs, std::int64_t taps, Body&& body) {
  if (taps == 5) body(Scheme<4, 5>());
  else if (outputs == 4) body(Scheme<4, 3>());
  else body(Scheme<2, 3>());
}

// Copies pixels that lie `from_step` and `to_step` apart.
void copy_pixels(const float* from, std::int64_t from_step, float* to, std::int64_t to_step, std::int64_t channels, std::int64_t pixels) {
  if (from_step == channels && to_step == channels) return static_cast<void>(std::copy_n(from, channels * pixels, to));
  for (; pixels > 0; --pixels, from += from_step, to += to_step) {
    std::int64_t i = 0;
    for (; i + narrower <= channels; i += narrower) store<narrower>(to + i, load<narrower>(from + i));
    if (i < channels) store<narrower>(to + channels - narrower, load<narrower>(from + channels - narrower));  // may overlap
  }
}

// products (rows, out filled) = a (rows, in) times b (in, out filled), for each of the matrices.
struct Products {
  const float* a;
  std::int64_t a_filled, a_plane;
  const float* b;
  std::int64_t in, b_plane;
  float* products;
  std::int64_t filled, plane;
  std::int64_t rows, count;
};
void multiply(const Products& p) {
  alignas(64) static constexpr float zeros[64] = {};
  ForwardTile tile{};
  tile.bias = zeros;
  tile.step = p.a_filled, tile.rows = 1, tile.run = p.in, tile.filled = p.filled, tile.channels = p.filled;
  for (std::int64_t i = 0; i < p.count; ++i)
    for_each_block(p.filled, [&](const ChannelBlock& block) {
      tile.x = p.a + i * p.a_plane;
      tile.kernel = p.b + i * p.b_plane + block.first;
      tile.y = p.products + i * p.plane + block.first;
      tile.out = p.filled - block.first;
      forward_row(block, tile, p.rows);
    });
}

}  // namespace

bool WinogradConvolution::suits(const Geometry& g) {
  const std::int64_t taps = g.height.size;
  if (g.groups != 1 || (taps != 3 && taps != 5) || g.width.size != taps) return false;
  if (g.height.stride != 1 || g.width.stride != 1 || g.height.dilation != 1 || g.width.dilation != 1) return false;
  if (std::min(g.in_channels, g.out_channels) < fewest_channels || g.in_channels * g.out_channels > most_weights) return false;
  return 10 * products(g, best_side(g)) <= 7 * g.taps() * g.height.out * g.width.out;
}

WinogradConvolution::WinogradConvolution(const Geometry& g, bool wants_data)
    : geometry_(g), wants_data_(wants_data), side_(best_side(g)), down_(parts(g.height.out, side_)), across_(parts(g.width.out, side_)) {
  in_ = {.height = side_ * down_ + taps() - 1,
         .width = side_ * across_ + taps() - 1,
         .filled = filled_up(g.in_channels),
         .top = g.height.before,
         .left = g.width.before,
         .picture_height = g.height.in,
         .picture_width = g.width.in,
         .channels = g.in_channels};
  out_ = {.height = side_ * down_,
          .width = side_ * across_,
          .filled = filled_up(g.out_channels),
          .top = 0,
          .left = 0,
          .picture_height = g.height.out,
          .picture_width = g.width.out,
          .channels = g.out_channels};
  const std::int64_t most = std::max(fewest_tiles, block_floats / (elements() * (in_.filled + out_.filled)));
  const std::int64_t blocks = (tiles() + most - 1) / most;
  block_ = std::max<std::int64_t>(1, (tiles() + blocks - 1) / std::max<std::int64_t>(1, blocks));
  x_plane_ = plane(block_, in_.filled), y_plane_ = plane(block_, out_.filled);
  kernel_plane_ = plane(g.in_channels, out_.filled), turned_plane_ = plane(g.out_channels, in_.filled);
}

std::int64_t WinogradConvolution::derived_count() const {
  return elements() * (kernel_plane_ + (wants_data_ ? turned_plane_ : 0));
}
std::int64_t WinogradConvolution::scratch_count() const {
  return in_.count() + out_.count() + elements() * (x_plane_ + y_plane_ + kernel_plane_);
}

void WinogradConvolution::Canvas::copy_from(const float* picture, float* canvas) const {
  for (std::int64_t h = 0; h < picture_height; ++h)
    copy_pixels(picture + h * picture_width * channels, channels, canvas + ((top + h) * width + left) * filled, filled, channels, picture_width);
}
void WinogradConvolution::Canvas::copy_to(const float* canvas, float* picture) const {
  for (std::int64_t h = 0; h < picture_height; ++h)
    copy_pixels(canvas + ((top + h) * width + left) * filled, filled, picture + h * picture_width * channels, channels, channels, picture_width);
}

// Calls body(index in the block, sample, tile row, tile column).
template <class Body>
void WinogradConvolution::for_each_tile(std::int64_t first, std::int64_t count, Body&& body) const {
  std::int64_t sample = first / (down_ * across_), row = first % (down_ * across_) / across_, column = first % across_;
  for (std::int64_t i = 0; i < count; ++i) {
    body(i, sample, row, column);
    if (++column < across_) continue;
    column = 0;
    if (++row < down_) continue;
    row = 0;
    ++sample;
  }
}

// Tiles of pictures, of x or dy, become rows of the matrices that lie `plane` values apart.
template <class Map>
void WinogradConvolution::send(const Canvas& c, const float* pictures, std::int64_t first, std::int64_t count, float* canvas, float* planes, std::int64_t plane) const {
  const Grid picture{c.width * c.filled, c.filled}, matrices{static_cast<std::int64_t>(Map::out) * plane, plane};
  for_each_tile(first, count, [&](std::int64_t i, std::int64_t sample, std::int64_t row, std::int64_t column) {
    const float* from = pictures + sample * c.picture_height * c.picture_width * c.channels;
    if (!c.plain()) {
      if (row == 0 && column == 0) c.copy_from(from, canvas);
      from = canvas;
    }
    from += side_ * (row * picture.line + column * picture.step);
    for_each_vector(c.filled, [&](auto l, std::int64_t channel) {
      Vector<l()> values[Map::in * Map::in], transformed[Map::out * Map::out];
      load_grid<Map::in, l()>(from + channel, picture, values);
      transform<Map>(values, transformed);
      store_grid<Map::out, l()>(planes + i * c.filled + channel, matrices, transformed);
    });
  });
}

template <class S>
void WinogradConvolution::make_y(const float* planes, std::int64_t first, std::int64_t count, const float* bias, float* canvas, float* y) const {
  const Grid picture{out_.width * out_.filled, out_.filled}, matrices{S::size * y_plane_, y_plane_};
  for_each_tile(first, count, [&](std::int64_t i, std::int64_t sample, std::int64_t row, std::int64_t column) {
    float* const sample_y = y + sample * geometry_.out_sample();
    float* const to = (out_.plain() ? sample_y : canvas) + side_ * (row * picture.line + column * picture.step);
    for_each_vector(out_.filled, [&](auto l, std::int64_t channel) {
      Vector<l()> products[S::size * S::size], values[S::side * S::side];
      load_grid<S::size, l()>(planes + i * out_.filled + channel, matrices, products);
      transform<Straight<S::output>>(products, values);
      const Vector<l()> offset = bias ? load_some<l()>(bias + channel, 1, geometry_.out_channels - channel) : Vector<l()>{};
      for (Vector<l()>& value : values) value += offset;
      store_grid<S::side, l()>(to + channel, picture, values);
    });
    const bool last = row + 1 == down_ && column + 1 == across_;
    if (!out_.plain() && last) out_.copy_to(canvas, sample_y);
  });
}

template <class S>
void WinogradConvolution::make_dx(const float* planes, std::int64_t first, std::int64_t count, float* canvas, float* dx) const {
  const Grid picture{in_.width * in_.filled, in_.filled}, matrices{S::size * x_plane_, x_plane_};
  for_each_tile(first, count, [&](std::int64_t i, std::int64_t sample, std::int64_t row, std::int64_t column) {
    float* const sample_dx = dx + sample * geometry_.in_sample();
    float* const whole = in_.plain() ? sample_dx : canvas;
    if (row == 0 && column == 0) std::fill_n(whole, in_.height * in_.width * in_.filled, 0.0F);
    float* const to = whole + side_ * (row * picture.line + column * picture.step);
    for_each_vector(in_.filled, [&](auto l, std::int64_t channel) {
      Vector<l()> products[S::size * S::size], values[S::size * S::size], there[S::size * S::size];
      load_grid<S::size, l()>(planes + i * in_.filled + channel, matrices, products);
      transform<Turned<S::input>>(products, values);
      load_grid<S::size, l()>(to + channel, picture, there);
      for (std::int64_t e = 0; e < S::size * S::size; ++e) values[e] += there[e];
      store_grid<S::size, l()>(to + channel, picture, values);
    });
    const bool last = row + 1 == down_ && column + 1 == across_;
    if (!in_.plain() && last) in_.copy_to(canvas, sample_dx);
  });
}

// The transformed kernel as matrices (rows, columns filled up); the channels of a row and of a column lie `row_step` and `column_step` apart.
template <class S>
void WinogradConvolution::derive_for(const float* kernel, const Matrix& matrix, float* derived) const {
  const std::int64_t filled = filled_up(matrix.columns), tap_step = geometry_.in_channels * geometry_.out_channels;
  for_each_vector(filled, [&](auto l, std::int64_t column) {  // outside, so that rows of adjoining channels find their cache lines
    for (std::int64_t row = 0; row < matrix.rows; ++row) {
      Vector<l()> values[S::window * S::window], transformed[S::size * S::size];
      const float* from = kernel + row * matrix.row_step + column * matrix.column_step;
      for (Vector<l()>& value : values) {
        value = load_some<l()>(from, matrix.column_step, matrix.columns - column);
        from += tap_step;
      }
      transform<Straight<S::kernel>>(values, transformed);
      float* to = derived + row * filled + column;
      for (const Vector<l()>& value : transformed) {
        store<l()>(to, value);
        to += plane(matrix.rows, filled);
      }
    }
  });
}

template <class S>
void WinogradConvolution::add_d_kernel(const float* sums, float* d_kernel) const {
  const std::int64_t in = geometry_.in_channels, out = geometry_.out_channels;
  for (std::int64_t c = 0; c < in; ++c)
    for_each_vector(out_.filled, [&](auto l, std::int64_t channel) {
      Vector<l()> values[S::size * S::size], gradients[S::window * S::window];
      for (std::int64_t e = 0; e < S::size * S::size; ++e) values[e] = load<l()>(sums + e * kernel_plane_ + c * out_.filled + channel);
      transform<Turned<S::kernel>>(values, gradients);
      for (std::int64_t tap = 0; tap < S::window * S::window; ++tap) {
        float* const to = d_kernel + (tap * in + c) * out + channel;
        const std::int64_t there = out - channel;
        if (there >= l()) store<l()>(to, load<l()>(to) + gradients[tap]);
        else store_some<l()>(to, load_some<l()>(to, 1, there) + gradients[tap], there);
      }
    });
}

void WinogradConvolution::derive(const float* kernel, float* derived) const {
  const std::int64_t in = geometry_.in_channels, out = geometry_.out_channels;
  with_scheme(side_, taps(), [&](auto s) {
    derive_for<decltype(s)>(kernel, {.rows = in, .columns = out, .row_step = out, .column_step = 1}, derived);
    if (!wants_data_) return;
    derive_for<decltype(s)>(kernel, {.rows = out, .columns = in, .row_step = 1, .column_step = out}, derived + elements() * kernel_plane_);
  });
}

void WinogradConvolution::forward(const float* x, const float* derived, const float* bias, float* y, float* scratch) const {
  float* const in_canvas = scratch;
  float* const out_canvas = in_canvas + in_.count();
  float* const rows = out_canvas + out_.count();
  float* const products = rows + elements() * x_plane_;
  if (!in_.plain()) std::fill_n(in_canvas, in_.count(), 0.0F);
  with_scheme(side_, taps(), [&](auto s) {
    for (std::int64_t first = 0; first < tiles(); first += block_) {
      const std::int64_t count = std::min(block_, tiles() - first);
      send<Straight<decltype(s)::input>>(in_, x, first, count, in_canvas, rows, x_plane_);
      multiply({.a = rows, .a_filled = in_.filled, .a_plane = x_plane_, .b = derived, .in = geometry_.in_channels, .b_plane = kernel_plane_, .products = products,
                .filled = out_.filled, .plane = y_plane_, .rows = count, .count = elements()});
      make_y<decltype(s)>(products, first, count, bias, out_canvas, y);
    }
  });
}

void WinogradConvolution::backward_data(const float* dy, const float* derived, float* dx, float* scratch) const {
  float* const in_canvas = scratch;
  float* const out_canvas = in_canvas + in_.count();
  float* const products = out_canvas + out_.count();
  float* const rows = products + elements() * x_plane_;
  const float* const turned = derived + elements() * kernel_plane_;
  if (!out_.plain()) std::fill_n(out_canvas, out_.count(), 0.0F);
  with_scheme(side_, taps(), [&](auto s) {
    for (std::int64_t first = 0; first < tiles(); first += block_) {
      const std::int64_t count = std::min(block_, tiles() - first);
      send<Turned<decltype(s)::output>>(out_, dy, first, count, out_canvas, rows, y_plane_);
      multiply({.a = rows, .a_filled = out_.filled, .a_plane = y_plane_, .b = turned, .in = geometry_.out_channels, .b_plane = turned_plane_, .products = products,
                .filled = in_.filled, .plane = x_plane_, .rows = count, .count = elements()});
      make_dx<decltype(s)>(products, first, count, in_canvas, dx);
    }
  });
}

void WinogradConvolution::backward_params(const float* x, const float* dy, float* d_kernel, float* d_bias, float* scratch) const {
  if (d_bias) direct::backward_bias(geometry_, dy, d_bias);
  if (!d_kernel) return;
  float* const in_canvas = scratch;
  float* const out_canvas = in_canvas + in_.count();
  float* const x_rows = out_canvas + out_.count();
  float* const dy_rows = x_rows + elements() * x_plane_;
  float* const sums = dy_rows + elements() * y_plane_;
  if (!in_.plain()) std::fill_n(in_canvas, in_.count(), 0.0F);
  if (!out_.plain()) std::fill_n(out_canvas, out_.count(), 0.0F);
  std::fill_n(sums, elements() * kernel_plane_, 0.0F);
  GradientTile tile{};
  tile.step = in_.filled, tile.channels = out_.filled, tile.filled = out_.filled;
  with_scheme(side_, taps(), [&](auto s) {
    for (std::int64_t first = 0; first < tiles(); first += block_) {
      tile.pixels = std::min(block_, tiles() - first);
      send<Straight<decltype(s)::input>>(in_, x, first, tile.pixels, in_canvas, x_rows, x_plane_);
      send<Turned<decltype(s)::output>>(out_, dy, first, tile.pixels, out_canvas, dy_rows, y_plane_);
      for (std::int64_t e = 0; e < elements(); ++e)
        for_each_block(out_.filled, [&](const ChannelBlock& block) {
          tile.x = x_rows + e * x_plane_;
          tile.dy = dy_rows + e * y_plane_ + block.first;
          tile.d_kernel = sums + e * kernel_plane_ + block.first;
          gradient_row(block, tile, geometry_.in_channels);
        });
    }
    add_d_kernel<decltype(s)>(sums, d_kernel);
  });
}

}  // namespace teranga::convolution
