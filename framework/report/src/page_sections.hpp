// SPDX-License-Identifier: Apache-2.0
// The sections of a page, each a piece of HTML of its own.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <teranga/report/run_record.hpp>
#include <teranga/report/verdict.hpp>

#include "page_room.hpp"

namespace teranga::report {

std::string verdict_section(const RunRecord& run, const Verdict& verdict);
std::string charts_section(const std::vector<RunRecord>& runs);
std::string epochs_section(const RunRecord& run, const Verdict& verdict);
std::string time_section(const RunRecord& run);
std::string net_section(const RunRecord& run);
std::string machine_section(const RunRecord& run);
std::string recipe_section(const RunRecord& run);
std::string notes_section(const RunRecord& run, const PageRoom& room);

// Those with pictures, as far as there is room.
std::string made_section(const RunRecord& run, PageRoom& room);
std::string review_section(const RunRecord& run, PageRoom& room);
std::string planes_section(const RunRecord& run, PageRoom& room);
std::string layers_section(const RunRecord& run, PageRoom& room);
std::string attention_section(const RunRecord& run, PageRoom& room);

// Of several runs.
std::string runs_section(const std::vector<RunRecord>& runs);
std::string differences_section(const std::vector<RunRecord>& runs);

}  // namespace teranga::report
