// SPDX-License-Identifier: Apache-2.0
#include "profile_options.hpp"

#include <teranga/core/error.hpp>

#include <charconv>
#include <string_view>

#include <fmt/format.h>

#include "arguments.hpp"

namespace teranga::launcher {
namespace {

// "3-12", both from 1.
bool read_range(std::string_view text, std::int64_t& first, std::int64_t& last) {
  const char* const end = text.data() + text.size();
  const auto [dash, bad_first] = std::from_chars(text.data(), end, first);
  if (bad_first != std::errc{} || dash == end || *dash != '-') return false;
  const auto [rest, bad_last] = std::from_chars(dash + 1, end, last);
  return bad_last == std::errc{} && rest == end && first >= 1 && first <= last;
}

}  // namespace

OptionHelp profile_option(const std::string& where) {
  return {"profile", "", "measure how long each layer and pass takes, what it computes and moves, and how long threads and processes wait; " + where};
}

OptionHelp trace_steps_option(const std::string& otherwise) { return {"trace-steps", "A-B", "the first and the last step that the trace shows call by call (default: " + otherwise + ")"}; }

train::Profiling profiling_of(const Arguments& arguments, const std::string& command) {
  train::Profiling out;
  out.wanted = arguments.has("profile");
  if (!arguments.has("trace-steps")) return out;
  const std::string given = arguments.text("trace-steps"), wanted = command == "bench" ? "--profile --trace trace.json --trace-steps " : "--profile --trace-steps ";
  if (!read_range(given, out.first_traced, out.last_traced))
    throw Error(ExitCode::usage, fmt::format("{}: --trace-steps: expected the first and the last step, found \"{}\"", command, given), wanted + "3-12");
  if (!out.wanted) throw Error(ExitCode::usage, fmt::format("{}: --trace-steps {} needs --profile", command, given), wanted + given);
  return out;
}

}  // namespace teranga::launcher
