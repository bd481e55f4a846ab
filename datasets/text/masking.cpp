// SPDX-License-Identifier: Apache-2.0
#include "masking.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace teranga::datasets {
namespace {

std::size_t chosen(double draw, std::size_t count) { return std::min(static_cast<std::size_t>(draw * static_cast<double>(count)), count - 1); }

}  // namespace

BertSample joined(std::vector<Piece> first, std::vector<Piece> second, bool has_second, std::int64_t length, const WordPieces& pieces) {
  const auto room = static_cast<std::size_t>(length - (has_second ? 3 : 2));
  while (first.size() + second.size() > room) (first.size() > second.size() ? first : second).pop_back();
  BertSample sample;
  const auto add = [&](std::span<const Piece> stretch, std::int32_t segment) {
    sample.steps.insert(sample.steps.end(), stretch.begin(), stretch.end());
    sample.steps.push_back({pieces.end(), true});
    sample.segments.resize(sample.steps.size(), segment);
  };
  sample.steps.push_back({pieces.start(), true});
  add(first, 0);
  if (has_second) add(second, 1);
  return sample;
}

void mask_pieces(BertSample& sample, const MaskingRules& rules, const WordPieces& pieces, std::span<const std::int32_t> ordinary, std::span<const double> draws) {
  // Words, or pieces, as the steps [begin, end) that are hidden together.
  std::vector<std::pair<std::size_t, std::size_t>> words;
  for (std::size_t t = 0; t < sample.steps.size(); ++t) {
    if (sample.steps[t].id == pieces.start() || sample.steps[t].id == pieces.end()) continue;
    if (rules.whole_words && !sample.steps[t].begins_word && !words.empty() && words.back().second == t) words.back().second = t + 1;
    else words.emplace_back(t, t + 1);
  }
  const auto wanted = static_cast<std::size_t>(std::min(rules.most_masked, std::max<std::int64_t>(1, std::llround(rules.share * static_cast<double>(sample.steps.size())))));
  std::size_t hidden = 0;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < words.size() && hidden < wanted; ++i) {
    std::swap(words[i], words[i + chosen(draws[i], words.size() - i)]);
    const auto [begin, end] = words[i];
    if (hidden + (end - begin) > wanted) continue;
    for (std::size_t t = begin; t < end; ++t) places.push_back(t);
    hidden += end - begin;
  }
  std::sort(places.begin(), places.end());
  const std::span<const double> ways = draws.subspan(static_cast<std::size_t>(rules.length));
  for (std::size_t i = 0; i < places.size(); ++i) {
    Piece& piece = sample.steps[places[i]];
    sample.places.push_back(static_cast<std::int32_t>(places[i]));
    sample.originals.push_back(piece.id);
    if (ways[2 * i] < 0.8) piece.id = pieces.mask();
    else if (ways[2 * i] < 0.9 && !ordinary.empty()) piece.id = ordinary[chosen(ways[2 * i + 1], ordinary.size())];
  }
}

}  // namespace teranga::datasets
