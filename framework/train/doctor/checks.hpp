// SPDX-License-Identifier: Apache-2.0
// The checks of the doctor. Each looks at the facts of all ranks and gives its findings, on rank 0; what has to be tried out by all ranks together is collective.
#pragma once

#include <string>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/train/doctor.hpp>

#include "doctor/fact_sheet.hpp"
#include "session/group.hpp"

namespace teranga::train {

using FactSheets = std::vector<FactSheet>;  // by rank
using Findings = std::vector<Finding>;

// What a rank tells of itself, without the others. Never throws.
void add_program_facts(FactSheet& facts);                              // program, libraries, instruction set, variables
void add_plugin_facts(FactSheet& facts, const DoctorOptions& options); // all plugins of the search path and of the recipe
void add_limit_facts(FactSheet& facts);                                // memory, file sizes, shared memory
void add_recipe_facts(FactSheet& facts, const DoctorOptions& options, Team& team);

// Of all ranks.
void check_programs(const FactSheets& ranks, Findings& out);
void check_plugins(const FactSheets& ranks, Findings& out);
void check_limits(const FactSheets& ranks, Findings& out);
void check_recipe(const FactSheets& ranks, const DoctorOptions& options, Findings& out);
void check_cores(const Placement& placement, Findings& out);
void check_slurm(Findings& out);

// Collective.
void check_disk(Communicator& comm, const FactSheets& ranks, const std::string& folder, Findings& out);
void check_clocks(Communicator& comm, const FactSheets& ranks, Findings& out);
void check_network(Communicator& comm, const FactSheets& ranks, Team& team, Findings& out);

// "rank 1 (node2)"; without ranks to tell apart, "this process".
std::string rank_words(const FactSheets& ranks, std::size_t rank);
// The first rank whose facts of that name differ from rank 0's; 0 where all are equal.
std::size_t first_other(const FactSheets& ranks, const std::string& name);
std::string bytes_words(double bytes);  // "1.5 GiB"

}  // namespace teranga::train
