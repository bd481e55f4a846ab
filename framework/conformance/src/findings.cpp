// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/finding.hpp>

namespace teranga::conformance {

const char* to_string(Severity severity) noexcept { return severity == Severity::error ? "error" : severity == Severity::warning ? "warning" : "note"; }

void Findings::add(Severity severity, std::string text, std::string where, std::string mend) {
  errors_ += severity == Severity::error;
  take_({severity, rule_, item_, std::move(text), std::move(where), std::move(mend)});
}

}  // namespace teranga::conformance
