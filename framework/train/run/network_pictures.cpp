// SPDX-License-Identifier: Apache-2.0
#include "run/network_pictures.hpp"

#include "run/layer_probe.hpp"
#include "run/line_file.hpp"
#include "run/picture_lines.hpp"

#include <teranga/core/json.hpp>
#include <teranga/core/log.hpp>
#include <teranga/report/picture_tiles.hpp>
#include <teranga/train/data_opening.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <exception>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

constexpr std::size_t most_made = 12;                 // epochs
constexpr std::int64_t of_noise = 16, noise_in_row = 4, of_samples = 8;
constexpr std::int64_t largest_gray = 48, largest_coloured = 32;  // pixels of a side
constexpr std::int64_t rows_of_a_pass = 32;
constexpr std::uintmax_t largest_pictures = 16 << 20;  // bytes: more is no file of a run
constexpr std::string_view made_start = "{\"event\":\"made\",\"epoch\":";

// Of all networks of one recipe, those that data enter: by itself, or one of a recipe with phases.
std::vector<recipe::Recipe> networks_of_data(const recipe::Recipe& recipe) {
  if (recipe.phases.empty()) return {recipe};
  std::vector<recipe::Recipe> out;
  for (const std::string& name : recipe::network_names(recipe))
    if (takes_data(recipe, name)) out.push_back(recipe::unfold_network(recipe, name));
  return out;
}

std::vector<double> numbers_of(const Tensor& pictures, std::int64_t index, std::size_t count) {
  const float* const first = pictures.as<float>().data() + static_cast<std::size_t>(index) * count;
  return {first, first + count};
}

// Numbers from 0 to 1, or from -1 where there are negative ones, as teranga generate draws them. What pictures were made of stands above them.
ShownSheet drawn(const Pictures& pictures) {
  const Shape& shape = pictures.made.shape();
  const auto all = pictures.made.as<float>();
  const report::Levels levels{std::ranges::any_of(all, [](float one) { return one < 0; }) ? -1.0 : 0.0, 1.0};
  const auto count = static_cast<std::size_t>(shape[1] * shape[2] * shape[3]);
  std::vector<report::Pixels> out;
  const auto add = [&](const Tensor& from) {
    for (std::int64_t n = 0; n < shape[0]; ++n) out.push_back(report::pixels_of(numbers_of(from, n, count), {shape[1], shape[2], shape[3]}, levels, shape[3] == 3 ? largest_coloured : largest_gray));
  };
  if (pictures.from) add(*pictures.from);
  add(pictures.made);
  return shown_sheet(out, pictures.from ? shape[0] : noise_in_row, 56);
}

double flops_of_sample(const Networks& networks) {
  double out = 0;
  for (const model::LayerSummary& layer : networks.layers().summary(0).layers) out += layer.flops;
  return out;
}

}  // namespace

// By the last epoch alone, so that those of before are among those of later.
std::vector<std::int64_t> kept_epochs(const std::vector<std::int64_t>& epochs, std::size_t most) {
  if (epochs.empty()) return {};
  std::int64_t every = 1;
  while (epochs.back() / every + 2 > static_cast<std::int64_t>(std::max<std::size_t>(most, 4))) every *= 2;
  std::vector<std::int64_t> out;
  for (const std::int64_t epoch : epochs)
    if (epoch % every == 0 || epoch == epochs.front() || epoch == epochs.back()) out.push_back(epoch);
  return out;
}

NetworkPictures::NetworkPictures(const PicturesOf& of, std::string folder, std::int64_t epochs_before) : of_(of), path_(std::move(folder) + "/pictures.jsonl") {
  std::error_code none;
  if (epochs_before > 0) {
    try {
      read_former(epochs_before);
    } catch (const std::exception&) {  // no memory: the former pictures are lost
      made_.clear(), lines_.clear();
    }
  } else if (std::filesystem::is_regular_file(path_, none)) {
    std::filesystem::remove(path_, none);  // of a run that ended before its first epoch
  }
}

void NetworkPictures::read_former(std::int64_t epochs_before) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(path_, none) || std::filesystem::file_size(path_, none) > largest_pictures) return;
  std::ifstream in(path_);
  for (std::string line; std::getline(in, line);) {
    Made made;
    if (!line.starts_with(made_start)) lines_.push_back(line);
    else if (std::from_chars(line.data() + made_start.size(), line.data() + line.size(), made.epoch).ec == std::errc{} && made.epoch <= epochs_before) made.line = line, made_.push_back(std::move(made));
  }
}

void NetworkPictures::epoch_ended(std::int64_t epoch) noexcept {
  try {
    try {
      if (!std::exchange(looked_, true)) find_painter();
      if (!painter_) return;
      paint(epoch);
      write();
    } catch (const std::exception& error) {
      if (!failure_.empty()) return;
      log::warning(fmt::format("the report shows no pictures of epoch {}: {}; the training goes on", epoch, error.what()));
      failure_ = left_out_line(fmt::format("What was made after epoch {}, and perhaps after later ones: {}", epoch, error.what()));
    }
  } catch (...) {  // no memory for the warning
  }
}

// The only network of noise of a recipe with phases, or a network alone that makes pictures as large as those it takes.
void NetworkPictures::find_painter() {
  const bool noise = !of_.recipe.phases.empty();
  const std::string name = noise ? network_of_noise(of_.recipe) : "";
  if (noise && name.empty()) return;
  recipe::Recipe recipe = noise ? recipe::unfold_network(of_.recipe, name) : of_.recipe;
  recipe.losses.clear();
  recipe.training.metrics.clear();
  auto network = std::make_unique<model::Network>(recipe, fields_of(of_.source), of_.registry, of_.team, of_.networks.layers().shared_store());
  Shape output;
  network->predict({}, output);
  const std::optional<Shape> shape = picture_shape(output, noise ? of_noise : of_samples);
  if (!shape || (*shape)[1] < 2 || (*shape)[2] < 2) return;
  if (!noise) {
    const std::vector<std::size_t> inputs = network->inputs();
    const auto feature = std::ranges::find(inputs, model::Origin::data, [&](std::size_t field) { return network->fields()[field].origin; });
    if (feature == inputs.end() || element_count(network->fields()[*feature].shape) != (*shape)[1] * (*shape)[2] * (*shape)[3]) return;
  }
  shape_ = *shape;
  words_ = noise ? fmt::format("{} pictures that the network {} makes of the same noise each time.", of_noise, name)
                 : fmt::format("Samples of the {} part above, and what the network makes of them below.", data::to_string(least_seen_part(of_.source)));
  network_ = std::move(network);
  painter_ = std::make_unique<Painter>(*network_, of_.source, !noise, 0, of_.rows);
}

void NetworkPictures::paint(std::int64_t epoch) {
  network_->begin_pass();
  const ShownSheet shown = drawn(painter_->paint(shape_));
  network_->begin_pass();
  made_.push_back({epoch, fmt::format("{}{},\"words\":{},\"width\":{},\"picture\":{}}}", made_start, epoch, json_text(words_), shown.width, json_text(report::png_address(shown.sheet)))});
  std::vector<std::int64_t> epochs;
  for (const Made& one : made_) epochs.push_back(one.epoch);
  epochs = kept_epochs(epochs, most_made);
  std::erase_if(made_, [&](const Made& one) { return !std::ranges::binary_search(epochs, one.epoch); });
}

void NetworkPictures::training_ended(std::int64_t step) noexcept {
  try {
    try {
      draw_networks(step);
      write();
    } catch (const std::exception& error) {
      log::warning(fmt::format("the report shows no pictures of the network: {}", error.what()));
    }
  } catch (...) {  // no memory for the warning
  }
}

void NetworkPictures::draw_networks(std::int64_t step) {
  lines_ = {fmt::format("{{\"event\":\"network\",\"step\":{}}}", step)};
  const auto draw = [&](const char* what, const PictureSubject& subject, std::vector<std::string> (*lines_of)(const PictureSubject&)) {
    try {
      for (std::string& line : lines_of(subject)) lines_.push_back(std::move(line));
    } catch (const std::exception& error) {
      lines_.push_back(left_out_line(fmt::format("{}: {}", what, error.what())));
    }
  };
  for (const recipe::Recipe& recipe : networks_of_data(of_.recipe)) {
    const LayerProbe probe(recipe, of_.source, of_.registry, of_.team, of_.networks.layers().shared_store(), std::clamp<std::int64_t>(of_.rows, 1, rows_of_a_pass));
    PictureSubject subject{probe, of_.source, std::nullopt, 0};
    if (of_.recipe.phases.empty()) {
      Shape output;
      of_.networks.layers().predict({}, output);
      subject.classes = Classification::of(of_.recipe, of_.networks.layers().fields(), output);
      subject.flops = flops_of_sample(of_.networks);
    }
    draw("The first layers", subject, first_layer_lines);
    draw("Attention", subject, attention_lines);
    draw("Samples and words in two dimensions", subject, plane_lines);
  }
}

void NetworkPictures::write() const {
  std::string text;
  for (const Made& one : made_) text.append(one.line).append("\n");
  if (lines_.size() > 1 || !text.empty())
    for (const std::string& line : lines_) text.append(line).append("\n");
  if (!failure_.empty()) text.append(failure_).append("\n");
  if (!text.empty()) replace_file(path_, text);
}

}  // namespace teranga::train
