// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/instance.hpp>

#include <fmt/format.h>

namespace teranga::host {

ExitCode exit_code(std::int32_t status) noexcept {
  switch (status) {
    case TRG_OK: return ExitCode::done;
    case TRG_BAD_OPTION: case TRG_BAD_SHAPE: return ExitCode::usage;
    case TRG_BAD_DATA: return ExitCode::data;
    case TRG_DIVERGED: return ExitCode::diverged;
    default: return ExitCode::plugin;
  }
}

std::string spoken_name(const Item& item) {
  return fmt::format("{} {}", item.kind == Kind::dataset ? "data set" : to_string(item.kind), item.name.starts_with("teranga.") ? item.short_name : item.name);
}

void raise(const Report& report, const std::string& who) {
  const trg_error& e = report.native;
  std::string text = who + ": ";
  const bool tells = std::string_view(e.where) != "output" && std::string_view(e.where) != "input";  // the first port of a layer says nothing
  if (e.where[0] && tells) text += fmt::format("{}: ", e.where);
  text += e.text[0] ? e.text : "failed without saying why";
  if (e.sample >= 0) text += fmt::format(" (sample {})", e.sample);
  throw Error(e.code == TRG_OK ? ExitCode::plugin : exit_code(e.code), text, e.hint);
}

}  // namespace teranga::host
