// SPDX-License-Identifier: Apache-2.0
// What a run came to, in one to four sentences: what was reached, in which epoch, and what more epochs would do.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include <teranga/report/run_record.hpp>

namespace teranga::report {

// A sentence as pieces: texts, and numbers that were measured.
using Sentence = std::vector<std::variant<std::string, double>>;

enum class Course { unknown, improving, flat, overfitting };

struct Verdict {
  std::string monitor;  // the number that is judged by, "val_accuracy"; empty: none can be
  std::int64_t best_epoch = 0;
  double best = 0, last = 0;
  Course course = Course::unknown;
  std::vector<Sentence> sentences;
};

Verdict verdict_of(const RunRecord& run);

// Which of several runs is best, where all are judged by the same number; else that they cannot be compared so.
Sentence best_of_runs(const std::vector<RunRecord>& runs, const std::vector<std::string>& labels);

// 1 where a larger value of that name is better, -1 where a smaller one is: by what the run says of it, else by what the name suggests; 0: not known.
int direction_of(const RunRecord& run, const std::string& column);

std::string to_text(const Sentence& sentence);

}  // namespace teranga::report
