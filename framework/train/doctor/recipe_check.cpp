// SPDX-License-Identifier: Apache-2.0
// Whether a recipe can be trained here: read, its data opened, its networks planned, on each rank as a training does it.
#include "doctor/checks.hpp"

#include <teranga/core/counted.hpp>
#include <teranga/core/hash.hpp>
#include <teranga/core/held_warnings.hpp>
#include <teranga/train/data_opening.hpp>
#include <teranga/train/networks.hpp>
#include <teranga/train/recipe_checks.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <fmt/format.h>

namespace teranga::train {
namespace {

void plan_recipe(FactSheet& facts, const DoctorOptions& options, Team& team) {
  const host::Registry registry = open_plugins(recipe::plugin_files(options.recipe, options.overrides));
  const recipe::Recipe recipe = load_recipe(options.recipe, options.overrides, registry);
  recipe.require_data();
  const std::string resolved = recipe::resolve(recipe);
  facts.add("recipe", content_hash(resolved.data(), resolved.size()));
  facts.add("recipe name", recipe.name);
  const std::unique_ptr<data::Source> source = open_data(recipe, registry);
  source->fit();
  Networks networks(recipe, *source, registry, team);
  check_monitors(recipe, measured_by(networks, *source), registry);
  const model::Summary summary = networks.summary();
  const double weights = static_cast<double>(summary.parameters) * sizeof(float);
  facts.add("recipe memory", static_cast<double>(summary.bytes_per_rank) + 2 * weights);  // with the slots of most optimizers
  facts.add("checkpoint bytes", 3 * weights);
  facts.add("gradient bytes", static_cast<double>(summary.trainable) * sizeof(float));
  facts.add("step flops", summary.step_flops);
  facts.add("samples", fmt::format("{} parameters, {} training samples", summary.parameters, source->count(data::Part::training)));
}

}  // namespace

void add_recipe_facts(FactSheet& facts, const DoctorOptions& options, Team& team) {
  if (options.recipe.empty()) return;
  const log::HeldWarnings quiet;  // teranga check tells them
  const auto fault = [&](const std::string& what, const std::string& hint, ExitCode code) {
    facts.add("recipe fault", what);
    facts.add("recipe hint", hint);
    facts.add("recipe code", static_cast<double>(code));
  };
  try {
    plan_recipe(facts, options, team);
  } catch (const Error& error) {
    fault(error.what(), error.hint(), error.code());
  } catch (const std::exception& error) {
    fault(error.what(), {}, ExitCode::failure);
  }
}

void check_recipe(const FactSheets& ranks, const DoctorOptions& options, Findings& out) {
  if (options.recipe.empty()) return;
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    const std::string fault = ranks[rank].get("recipe fault"), hint = ranks[rank].get("recipe hint");
    if (fault.empty()) continue;
    return out.push_back({"recipe", Verdict::problem, fmt::format("{}{}", ranks.size() > 1 ? rank_words(ranks, rank) + ": " : "", fault), hint, static_cast<ExitCode>(static_cast<int>(ranks[rank].number("recipe code")))});
  }
  if (const std::size_t other = first_other(ranks, "recipe"))
    return out.push_back({"recipe", Verdict::problem, fmt::format("{} has another recipe than rank 0", rank_words(ranks, other)), "start all ranks with the same recipe and the same --set", ExitCode::usage});
  if (const std::size_t other = first_other(ranks, "samples"))
    return out.push_back({"recipe", Verdict::problem, fmt::format("{} has other data than rank 0: {}, and rank 0 {}", rank_words(ranks, other), ranks[other].get("samples"), ranks[0].get("samples")), "compare the files of the data on the hosts", ExitCode::data});
  out.push_back({"recipe", Verdict::ok, fmt::format("{}: {}, about {} of memory for each process", ranks[0].get("recipe name"), ranks[0].get("samples"), bytes_words(ranks[0].number("recipe memory")))});
}

}  // namespace teranga::train
