// SPDX-License-Identifier: Apache-2.0
// The words behind a sub-command, checked against what the command declares. The only file pair that knows Boost.Program_options.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <teranga/train/trust.hpp>

#include "command.hpp"

namespace teranga::launcher {

class Arguments {
 public:
  // Throws Error(usage): for an unknown option with the nearest name, for a missing value, and for too few or too many operands.
  Arguments(const Command& command, const std::vector<std::string>& words);

  bool asks_for_help() const { return has("help"); }
  bool has(const std::string& option) const { return values_.contains(option); }
  // The value given last.
  std::string text(const std::string& option, const std::string& otherwise = {}) const;
  std::vector<std::string> texts(const std::string& option) const;
  std::string one_of(const std::string& option, const std::vector<std::string>& choices) const;  // the first choice where it is not given
  std::int64_t integer(const std::string& option, std::int64_t least, std::int64_t otherwise) const;
  double real(const std::string& option, double least, double otherwise) const;  // finite

  // Operands count from 0; one that is not given is empty.
  std::string operand(std::size_t index) const { return index < operands_.size() ? operands_[index] : std::string(); }
  std::string checkpoint() const;  // the first operand, or with --best the best checkpoint of that run
  const std::vector<std::string>& operands() const noexcept { return operands_; }
  const std::vector<std::string>& words() const noexcept { return words_; }  // all of them, as they were typed

  // --set, once for each; --threads, 0 where it is not given.
  std::vector<std::string> overrides() const { return texts("set"); }
  train::Trust trust() const { return has("trust") ? train::Trust::checkpoint : train::Trust::own_plugins; }
  int threads() const { return static_cast<int>(integer("threads", 1, 0)); }

 private:
  std::string command_;
  std::vector<std::string> words_;
  std::map<std::string, std::vector<std::string>> values_;  // of options that are given
  std::vector<std::string> operands_;
};

}  // namespace teranga::launcher
