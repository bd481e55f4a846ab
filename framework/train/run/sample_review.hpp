// SPDX-License-Identifier: Apache-2.0
// What a classifier takes for what, and the samples that it is most wrong about: for the report of a run.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/data/source.hpp>
#include <teranga/train/networks.hpp>

#include "session/classification.hpp"

namespace teranga::train {

class SampleReview {
 public:
  // Nothing where the recipe trains no single classifier.
  static std::optional<SampleReview> of(const recipe::Recipe& recipe, const Networks& networks, const data::Source& source);

  void see(const model::Batch& batch) noexcept;  // of this rank
  // The lines of samples.jsonl. Collective; empty but on rank 0, and where a rank had no memory.
  std::string lines(Communicator& comm, data::Part part, std::int64_t samples, std::int64_t step);

 private:
  struct Wrong {
    float share = 0;   // the probability of the true class
    std::string line;  // of samples.jsonl
  };

  SampleReview(const Networks& networks, const data::Source& source, Classification classes);
  void count(const model::Batch& batch);
  void keep(const model::Batch& batch, std::int64_t row, const float* outputs, std::size_t truth, std::size_t guess);
  std::string shown(const model::Batch& batch, std::int64_t row) const;
  std::string words(const model::Batch& batch, std::int64_t row) const;
  std::string count_lines() const;

  const Networks* networks_;
  const data::Source* source_;
  Classification classes_;
  std::optional<std::size_t> feature_;  // the field that is shown of a sample
  std::optional<std::size_t> text_;     // or the field whose ids stand for words
  std::vector<std::int64_t> counts_;    // by true class and by guess
  bool failed_ = false;
  std::vector<Wrong> worst_;            // the least share first
};

}  // namespace teranga::train
