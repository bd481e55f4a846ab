// SPDX-License-Identifier: Apache-2.0
// Whether all ranks do the same work: ranks that were given different recipes, plugins or data would average gradients of different
// functions, and nobody would notice. Large facts are compared by hash; their text travels only where they differ.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/comm/communicator.hpp>
#include <teranga/core/error.hpp>
#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/profiling.hpp>

#include "session/same_files.hpp"

namespace teranga::train {

struct Fact {
  std::string what;  // as in "rank 1 has another ..."
  std::string text;  // that must be the same on all ranks, in lines
  ExitCode code = ExitCode::usage;
  std::string hint;
  std::string hash = {};  // of the text: set where an earlier rank on this host holds the text; else empty
};

// Collective, with the same list of facts on all ranks. Throws AgreedError on all of them: the first fact that differs, the first rank whose
// differs from rank 0's, and the lines in question.
void require_same(Communicator& comm, const std::vector<Fact>& facts);

// The command, the version, the content of the program's file, and the versions of the libraries. Collective, and the same for all commands: it comes first.
// Other kinds of processors give a warning: they may add up in another order.
void require_same_program(Communicator& comm, const std::string& command);
Fact recipe_fact(const std::string& resolved);
Fact profile_fact(const Profiling& profile);
Fact dry_run_fact(bool dry_run);
Fact part_fact(const std::string& part);  // to evaluate
Fact checkpoint_fact(const checkpoint::Snapshot& snapshot);
// The libraries that the recipe uses, by name. Reads their files.
std::vector<checkpoint::PluginIdentity> plugins_of(const recipe::Recipe& recipe, const host::Registry& registry);
Fact plugin_fact(const std::vector<checkpoint::PluginIdentity>& plugins);
// Parts, fields, what was learnt from the training part (`learnt`: the bytes of fit), and the files.
std::vector<Fact> data_facts(const data::Source& source, const std::string& learnt, const FileFact& files);

// The first line of each that the other does not have at its place; "nothing" behind the end.
std::pair<std::string, std::string> first_difference(const std::string& a, const std::string& b);

}  // namespace teranga::train
