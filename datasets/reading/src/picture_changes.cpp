// SPDX-License-Identifier: Apache-2.0
// What is drawn for a sample, and what becomes of it. Each change has draws of its own, so that one more change leaves the others as they were.
#include <teranga/datasets/picture_changes.hpp>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include <fmt/format.h>

#include <teranga/sdk/error.hpp>

#include "picture_colours.hpp"
#include "picture_geometry.hpp"

namespace teranga::datasets {

namespace {

constexpr std::int64_t most_learnt_from = 10000;  // pictures, evenly spread: their colours say enough
constexpr std::uint64_t noise_from = std::uint64_t{1} << 20, gamma_from = std::uint64_t{1} << 16;

// Where the draws of each change begin.
namespace slot {
constexpr std::uint64_t turn = 0, slant = 16, zoom = 32, move = 48, part = 64, flip = 80, bright = 96, contrast = 112, saturate = 128, hue = 144, grey = 160, lit = 176, erasing = 192, partner = 208, rectangle = 224;
}

}  // namespace

struct PictureChanges::Draws {
  trg_stream stream;

  double uniform(std::uint64_t at) const {
    double out = 0;
    sdk::host().uniform(stream, at, 1, TRG_F64, &out);
    return out;
  }
  double uniform(std::uint64_t at, const Span& span) const { return span.from + span.length() * uniform(at); }
  double normal(std::uint64_t at) const {
    double out = 0;
    sdk::host().normal(stream, at, 1, TRG_F64, &out);
    return out;
  }
  // Of the distribution Gamma(shape, 1); draws from `at` on (Marsaglia and Tsang 2000, with a power of a uniform draw for shapes below 1).
  double log_gamma_draw(std::uint64_t at, double shape) const {
    const double d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3, c = 1 / std::sqrt(9 * d);
    double log_value = std::log(d);
    for (std::uint64_t attempt = 0; attempt < 1000; ++attempt) {
      const double x = normal(at + attempt), v = std::pow(1 + c * x, 3);
      if (v > 0 && std::log(1 - uniform(at + 1000 + attempt)) < x * x / 2 + d - d * v + d * std::log(v)) {
        log_value += std::log(v);
        break;
      }
    }
    return shape < 1 ? log_value + std::log(1 - uniform(at + 2000)) / shape : log_value;
  }
  // Of Beta(alpha, alpha). In logarithms, which small alphas need.
  double beta(double alpha) const {
    const double difference = log_gamma_draw(gamma_from + 4096, alpha) - log_gamma_draw(gamma_from, alpha);
    return 1 / (1 + std::exp(difference));
  }
};

// An unchanged picture: numbers, or bytes that become numbers where they are needed.
struct PictureChanges::Source {
  std::vector<float> values = {};
  const std::uint8_t* bytes = nullptr;
  const std::array<float, 256>* numbers = nullptr;

  const float* all(std::int64_t count) {
    if (bytes) {
      values.resize(static_cast<std::size_t>(count));
      std::transform(bytes, bytes + count, values.begin(), [&](std::uint8_t byte) { return (*numbers)[byte]; });
    }
    return values.data();
  }
  void copy(std::int64_t from, std::int64_t count, float* to) const {
    if (bytes) std::transform(bytes + from, bytes + from + count, to, [&](std::uint8_t byte) { return (*numbers)[byte]; });
    else std::copy_n(values.data() + from, count, to);
  }
};

// Another sample, and what comes from it: a share of all values, or a rectangle.
struct PictureChanges::Mixed {
  std::int64_t sample;
  double own;  // weight of the sample itself
  bool cut;
  Window window = {};
};

std::int64_t LearntChanges::samples() const {
  return std::accumulate(training.begin(), training.end(), std::int64_t{0}, [](std::int64_t sum, const auto& run) { return sum + run.second - run.first; });
}

std::vector<sdk::Learnt> LearntChanges::lines() const {
  std::vector<sdk::Learnt> out;
  if (!training.empty()) out.push_back({"samples to mix with", fmt::format("{}", samples())});
  if (axes) out.push_back({"axes of the colours", fmt::format("eigenvalues {:.4g}, {:.4g}, {:.4g}; the first axis {:.4g}, {:.4g}, {:.4g}", axes->values[0], axes->values[1], axes->values[2], axes->vectors[0], axes->vectors[1], axes->vectors[2])});
  return out;
}

void LearntChanges::put(PackedBytes& bytes) const {
  bytes.put<std::uint64_t>(training.size());
  for (const auto& [first, last] : training) bytes.put<std::int64_t>(first), bytes.put<std::int64_t>(last);
  bytes.put<std::uint8_t>(axes.has_value());
  if (!axes) return;
  for (const double value : axes->vectors) bytes.put<double>(value);
  for (const double value : axes->values) bytes.put<double>(value);
}

LearntChanges LearntChanges::get(UnpackedBytes& bytes) {
  LearntChanges out;
  std::int64_t samples = 0;
  for (auto left = bytes.get<std::uint64_t>(); left > 0; --left) {
    const auto first = bytes.get<std::int64_t>(), last = bytes.get<std::int64_t>();
    if (first < 0 || last <= first || last > std::int64_t{1} << 44 || __builtin_add_overflow(samples, last - first, &samples)) UnpackedBytes::damaged();
    out.training.emplace_back(first, last);
  }
  if (bytes.get<std::uint8_t>() == 0) return out;
  out.axes.emplace();
  for (double& value : out.axes->vectors) value = bytes.get<double>();
  for (double& value : out.axes->values) value = bytes.get<double>();
  for (const double value : out.axes->vectors)
    if (!std::isfinite(value)) UnpackedBytes::damaged();
  for (const double value : out.axes->values)
    if (!std::isfinite(value)) UnpackedBytes::damaged();
  return out;
}

void PictureChanges::learn(std::span<const std::int64_t> samples, const Lay& lay) {
  learnt = {};
  if (mixes())
    for (const std::int64_t sample : samples) {
      if (learnt.training.empty() || learnt.training.back().second != sample) learnt.training.emplace_back(sample, sample);
      ++learnt.training.back().second;
    }
  if (lighting_ <= 0) return;
  ColourSums sums;
  std::vector<float> picture(static_cast<std::size_t>(laid_.values()));
  const auto count = std::ssize(samples), taken = std::min(count, most_learnt_from);
  for (std::int64_t i = 0; i < taken; ++i) {
    lay(-1, samples[static_cast<std::size_t>(i * count / taken)], picture.data());
    sums.take({picture.data(), laid_.pixels(), laid_.channels, range_});
  }
  learnt.axes = sums.axes();
}

void PictureChanges::cut(const Draws* draws, Source& source, float* to) const {
  Window window{(laid_.height - made_.height) / 2, (laid_.width - made_.width) / 2, made_.height, made_.width};
  if (draws && cut_at_random_) {
    window.top = static_cast<std::int64_t>(draws->uniform(slot::part) * static_cast<double>(laid_.height - made_.height + 1));
    window.left = static_cast<std::int64_t>(draws->uniform(slot::part + 1) * static_cast<double>(laid_.width - made_.width + 1));
  }
  Affine place;
  bool moved = false;
  const auto then = [&](const Affine& next) { place = place.then(next), moved = true; };
  if (draws) {
    const auto drawn = [&](const Span& span) { return span.from != 0 || span.to != 0; };
    if (drawn(rotation_)) then(Affine::rotation(2 * std::numbers::pi * draws->uniform(slot::turn, rotation_), laid_));
    if (drawn(shear_x_) || drawn(shear_y_)) {
      const double sign = draws->uniform(slot::slant) > 0.5 ? -1 : 1;
      then(Affine::shear(sign * draws->uniform(slot::slant + 1, shear_x_), sign * draws->uniform(slot::slant + 2, shear_y_)));
    }
    if (drawn(zoom_height_) || drawn(zoom_width_)) {
      const double height = 1 + draws->uniform(slot::zoom, zoom_height_);
      then(Affine::zoom(height, zoom_alike_ ? height : 1 + draws->uniform(slot::zoom + 1, zoom_width_), laid_));
    }
    if (drawn(move_down_) || drawn(move_right_))
      then(Affine::translation(draws->uniform(slot::move, move_down_) * static_cast<double>(laid_.height), draws->uniform(slot::move + 1, move_right_) * static_cast<double>(laid_.width)));
  }
  const std::int64_t channels = laid_.channels, line = made_.width * channels;
  if (moved) transform(source.all(laid_.values()), laid_, place, fill_, static_cast<float>(fill_value_), window, to);
  else
    for (std::int64_t row = 0; row < made_.height; ++row) source.copy(((window.top + row) * laid_.width + window.left) * channels, line, to + row * line);
  if (!draws || draws->uniform(slot::flip) > 0.5) return;
  if (flip_horizontal_)
    for (std::int64_t row = 0; row < made_.height; ++row)
      for (std::int64_t a = 0, b = made_.width - 1; a < b; ++a, --b) std::swap_ranges(to + row * line + a * channels, to + row * line + (a + 1) * channels, to + row * line + b * channels);
  if (flip_vertical_)
    for (std::int64_t a = 0, b = made_.height - 1; a < b; ++a, --b) std::swap_ranges(to + a * line, to + (a + 1) * line, to + b * line);
}

// The corners and the middle, then the same mirrored.
void PictureChanges::cut_ten(const Source& source, float* to) const {
  const std::int64_t down = laid_.height - made_.height, right = laid_.width - made_.width, line = made_.width * made_.channels;
  const std::pair<std::int64_t, std::int64_t> places[] = {{0, 0}, {0, right}, {down, 0}, {down, right}, {down / 2, right / 2}};
  for (const bool mirrored : {false, true})
    for (const auto& [top, left] : places)
      for (std::int64_t row = 0; row < made_.height; ++row, to += line) {
        source.copy(((top + row) * laid_.width + left) * made_.channels, line, to);
        for (std::int64_t a = 0, b = made_.width - 1; mirrored && a < b; ++a, --b) std::swap_ranges(to + a * made_.channels, to + (a + 1) * made_.channels, to + b * made_.channels);
      }
}

std::vector<std::int64_t> PictureChanges::shape_made(std::vector<std::int64_t> laid) const {
  if (none()) return laid;
  laid[0] = made_.height, laid[1] = made_.width;
  if (ten_) laid.insert(laid.begin(), 10);
  return laid;
}

void PictureChanges::colour(const Draws& draws, float* picture) const {
  const Values values{picture, made_.pixels(), made_.channels, range_};
  if (brightness_.from != 0 || brightness_.to != 0) add(values, draws.uniform(slot::bright, brightness_) * range_.length());
  if (contrasts_) multiply_contrast(values, draws.uniform(slot::contrast, contrast_));
  if (saturates_) {
    const double s = draws.uniform(slot::saturate, saturation_);
    multiply_saturation(values, s / (1 - s + 1e-7));
  }
  if (hue_.to != 0) turn_hue(values, (draws.uniform(slot::hue) > 0.5 ? -0.5 : 0.5) * draws.uniform(slot::hue + 1, hue_));
  if (greyness_ > 0 && draws.uniform(slot::grey) < greyness_) make_grey(values);
  if (lighting_ > 0) {
    if (!learnt.axes) throw sdk::Error(TRG_FAILED, "random_lighting: the colours of the training pictures were not learnt: the training began without this option");
    double factors[3];
    sdk::host().normal(draws.stream, slot::lit, 3, TRG_F64, factors);
    for (double& one : factors) one *= lighting_;
    light(values, *learnt.axes, factors);
  }
}

namespace {

// A rectangle of so large shares of height and width, at a random place: the pixels from the first to before the last.
Window rectangle_of(const PictureExtents& of, double height, double width, double at_y, double at_x) {
  const auto whole = [](double x) { return static_cast<std::int64_t>(std::ceil(x)); };
  const double h = height * static_cast<double>(of.height), w = width * static_cast<double>(of.width), y = at_y * (static_cast<double>(of.height) - h), x = at_x * (static_cast<double>(of.width) - w);
  Window out{whole(y), whole(x), 0, 0};
  out.height = std::min(whole(y + h), of.height) - out.top, out.width = std::min(whole(x + w), of.width) - out.left;
  return out;
}

}  // namespace

void PictureChanges::erase(const Draws& draws, float* picture) const {
  if (erasing_.to <= 0 || draws.uniform(slot::erasing) >= draws.uniform(slot::erasing + 1, erasing_)) return;
  const double width = std::sqrt(draws.uniform(slot::erasing + 2, erasing_scale_)), height = std::sqrt(draws.uniform(slot::erasing + 3, erasing_scale_));
  const Window window = rectangle_of(made_, height, width, draws.uniform(slot::erasing + 4), draws.uniform(slot::erasing + 5));
  const std::int64_t line = window.width * made_.channels;
  for (std::int64_t row = 0; row < window.height; ++row) {
    const std::int64_t at = ((window.top + row) * made_.width + window.left) * made_.channels;
    float* to = picture + at;
    if (erasing_value_) {
      std::fill_n(to, line, static_cast<float>(*erasing_value_));
      continue;
    }
    sdk::host().normal(draws.stream, noise_from + static_cast<std::uint64_t>(at), line, TRG_F32, to);
    for (std::int64_t i = 0; i < line; ++i) to[i] = static_cast<float>(std::clamp(static_cast<double>(to[i]) * range_.to, range_.from, range_.to));
  }
}

void PictureChanges::change(const Draws* draws, Source& source, float* to) const {
  cut(draws, source, to);
  if (!draws) return;
  colour(*draws, to);
  erase(*draws, to);
}

std::optional<PictureChanges::Mixed> PictureChanges::mixed_with(const Draws& draws) const {
  if (!mixes()) return std::nullopt;
  const std::int64_t samples = learnt.samples();
  if (samples == 0) throw sdk::Error(TRG_FAILED, fmt::format("{}: the samples to mix with were not learnt: the training began without this option", mixup_ > 0 ? "mixup" : "cutmix"));
  auto at = static_cast<std::int64_t>(draws.uniform(slot::partner) * static_cast<double>(samples));
  Mixed out{0, 1, mixup_ <= 0 || (cutmix_.to > 0 && draws.uniform(slot::partner + 1) < 0.5)};
  for (const auto& [first, last] : learnt.training) {
    if (at < last - first) {
      out.sample = first + at;
      break;
    }
    at -= last - first;
  }
  if (!out.cut) {
    out.own = draws.beta(mixup_);
    return out;
  }
  const double share = std::sqrt(1 - draws.beta(draws.uniform(slot::partner + 2, cutmix_) + 1e-6));
  out.window = rectangle_of(made_, share, share, draws.uniform(slot::rectangle), draws.uniform(slot::rectangle + 1));
  out.own = 1 - static_cast<double>(out.window.height * out.window.width) / static_cast<double>(made_.pixels());
  return out;
}

void PictureChanges::fill(const sdk::Batch& batch, const Lay& lay, float* to, RowWorkers& workers) const {
  fill_rows(batch, [&](std::int64_t row, std::int64_t sample, Source& source) {
    source.values.resize(static_cast<std::size_t>(laid_.values()));
    source.bytes = nullptr;
    lay(row, sample, source.values.data());
  }, to, workers);
}

void PictureChanges::fill(const sdk::Batch& batch, const Bytes& bytes_of, const std::array<float, 256>& numbers, float* to, RowWorkers& workers) const {
  fill_rows(batch, [&](std::int64_t row, std::int64_t sample, Source& source) { source.bytes = bytes_of(row, sample), source.numbers = &numbers; }, to, workers);
}

void PictureChanges::fill_rows(const sdk::Batch& batch, const std::function<void(std::int64_t, std::int64_t, Source&)>& lay, float* to, RowWorkers& workers) const {
  const auto count = static_cast<std::size_t>(made_.values());
  workers.each(batch.rows(), [&](std::int64_t row) {
    thread_local Source whole;  // kept by the thread from row to row
    thread_local std::vector<float> other;
    float* out = to + row * made_values();
    lay(row, batch.sample(row), whole);
    if (ten_) return cut_ten(whole, out);
    if (!batch.augments() || !random()) return change(nullptr, whole, out);
    const Draws draws{batch.stream(row)};
    change(&draws, whole, out);
    const auto mixed = mixed_with(draws);
    if (!mixed || mixed->own >= 1) return;
    other.resize(count);
    lay(-1, mixed->sample, whole);
    const Draws of_other{{batch.call.random_key, static_cast<std::uint64_t>(mixed->sample)}};
    change(&of_other, whole, other.data());
    if (mixed->cut) {
      const Window& window = mixed->window;
      for (std::int64_t y = window.top; y < window.top + window.height; ++y) {
        const std::int64_t at = (y * made_.width + window.left) * made_.channels;
        std::copy_n(other.data() + at, window.width * made_.channels, out + at);
      }
    } else {
      const auto own = static_cast<float>(mixed->own);
      for (std::size_t i = 0; i < count; ++i) out[i] = own * out[i] + (1 - own) * other[i];
    }
  });
}

void PictureChanges::fill_targets(const sdk::Batch& batch, std::int64_t count, const Lay& lay, float* to) const {
  std::vector<float> other(static_cast<std::size_t>(count));
  for (std::int64_t row = 0; row < batch.rows(); ++row) {
    float* out = to + row * count;
    lay(row, batch.sample(row), out);
    if (!batch.augments()) continue;
    const auto mixed = mixed_with({batch.stream(row)});
    if (!mixed || mixed->own >= 1) continue;
    lay(-1, mixed->sample, other.data());
    const auto own = static_cast<float>(mixed->own);
    for (std::size_t i = 0; i < other.size(); ++i) out[i] = own * out[i] + (1 - own) * other[i];
  }
}

}  // namespace teranga::datasets
