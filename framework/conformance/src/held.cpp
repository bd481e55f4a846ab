// SPDX-License-Identifier: Apache-2.0
#include "held.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <optional>

#include <teranga/conformance/error_record.hpp>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

bool known(std::int32_t status) noexcept { return status >= TRG_OK && status <= TRG_DIVERGED; }

template <std::size_t N>
bool ends(const char (&text)[N]) noexcept {
  return std::find(std::begin(text), std::end(text), '\0') != std::end(text);
}
template <std::size_t N>
std::string text_of(const char (&text)[N]) {
  return {std::begin(text), std::find(std::begin(text), std::end(text), '\0')};
}

}  // namespace

std::string Answer::words() const {
  const std::string status = known(status_) ? name_of_status(status_) : fmt::format("the status {}", status_), text = text_of(native_.text), where = text_of(native_.where);
  return fmt::format("{}{}{}", status, where.empty() ? "" : fmt::format(", {}", where), text.empty() ? " without a text" : fmt::format(": \"{}\"", text));
}

std::string Answer::fault() const {
  if (status_ == TRG_OK) return {};
  if (!known(status_)) return fmt::format("the status {} is none of enum trg_status", status_);
  if (!ends(native_.text) || !ends(native_.where) || !ends(native_.hint)) return "a text of its error record does not end with a 0 within its array";
  if (!native_.text[0]) return "its error record has no text";
  return {};
}

std::vector<OptionTrial> accepted_trials(const Subject& subject, Findings& findings, Tries tries) {
  std::string missing;
  const std::optional<OptionTrial> first = default_trial(subject, &missing);
  if (!first) {
    findings.not_applicable(fmt::format("needs --set {}=VALUE", missing));
    return {};
  }
  std::vector<OptionTrial> all = option_trials(subject), out;
  if (all.empty()) all.push_back(*first);
  Answer refusal;
  // Some take long to be made.
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(4);
  for (const OptionTrial& trial : all) {
    if (!out.empty() && std::chrono::steady_clock::now() > end) break;
    Answer made;
    Call::set_place(trial.words);
    if (tries(subject, trial.options, made)) out.push_back(trial);
    else if (refusal.ok()) refusal = made;
  }
  if (out.empty()) {
    const std::string words = refusal.words();
    findings.not_applicable(fmt::format("create refused all options that were tried, with {}; say --set NAME=VALUE", words));
  }
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& one : words)
    if (!one.empty()) out += (out.empty() ? "" : ", ") + one;
  return out;
}

}  // namespace teranga::conformance
