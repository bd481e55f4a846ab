// SPDX-License-Identifier: Apache-2.0
#include "run/sample_review.hpp"

#include <teranga/core/json.hpp>
#include <teranga/data/sample_reader.hpp>
#include <teranga/report/picture_tiles.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <tuple>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

constexpr std::size_t most_worst = 12, most_classes_drawn = 40, most_mixed_up = 40;
constexpr std::int64_t largest_side = 96, most_numbers = 16;  // of what is shown of a sample
constexpr std::size_t longest_text = 240;                       // bytes

bool is_picture(const Shape& shape) { return shape.size() == 3 && (shape[2] == 1 || shape[2] == 3) && shape[0] > 1 && shape[1] > 1; }

report::Pixels picture_of(const model::Field& field, const void* memory, std::int64_t first) {
  std::vector<double> numbers;
  for (std::int64_t i = 0; i < element_count(field.shape); ++i) numbers.push_back(data::number_at(memory, field.type, first + i));
  return report::pixels_of(numbers, {field.shape[0], field.shape[1], field.shape[2]}, report::levels_of(numbers), largest_side);
}

}  // namespace

std::optional<SampleReview> SampleReview::of(const recipe::Recipe& recipe, const Networks& networks, const data::Source& source) {
  if (!recipe.phases.empty()) return std::nullopt;
  Shape output;
  networks.layers().predict({}, output);
  std::optional<Classification> classes = Classification::of(recipe, networks.layers().fields(), output);
  return classes ? std::optional<SampleReview>(SampleReview(networks, source, std::move(*classes))) : std::nullopt;
}

SampleReview::SampleReview(const Networks& networks, const data::Source& source, Classification classes) : networks_(&networks), source_(&source), classes_(std::move(classes)), counts_(classes_.names().size() * classes_.names().size()) {
  const std::vector<model::Field>& fields = networks.layers().fields();
  const auto can_be_shown = [](const model::Field& field) {
    return field.role == model::Role::feature && field.origin == model::Origin::data && field.classes == 0 && (is_picture(field.shape) || (field.shape.size() == 1 && field.shape[0] <= most_numbers));
  };
  if (const auto at = std::ranges::find_if(fields, can_be_shown); at != fields.end()) feature_ = static_cast<std::size_t>(at - fields.begin());
  const auto has_words = [](const data::Field& field) { return field.role == data::Role::feature && field.shape.size() == 1 && (field.type == ElementType::i32 || field.type == ElementType::i64) && !field.class_names.empty(); };
  if (const auto at = std::ranges::find_if(source.fields(), has_words); at != source.fields().end()) text_ = static_cast<std::size_t>(at - source.fields().begin());
}

void SampleReview::see(const model::Batch& batch) noexcept {
  try {
    if (!failed_) count(batch);
  } catch (...) {  // no memory: the others must not wait for this rank
    failed_ = true;
  }
}

void SampleReview::count(const model::Batch& batch) {
  Shape shape;
  const std::span<const float> outputs = networks_->phases().front().of(batch.bucket).predict(batch, shape);
  for (std::int64_t row = 0; row < batch.rows; ++row) {
    const float* const of_row = outputs.data() + row * classes_.outputs();
    const std::size_t truth = classes_.truth(batch.fields[classes_.target()], row), guess = classes_.predicted(of_row);
    if (truth >= classes_.names().size()) continue;
    ++counts_[truth * classes_.names().size() + guess];
    if (truth != guess && classes_.has_scores()) keep(batch, row, of_row, truth, guess);
  }
}

void SampleReview::keep(const model::Batch& batch, std::int64_t row, const float* outputs, std::size_t truth, std::size_t guess) {
  const std::vector<float> scores = classes_.scores(outputs);
  const float share = scores[truth];
  if (!std::isfinite(share) || (worst_.size() == most_worst && share >= worst_.back().share)) return;
  std::string line = fmt::format("{{\"event\":\"worst\",\"truth\":{},\"guess\":{},\"truth_share\":{},\"guess_share\":{}{}}}", json_text(classes_.names()[truth]), json_text(classes_.names()[guess]), json_number(share), json_number(scores[guess]), shown(batch, row));
  worst_.insert(std::ranges::upper_bound(worst_, share, {}, &Wrong::share), {share, std::move(line)});
  if (worst_.size() > most_worst) worst_.pop_back();
}

// A field of the line, with a comma before it.
std::string SampleReview::shown(const model::Batch& batch, std::int64_t row) const {
  if (!feature_) return text_ ? fmt::format(",\"row\":{}", json_text(words(batch, row))) : "";
  const model::Field& field = networks_->layers().fields()[*feature_];
  const std::int64_t first = row * element_count(field.shape);
  if (is_picture(field.shape)) return fmt::format(",\"picture\":{}", json_text(report::png_address(picture_of(field, batch.fields[*feature_], first))));
  std::vector<std::string> numbers;
  for (std::int64_t i = 0; i < field.shape[0]; ++i) numbers.push_back(fmt::format("{:.4g}", data::number_at(batch.fields[*feature_], field.type, first + i)));
  return fmt::format(",\"row\":{}", json_text(fmt::format("{}", fmt::join(numbers, ", "))));
}

// The first words of a text. The id 0 is padding.
std::string SampleReview::words(const model::Batch& batch, std::int64_t row) const {
  const std::vector<std::string>& names = source_->fields()[*text_].class_names;
  const data::Field& field = source_->fields(batch.bucket)[*text_];
  std::string out;
  for (std::int64_t i = 0; i < field.shape[0]; ++i) {
    const double id = data::number_at(batch.fields[*text_], field.type, row * field.shape[0] + i);
    if (!(id >= 1) || id >= static_cast<double>(names.size())) continue;
    const std::string& word = names[static_cast<std::size_t>(id)];
    if (out.size() + word.size() > longest_text) return out + " ...";
    out.append(out.empty() ? "" : " ").append(word);
  }
  return out;
}

// A line for each true class; where there are too many of them, one for each pair that is mixed up most.
std::string SampleReview::count_lines() const {
  const std::vector<std::string>& names = classes_.names();
  std::string out;
  if (names.size() <= most_classes_drawn) {
    for (std::size_t truth = 0; truth < names.size(); ++truth)
      out += fmt::format("{{\"event\":\"counts\",\"truth\":{},\"guesses\":\"{}\"}}\n", json_text(names[truth]), fmt::join(std::span(counts_).subspan(truth * names.size(), names.size()), " "));
    return out;
  }
  std::vector<std::size_t> mixed_up;
  for (std::size_t at = 0; at < counts_.size(); ++at)
    if (counts_[at] > 0 && at / names.size() != at % names.size()) mixed_up.push_back(at);
  const std::size_t count = std::min(mixed_up.size(), most_mixed_up);
  std::ranges::partial_sort(mixed_up, mixed_up.begin() + static_cast<std::ptrdiff_t>(count), [&](std::size_t a, std::size_t b) { return std::tuple(-counts_[a], a) < std::tuple(-counts_[b], b); });
  for (std::size_t i = 0; i < count; ++i)
    out += fmt::format("{{\"event\":\"mixed_up\",\"truth\":{},\"guess\":{},\"count\":{}}}\n", json_text(names[mixed_up[i] / names.size()]), json_text(names[mixed_up[i] % names.size()]), counts_[mixed_up[i]]);
  return out;
}

std::string SampleReview::lines(Communicator& comm, data::Part part, std::int64_t samples, std::int64_t step) {
  std::int64_t failed = failed_;
  comm.maximum(std::span<std::int64_t>(&failed, 1));
  if (failed) return {};
  comm.sum(std::span<std::int64_t>(counts_));
  std::string mine;
  for (const Wrong& wrong : worst_) mine += fmt::format("{} {}\n", wrong.share, wrong.line);
  const std::vector<std::string> of_ranks = comm.gather(mine);
  if (!comm.is_root()) return {};
  std::vector<Wrong> all;
  for (const std::string& text : of_ranks)
    for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
      const std::size_t blank = text.find(' ', at);
      Wrong wrong;
      std::from_chars(text.data() + at, text.data() + blank, wrong.share);
      wrong.line = text.substr(blank + 1, end - blank - 1);
      all.push_back(std::move(wrong));
    }
  std::ranges::stable_sort(all, [](const Wrong& a, const Wrong& b) { return std::tie(a.share, a.line) < std::tie(b.share, b.line); });
  std::string out = fmt::format("{{\"event\":\"review\",\"part\":\"{}\",\"samples\":{},\"step\":{}}}\n", data::to_string(part), samples, step) + count_lines();
  for (std::size_t i = 0; i < std::min(all.size(), most_worst); ++i) out.append(all[i].line).append("\n");
  return out;
}

}  // namespace teranga::train
