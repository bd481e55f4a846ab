// SPDX-License-Identifier: Apache-2.0
#include "session/same_work.hpp"

#include <algorithm>
#include <sstream>

#include <teranga/core/hash.hpp>
#include <teranga/core/log.hpp>
#include <teranga/parallel/cpu_kind.hpp>
#include <teranga/parallel/tbb_version.hpp>
#include <teranga/train/libraries_used.hpp>

#include <fmt/format.h>

#include "session/agreement.hpp"

namespace teranga::train {
namespace {

constexpr std::size_t hash_length = 32;  // of content_hash

// Every library that offers an item of this name: names of different kinds seldom clash, and one library too many does no harm.
void add_libraries(const std::string& type, const host::Registry& registry, std::vector<const host::Library*>& out) {
  using host::Kind;
  if (type.empty()) return;
  for (const Kind kind : {Kind::layer, Kind::activation, Kind::loss, Kind::optimizer, Kind::metric, Kind::schedule, Kind::initializer, Kind::dataset, Kind::observer})
    if (const host::Item* item = registry.find(kind, type); item && std::find(out.begin(), out.end(), item->library) == out.end()) out.push_back(item->library);
}

void add_libraries(const Value& value, const host::Registry& registry, std::vector<const host::Library*>& out) {
  if (value.is<Value::List>())
    for (const Value& item : value.as<Value::List>()) add_libraries(item, registry, out);
  if (!value.is<Value::Component>()) return;
  add_libraries(value.as<Value::Component>().type, registry, out);
  for (const Option& option : value.as<Value::Component>().options) add_libraries(option.value, registry, out);
}

}  // namespace

std::pair<std::string, std::string> first_difference(const std::string& a, const std::string& b) {
  std::istringstream in_a(a), in_b(b);
  for (;;) {
    std::string line_a = "nothing", line_b = "nothing";
    const bool more_a = static_cast<bool>(std::getline(in_a, line_a)), more_b = static_cast<bool>(std::getline(in_b, line_b));
    if (!more_a) line_a = "nothing";
    if (!more_b) line_b = "nothing";
    if ((!more_a && !more_b) || line_a != line_b) return {line_a, line_b};
  }
}

void require_same(Communicator& comm, const std::vector<Fact>& facts) {
  if (comm.size() == 1) return;
  std::string hashes;
  for (const Fact& fact : facts) hashes += fact.hash.empty() ? content_hash(fact.text.data(), fact.text.size()) : fact.hash;
  const std::vector<std::string> all = comm.allgather(hashes);
  for (std::size_t i = 0; i < facts.size(); ++i)
    for (std::size_t rank = 1; rank < all.size(); ++rank) {
      if (all[rank].compare(i * hash_length, hash_length, all[0], i * hash_length, hash_length) == 0) continue;
      const std::vector<std::string> texts = comm.allgather(facts[i].text);
      const auto [first, other] = first_difference(texts[0], texts[rank]);
      throw AgreedError(facts[i].code, fmt::format("{} has another {} than {}: \"{}\", and rank 0 \"{}\"", comm.named(static_cast<int>(rank)), facts[i].what, comm.named(0), other, first), facts[i].hint);
    }
}

void require_same_program(Communicator& comm, const std::string& command) {
  if (comm.size() == 1) return;
  // By itself: ranks with another command, or of another version, may have other facts to compare.
  require_same(comm, {Fact{"command", "teranga " + command, ExitCode::usage, "start all ranks with the same command"}});
  require_same(comm, {Fact{"version", TERANGA_VERSION, ExitCode::usage, "install the same build on all nodes"},
                      Fact{"program", fmt::format("build {}", file_hash("/proc/self/exe")), ExitCode::usage, "install the same build on all nodes"},
                      Fact{"library", fmt::format("{}, {}", libraries_used(), tbb_version()), ExitCode::usage, "load the same modules on all nodes: teranga --version --verbose tells which libraries a node has"}});
  const std::vector<std::string> kinds = comm.allgather(cpu_kind());
  const auto other = std::ranges::find_if(kinds, [&](const std::string& kind) { return kind != kinds.front(); });
  if (other == kinds.end() || !comm.is_root()) return;
  log::warning_of_all(fmt::format("{} runs on another kind of processor than {}: {}, and rank 0 on {}; a run whose ranks are placed otherwise may then differ in the last bits",
                                  comm.named(static_cast<int>(other - kinds.begin())), comm.named(0), *other, kinds.front()));
}

Fact recipe_fact(const std::string& resolved) { return Fact{"recipe", resolved, ExitCode::usage, "start all ranks with the same recipe and the same --set"}; }

Fact profile_fact(const Profiling& profile) { return Fact{"profile", profile.wanted ? "--profile" : "none", ExitCode::usage, "give --profile to all ranks or to none"}; }

Fact dry_run_fact(bool dry_run) { return Fact{"kind of run", dry_run ? "--dry-run" : "training", ExitCode::usage, "give --dry-run to all ranks or to none"}; }

Fact part_fact(const std::string& part) { return Fact{"part to evaluate", part, ExitCode::usage, "start all ranks with the same --data"}; }

// A line for the step and each tensor: what the checkpoint holds, wherever each rank read it.
Fact checkpoint_fact(const checkpoint::Snapshot& snapshot) {
  std::string text = fmt::format("step {}\n", snapshot.step);
  for (const auto* tensors : {&snapshot.parameters, &snapshot.states})
    for (const NamedTensor& t : *tensors) text += fmt::format("{} {}\n", t.name, content_hash(t.tensor.data(), t.tensor.bytes()));
  return Fact{"checkpoint", text, ExitCode::data, "name a checkpoint file instead of a folder"};
}

std::vector<checkpoint::PluginIdentity> plugins_of(const recipe::Recipe& recipe, const host::Registry& registry) {
  std::vector<const host::Library*> libraries;
  const auto add = [&](const Value::Component& component) { add_libraries(Value{component, {}}, registry, libraries); };
  if (recipe.data) add(recipe.data->component);
  for (const recipe::LayerRecipe& layer : recipe.layers) add({layer.type, layer.options});
  for (const recipe::PhaseRecipe& phase : recipe::phases_of(recipe)) {
    for (const recipe::LossRecipe& loss : phase.losses) add(loss.component);
    for (const recipe::MetricRecipe& metric : phase.metrics) add(metric.component);
    add(phase.optimizer.component);
    if (phase.optimizer.schedule) add(*phase.optimizer.schedule);
  }
  if (const auto& averaging = recipe.training.averaging; averaging && averaging->outer) add(averaging->outer->component);
  for (const recipe::ObserverRecipe& observer : recipe.observers) add(observer.component);
  std::vector<checkpoint::PluginIdentity> out;
  for (const host::Library* library : libraries) out.push_back({library->name, fmt::format("{}.{}", library->border.major, library->border.minor), library->hash()});
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

Fact plugin_fact(const std::vector<checkpoint::PluginIdentity>& plugins) {
  std::string text;
  for (const checkpoint::PluginIdentity& plugin : plugins) text += fmt::format("{} {}\n", plugin.name, plugin.hash);
  return Fact{"plugin", text, ExitCode::plugin,
              "install the same build on all nodes; where their CPUs differ, give all ranks the narrowest instruction set: mpirun -x TERANGA_ISA=x86-64-v3 ..."};
}

std::vector<Fact> data_facts(const data::Source& source, const std::string& learnt, const FileFact& files) {
  std::string parts, fields;
  for (const data::Part part : data::all_parts) parts += fmt::format("{} part of {} samples\n", data::to_string(part), source.count(part));
  for (const data::Field& f : source.fields())
    fields += fmt::format("{} (role {}, type {}, shape {}, {} classes: {})\n", f.name, static_cast<int>(f.role), static_cast<int>(f.type), to_string(f.shape), f.classes,
                          fmt::join(f.class_names, ", "));
  if (source.bucket_count() > 1) fields += fmt::format("buckets of {} steps\n", fmt::join(source.buckets(), ", "));
  const std::string hint = "all ranks must see the same data: compare the files on their nodes";
  return {Fact{"number of samples", parts, ExitCode::data, hint},
          Fact{"field of the data", fields, ExitCode::data, hint},
          Fact{"preparation learnt from the training samples", content_hash(learnt.data(), learnt.size()), ExitCode::data, hint},
          Fact{"data file", files.text, ExitCode::data, hint, files.hash}};
}

}  // namespace teranga::train
