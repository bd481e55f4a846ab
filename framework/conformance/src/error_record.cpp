// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/error_record.hpp>

#include <teranga/core/utf8.hpp>

#include <algorithm>
#include <cstring>
#include <optional>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

constexpr unsigned char untouched = 0x5a;

template <std::size_t N>
std::optional<std::string> text_in(const char (&text)[N]) {
  const char* const end = std::find(text, text + N, '\0');
  return end == text + N ? std::nullopt : std::optional<std::string>(std::string(static_cast<const char*>(text), end));
}

}  // namespace

const char* name_of_status(std::int32_t status) noexcept {
  constexpr const char* names[] = {"TRG_OK", "TRG_FAILED", "TRG_BAD_OPTION", "TRG_BAD_SHAPE", "TRG_BAD_DATA", "TRG_DIVERGED"};
  return status >= 0 && status <= TRG_DIVERGED ? names[status] : "an unknown status";
}

ErrorRecord::ErrorRecord() noexcept {
  std::memset(&native_, 0, sizeof(native_));
  native_.size = sizeof(native_);
  native_.sample = -1;
  std::memset(native_.where + 1, untouched, sizeof(native_.where) - 1);  // as the host makes them: empty texts
  std::memset(native_.text + 1, untouched, sizeof(native_.text) - 1);
  std::memset(native_.hint + 1, untouched, sizeof(native_.hint) - 1);
  std::memset(behind_, untouched, sizeof(behind_));
}

bool ErrorRecord::judge(std::int32_t status, const std::string& call, const std::string& where, Findings& findings) const {
  constexpr const char* mend = "fill code, where, text and hint with texts that end with a 0 within their arrays; sdk's Error and sdk::detail::report do so";
  const int before = findings.errors();
  if (native_.size != sizeof(native_) || std::ranges::any_of(behind_, [](unsigned char byte) { return byte != untouched; }))
    findings.error(fmt::format("{} wrote beyond the error record, or over its size", call), where, "write no more than the size of the record says");
  if (status == TRG_OK) return findings.errors() == before;
  if (status < TRG_FAILED || status > TRG_DIVERGED) findings.error(fmt::format("{} returned {}, which is no enum trg_status", call, status), where, "return one of enum trg_status");
  if (native_.code != status) findings.error(fmt::format("{} returned {} ({}), and the record says {} ({})", call, status, name_of_status(status), native_.code, name_of_status(native_.code)), where, mend);
  const auto text = text_in(native_.text), port = text_in(native_.where), hint = text_in(native_.hint);
  if (!text || !port || !hint) {
    findings.error(fmt::format("{} of the error record of {} does not end with a 0 within its array", !text ? "text" : !port ? "where" : "hint", call), where, mend);
  } else {
    if (text->empty()) findings.error(fmt::format("{} refused ({}) without saying why: the text of the record is empty", call, name_of_status(status)), where, mend);
    std::string all = *text + *port + *hint;
    if (repair_utf8(all) > 0) findings.error(fmt::format("a text of the error record of {} is no UTF-8", call), where, "cut texts between characters");
  }
  return findings.errors() == before;
}

std::string ErrorRecord::words() const {
  const std::string text = text_in(native_.text).value_or("(a text that does not end)"), port = text_in(native_.where).value_or("");
  return fmt::format("{}: {}{}", name_of_status(native_.code), port.empty() ? "" : fmt::format("{}: ", port), text.empty() ? "(no text)" : text);
}

}  // namespace teranga::conformance
