// SPDX-License-Identifier: Apache-2.0
// The text that a net tells: of the likeliest path (greedy), or the likeliest of the texts that a search by beginnings finds (A. Graves, "Supervised Sequence Labelling with Recurrent
// Neural Networks", 2012, section 7.5.3; Hannun et al., arXiv 1408.2873). As keras.ops.ctc_decode without a language model.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory_resource>
#include <vector>

#include <teranga/sdk/options.hpp>

#include "paths.hpp"

namespace teranga::ctc {

namespace sdk = teranga::sdk;

class Reader {
 public:
  explicit Reader(std::pmr::memory_resource* memory = std::pmr::get_default_resource()) : nodes_(memory), text_(memory), beams_(memory), next_(memory) {}

  // Of memory that is taken once for texts of so many steps; width 0: no search.
  static std::int64_t bytes(std::int64_t steps, std::int64_t classes, std::int64_t width) {
    const std::int64_t beams = width > 0 ? width : 0;
    return (steps * beams + 1) * static_cast<std::int64_t>(sizeof(Node)) + steps * static_cast<std::int64_t>(sizeof(std::int32_t)) + 2 * (beams * classes + 1) * static_cast<std::int64_t>(sizeof(Beam)) + 4 * 64;
  }
  void reserve(std::int64_t steps, std::int64_t classes, std::int64_t width) {
    text_.reserve(static_cast<std::size_t>(steps));
    if (width == 0) return;
    nodes_.reserve(static_cast<std::size_t>(steps * width + 1));
    for (auto* beams : {&beams_, &next_}) beams->reserve(static_cast<std::size_t>(width * classes + 1));
  }

  // Both give what is valid until the next call.
  const std::pmr::vector<std::int32_t>& greedy(const LogProbabilities& told) {
    text_.clear();
    std::int32_t last = blank;
    for (std::int64_t t = 0; t < told.steps(); ++t) {
      const double* const row = told.row(t);
      const auto best = static_cast<std::int32_t>(std::max_element(row, row + told.classes()) - row);
      if (best != last && best != blank) text_.push_back(best);
      last = best;
    }
    return text_;
  }

  // Of the `width` likeliest beginnings after each step; the probability of a beginning is that of all its paths that were kept.
  const std::pmr::vector<std::int32_t>& beam(const LogProbabilities& told, std::int64_t width) {
    nodes_.assign(1, Node{});
    beams_.assign(1, Beam{0, 0, blank, 0, nowhere, 0});
    for (std::int64_t t = 0; t < told.steps(); ++t) {
      next_.clear();
      for (const Beam& beam : beams_) lengthen(beam, told.row(t), told.classes(), t);
      beams_.swap(next_);
      for (Beam& beam : beams_) beam.all = log_sum(beam.with_blank, beam.with_letter);
      const auto kept = std::min(static_cast<std::ptrdiff_t>(beams_.size()), static_cast<std::ptrdiff_t>(width));
      std::partial_sort(beams_.begin(), beams_.begin() + kept, beams_.end(), likelier);
      beams_.resize(static_cast<std::size_t>(kept));
      for (Beam& beam : beams_)
        if (beam.node < 0) beam.node = add(beam.shorter, beam.letter);
    }
    text_.clear();
    for (std::int32_t node = beams_.front().node; node != 0; node = at(node).shorter) text_.push_back(at(node).letter);
    std::reverse(text_.begin(), text_.end());
    return text_;
  }

 private:
  // A beginning that was kept once: a shorter one and a letter. Node 0 is the empty one.
  struct Node {
    std::int32_t shorter = 0, letter = blank, child = 0, sibling = 0;  // child: the last one that was made; 0: none
    std::int64_t step = -1, place = 0;                                // the step at which it is in next_, and where
  };
  struct Beam {
    std::int32_t node, shorter, letter;  // node -1: it was never kept
    double with_blank, with_letter;      // logarithms of the probabilities of the paths that end so
    double all;
  };
  static bool likelier(const Beam& a, const Beam& b) {
    if (a.all != b.all) return a.all > b.all;
    return a.shorter != b.shorter ? a.shorter < b.shorter : a.letter < b.letter;
  }
  Node& at(std::int32_t node) { return nodes_[static_cast<std::size_t>(node)]; }

  void lengthen(const Beam& beam, const double* row, std::int64_t classes, std::int64_t t) {
    const double all = log_sum(beam.with_blank, beam.with_letter);
    const std::int32_t last = at(beam.node).letter;
    Beam& same = in_next(beam.node, t);
    same.with_blank = log_sum(same.with_blank, all + row[blank]);
    if (beam.node != 0) same.with_letter = log_sum(same.with_letter, beam.with_letter + row[last]);
    for (std::int32_t letter = 1; letter < classes; ++letter) {
      const double longer = (beam.node != 0 && letter == last ? beam.with_blank : all) + row[letter];
      if (longer == nowhere) continue;
      if (const std::int32_t known = child(beam.node, letter); known != 0) {
        Beam& other = in_next(known, t);
        other.with_letter = log_sum(other.with_letter, longer);
      } else {
        next_.push_back({-1, beam.node, letter, nowhere, longer, 0});
      }
    }
  }
  Beam& in_next(std::int32_t node, std::int64_t t) {
    Node& one = at(node);
    if (one.step != t) {
      one.step = t, one.place = static_cast<std::int64_t>(next_.size());
      next_.push_back({node, one.shorter, one.letter, nowhere, nowhere, 0});
    }
    return next_[static_cast<std::size_t>(one.place)];
  }
  std::int32_t child(std::int32_t node, std::int32_t letter) {
    std::int32_t found = at(node).child;
    while (found != 0 && at(found).letter != letter) found = at(found).sibling;
    return found;
  }
  std::int32_t add(std::int32_t shorter, std::int32_t letter) {
    const auto node = static_cast<std::int32_t>(nodes_.size());
    nodes_.push_back({shorter, letter, 0, at(shorter).child});
    return at(shorter).child = node;
  }

  std::pmr::vector<Node> nodes_;
  std::pmr::vector<std::int32_t> text_;
  std::pmr::vector<Beam> beams_, next_;
};

// How a text is found; keras.ops.ctc_decode's names.
struct Decoding {
  bool greedy = true;
  std::int64_t width = 100;

  static std::vector<sdk::OptionSpec> options() {
    return {sdk::text("strategy", "greedy").choices({"greedy", "beam_search"}).says("greedy: the text of the likeliest path; beam_search: the likeliest text among those whose beginnings are kept"),
            sdk::integer("beam_width", std::int64_t{100}).in(1, 10000).says("beam_search: how many beginnings are kept")};
  }
  static Decoding of(const sdk::Options& options) { return {options.text("strategy") == "greedy", options.integer("beam_width")}; }
  std::int64_t kept() const { return greedy ? 0 : width; }
  const std::pmr::vector<std::int32_t>& text(const LogProbabilities& told, Reader& reader) const { return greedy ? reader.greedy(told) : reader.beam(told, width); }
};

}  // namespace teranga::ctc
