// SPDX-License-Identifier: Apache-2.0
// How the processes of a check tell what they found: lines of fields with tabs between them, so that a process that dies loses no line that it has written.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/conformance/finding.hpp>

namespace teranga::conformance {

// Which line it is: the first field.
inline constexpr const char *finding_line = "finding", *not_applicable_line = "not applicable", *item_line = "item", *used_line = "used", *refused_line = "refused", *done_line = "done";

void write_line(int descriptor, const std::vector<std::string>& fields) noexcept;  // at once
std::vector<std::string> fields_of(std::string_view line);

void write_finding(int descriptor, const Finding& finding) noexcept;
std::optional<Finding> finding_of(const std::vector<std::string>& fields);

}  // namespace teranga::conformance
