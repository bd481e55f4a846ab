// SPDX-License-Identifier: Apache-2.0
// What the check of plugins found, for people and for programs.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <teranga/conformance/check.hpp>

namespace teranga::launcher {

std::string text_of(const conformance::CheckedLibrary& checked, bool verbose);
std::string summary_of(const std::vector<conformance::CheckedLibrary>& checked, const conformance::CheckRequest& request);
std::string json_of(const std::vector<conformance::CheckedLibrary>& checked, const conformance::CheckRequest& request);

// What any rule may find, with its summary: a crash, an exit, ...
std::vector<std::pair<std::string, std::string>> rules_of_every_call();

}  // namespace teranga::launcher
