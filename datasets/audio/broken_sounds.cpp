// SPDX-License-Identifier: Apache-2.0
#include "broken_sounds.hpp"

#include <fmt/format.h>

#include <teranga/datasets/log.hpp>

namespace teranga::datasets {

sdk::OptionSpec BrokenSounds::option() {
  return sdk::text("on_error", "fail").choices({"fail", "skip"}).says("sounds that are missing, empty, broken or cut off, and empty transcripts: fail: an error names them; skip: they are left out, and the log names them");
}

std::string BrokenSounds::lines(std::size_t most) const {
  std::string text;
  std::size_t told = 0;
  for (; told < broken_.size(); ++told) {
    const std::string line = fmt::format("\n  {}: {}", broken_[told].where, broken_[told].what());
    if (text.size() + line.size() > most) break;
    text += line;
  }
  return told < broken_.size() ? text + fmt::format("\n  and {} more", broken_.size() - told) : text;
}

void BrokenSounds::settle(std::size_t sounds) const {
  constexpr std::size_t most_of_error = 900, most_of_log = 4000;  // bytes; an error holds 1023
  if (broken_.empty()) return;
  if (skips_ && broken_.size() < sounds) {
    log(TRG_LOG_WARNING, fmt::format("{} of {} sounds are left out (on_error = \"skip\"):{}", broken_.size(), sounds, lines(most_of_log)));
    return;
  }
  const sdk::DataError& first = broken_.front();
  const bool others = !skips_ && broken_.size() < sounds;
  if (broken_.size() == 1 && (!first.hint.empty() || !others)) throw first;
  const std::string text = broken_.size() == 1 ? first.what() : fmt::format("{} of {} sounds cannot be taken:{}", broken_.size(), sounds, lines(most_of_error));
  throw sdk::DataError(broken_.size() == 1 ? first.where : "", text, -1, others ? "on_error = \"skip\" leaves such sounds out" : "");
}

}  // namespace teranga::datasets
