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

void raise(std::int32_t status, const trg_error& report, const std::string& who) {
  const std::string where = text_of(report.where), said = text_of(report.text);
  std::string text = who + ": ";
  if (!where.empty() && where != "output" && where != "input") text += where + ": ";  // the first port of a layer says nothing
  text += said.empty() ? "failed without saying why" : said;
  if (report.sample >= 0) text += fmt::format(" (sample {})", report.sample);
  throw Error(exit_code(report.code == TRG_OK ? status : report.code), text, text_of(report.hint));
}

}  // namespace teranga::host
