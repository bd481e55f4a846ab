// SPDX-License-Identifier: Apache-2.0
// Which program, libraries, plugins and variables the ranks have, and whether all have the same.
#include "doctor/checks.hpp"
#include "session/host_name.hpp"
#include "session/same_work.hpp"

#include <teranga/comm/mpi_version.hpp>
#include <teranga/core/counted.hpp>
#include <teranga/core/hash.hpp>
#include <teranga/core/value.hpp>
#include <teranga/host/library.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/libraries_used.hpp>

#include <algorithm>
#include <cstdlib>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

extern char** environ;

namespace teranga::train {
namespace {

const std::vector<std::string> own_variables = {"TERANGA_CHECK_PLUGINS", "TERANGA_ISA", "TERANGA_PLUGIN_PATH", "TERANGA_UNSAFE_PLUGINS", "TERANGA_WORDS", "TERANGA_REQUEUES", "TERANGA_INDEX"};
constexpr std::string_view own_prefix = "TERANGA_";
const std::vector<std::string> isa_levels = {"x86-64-v2", "x86-64-v3", "x86-64-v4"};
constexpr const char* same_build = "install the same build on all hosts, or put it on a disk that all of them share";

// Names that somebody mistyped; others may be of somebody's own scripts.
void add_variables(FactSheet& facts) {
  std::vector<std::string> endings;
  for (const std::string& name : own_variables) endings.push_back(name.substr(own_prefix.size()));
  for (char** one = environ; *one; ++one) {
    const std::string text = *one, name = text.substr(0, text.find('='));
    if (!name.starts_with(own_prefix) || std::ranges::find(own_variables, name) != own_variables.end()) continue;
    if (const auto nearest = nearest_name(name.substr(own_prefix.size()), endings)) facts.add("mistyped", fmt::format("{} {}{}", name, own_prefix, *nearest));
  }
  const char* const isa = std::getenv("TERANGA_ISA");
  if (isa && std::ranges::find(isa_levels, isa) == isa_levels.end()) facts.add("wrong isa", isa);
  if (std::getenv("TERANGA_UNSAFE_PLUGINS")) facts.add("unsafe", "yes");
}

void add_fault(FactSheet& facts, const char* name, const Error& error) {
  facts.add(name, error.what());
  facts.add(std::string(name) + " hint", error.hint());
}

void open_all(FactSheet& facts, host::Registry& registry, const std::vector<std::string>& files) {
  for (const std::string& file : files) try {
      registry.add_file(file);
    } catch (const Error& error) {
      add_fault(facts, "plugin fault", error);
    }
}

}  // namespace

void add_program_facts(FactSheet& facts) {
  facts.add("host", host_name());
  facts.add("libraries", libraries_used());
  facts.add("threads", mpi_thread_level());
  facts.add("instruction set", instruction_set_used());
  facts.add("version", TERANGA_VERSION);
  try {
    facts.add("program", file_hash("/proc/self/exe"));
  } catch (const Error& error) {
    facts.add("program", error.what());
  }
  add_variables(facts);
}

void add_plugin_facts(FactSheet& facts, const DoctorOptions& options) {
  host::Registry registry;
  std::vector<std::string> folders;
  try {
    folders = host::plugin_folders();
  } catch (const Error& error) {
    add_fault(facts, "plugin fault", error);
  }
  for (const std::string& folder : folders) try {
      facts.add("plugin folder", folder);
      open_all(facts, registry, host::plugin_files_in(folder));
    } catch (const Error& error) {
      add_fault(facts, "plugin fault", error);
    }
  if (!options.recipe.empty()) try {
      open_all(facts, registry, recipe::plugin_files(options.recipe, options.overrides));
    } catch (const Error&) {  // the recipe is looked at by itself
    }
  std::set<std::string> lines;
  for (const host::Library& library : registry.libraries()) try {
      lines.insert(fmt::format("{} {}", library.name, library.hash()));
    } catch (const Error& error) {
      add_fault(facts, "plugin fault", error);
    }
  for (const std::string& line : lines) facts.add("plugin", line);
}

namespace {

void check_mpi(const FactSheets& ranks, Findings& out) {
  std::set<std::string> hosts;
  for (const FactSheet& one : ranks) hosts.insert(one.get("host"));
  const std::string level = ranks[0].get("threads"), libraries = ranks[0].get("libraries");
  out.push_back({"mpi", Verdict::ok, fmt::format("{}, {}", libraries.substr(0, libraries.find(',')), level.empty() ? "which a process alone does not start" : level)});
  out.push_back({"hosts", Verdict::ok, fmt::format("{} on {} ({})", counted(ranks.size(), "process", "processes"), counted(hosts.size(), "host"), fmt::join(hosts, ", "))});
  if (const std::size_t other = first_other(ranks, "libraries"))
    out.push_back({"libraries", Verdict::problem, fmt::format("{} has {}, and rank 0 {}", rank_words(ranks, other), ranks[other].get("libraries"), libraries), same_build, ExitCode::usage});
  else out.push_back({"libraries", Verdict::ok, libraries});
}

void check_isa(const FactSheets& ranks, Findings& out) {
  for (std::size_t rank = 0; rank < ranks.size(); ++rank)
    if (const std::string wrong = ranks[rank].get("wrong isa"); !wrong.empty()) {
      out.push_back({"instruction-set", Verdict::problem, fmt::format("TERANGA_ISA of {} is \"{}\"; expected {}", rank_words(ranks, rank), wrong, fmt::join(isa_levels, ", ")), "export TERANGA_ISA=x86-64-v3, or unset TERANGA_ISA", ExitCode::usage});
      return;
    }
  const std::size_t other = first_other(ranks, "instruction set");
  if (!other) return out.push_back({"instruction-set", Verdict::ok, ranks[0].get("instruction set")});
  const auto narrowest = std::ranges::min_element(ranks, {}, [](const FactSheet& one) { return std::ranges::find(isa_levels, one.get("instruction set")) == isa_levels.end() ? std::string() : one.get("instruction set"); })->get("instruction set");
  const bool base = std::ranges::find(isa_levels, narrowest) == isa_levels.end();
  out.push_back({"instruction-set", Verdict::problem, fmt::format("{} uses {}, and rank 0 {}: their results would differ", rank_words(ranks, other), ranks[other].get("instruction set"), ranks[0].get("instruction set")),
                 fmt::format("mpirun -x TERANGA_ISA={} ...", base ? "x86-64-v2" : narrowest), ExitCode::plugin});
}

void check_variables(const FactSheets& ranks, Findings& out) {
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    const std::string mistyped = ranks[rank].get("mistyped");
    if (mistyped.empty() && ranks[rank].get("unsafe").empty()) continue;
    const std::string name = mistyped.substr(0, mistyped.find(' ')), meant = mistyped.substr(mistyped.find(' ') + 1);
    if (mistyped.empty()) out.push_back({"environment", Verdict::warning, fmt::format("TERANGA_UNSAFE_PLUGINS is set for {}: plugins are opened even if others may write to them", rank_words(ranks, rank)), "unset TERANGA_UNSAFE_PLUGINS"});
    else out.push_back({"environment", Verdict::warning, fmt::format("{} is set for {}, and Teranga reads no such variable", name, rank_words(ranks, rank)), fmt::format("export {}=VALUE; unset {}", meant, name)});
    return;
  }
  out.push_back({"environment", Verdict::ok, "no wrong variables of Teranga"});
}

}  // namespace

void check_programs(const FactSheets& ranks, Findings& out) {
  check_mpi(ranks, out);
  const std::size_t other = first_other(ranks, "version"), content = first_other(ranks, "program");
  if (other) out.push_back({"program", Verdict::problem, fmt::format("{} runs version {}, and rank 0 version {}", rank_words(ranks, other), ranks[other].get("version"), ranks[0].get("version")), same_build, ExitCode::usage});
  else if (content) out.push_back({"program", Verdict::problem, fmt::format("{} runs another program than rank 0, of the same version {}", rank_words(ranks, content), ranks[0].get("version")), same_build, ExitCode::usage});
  else out.push_back({"program", Verdict::ok, fmt::format("Teranga {}, build {}", ranks[0].get("version"), ranks[0].get("program").substr(0, 8))});
  check_isa(ranks, out);
  check_variables(ranks, out);
}

void check_plugins(const FactSheets& ranks, Findings& out) {
  bool found = false;
  std::set<std::string> told;
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    const std::vector<std::string> faults = ranks[rank].all("plugin fault"), hints = ranks[rank].all("plugin fault hint");
    for (std::size_t i = 0; i < faults.size(); ++i) {
      if (!told.insert(faults[i]).second) continue;
      found = true;
      out.push_back({"plugins", Verdict::problem, fmt::format("{}: {}", rank_words(ranks, rank), faults[i]), hints[i].empty() ? "build or copy it again, or take it out of the folder" : hints[i], ExitCode::plugin});
    }
  }
  if (found) return;
  if (const std::size_t other = first_other(ranks, "plugin")) {
    const auto [first, second] = first_difference(ranks[0].joined("plugin"), ranks[other].joined("plugin"));
    return out.push_back({"plugins", Verdict::problem, fmt::format("{} has other plugins than rank 0: \"{}\", and rank 0 \"{}\"", rank_words(ranks, other), second, first), same_build, ExitCode::plugin});
  }
  const auto libraries = ranks[0].all("plugin");
  if (libraries.empty()) return out.push_back({"plugins", Verdict::problem, "no plugin is found, and so no layer", "export TERANGA_PLUGIN_PATH=/FOLDER/OF/PLUGINS", ExitCode::plugin});
  out.push_back({"plugins", Verdict::ok, fmt::format("{} of {}", counted(libraries.size(), "library", "libraries"), fmt::join(ranks[0].all("plugin folder"), ", "))});
}

}  // namespace teranga::train
