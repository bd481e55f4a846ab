// SPDX-License-Identifier: Apache-2.0
#include "json.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>

#include <fmt/format.h>

namespace teranga::exchange {
namespace {

constexpr std::size_t most_json_bytes = std::size_t{16} << 20, most_json_values = 2'000'000;
constexpr int most_json_depth = 200;

}  // namespace

Json parse_json(std::string_view text, const std::string& who) {
  if (text.size() > most_json_bytes) throw Error(ExitCode::data, fmt::format("{}: expected JSON of at most {} bytes, found {}", who, most_json_bytes, text.size()));
  std::size_t values = 0;
  const auto watch = [&](int depth, Json::parse_event_t event, Json&) {
    if (depth > most_json_depth) throw Error(ExitCode::data, fmt::format("{}: expected JSON of at most {} levels, found more", who, most_json_depth));
    if (event == Json::parse_event_t::value && ++values > most_json_values) throw Error(ExitCode::data, fmt::format("{}: expected at most {} values in JSON, found more", who, most_json_values));
    return true;
  };
  try {
    return Json::parse(text, watch);
  } catch (const Json::parse_error& error) {
    throw Error(ExitCode::data, fmt::format("{}: expected JSON, found a mistake at byte {}", who, error.byte));
  } catch (const Json::out_of_range&) {  // the only thing that is out of range while a text is read
    throw Error(ExitCode::data, fmt::format("{}: expected numbers that a double holds, found a larger one", who));
  }
}

const Json& at(const Json& from, std::string_view key) {
  static const Json nothing;
  if (!from.is_object()) return nothing;
  const auto found = from.find(key);
  return found == from.end() ? nothing : *found;
}

std::string text_at(const Json& from, std::string_view key) {
  const Json& found = at(from, key);
  return found.is_string() ? found.get<std::string>() : std::string();
}

bool flag_at(const Json& from, std::string_view key, bool otherwise) {
  const Json& found = at(from, key);
  return found.is_boolean() ? found.get<bool>() : otherwise;
}

std::string shown(const Json& value) {
  constexpr std::size_t most = 80;
  const std::string text = printable_line(value.dump(-1, ' ', true, Json::error_handler_t::replace));
  return text.size() <= most ? text : text.substr(0, most) + "...";
}

}  // namespace teranga::exchange
