// SPDX-License-Identifier: Apache-2.0
#include <teranga/data/new_samples.hpp>

#include <algorithm>
#include <cstddef>
#include <sstream>

#include <fmt/format.h>

#include <teranga/core/error.hpp>
#include <teranga/core/held_warnings.hpp>
#include <teranga/core/small_letters.hpp>
#include <teranga/host/instance.hpp>

namespace teranga::data {
namespace {

constexpr const char* of_arrays = ".npy .npz .h5 .hdf5";

const trg_new_samples* ability_of(const host::Item& dataset) {
  const auto& calls = *static_cast<const trg_dataset_calls*>(dataset.native->calls);
  return calls.extension ? static_cast<const trg_new_samples*>(calls.extension(TRG_NEW_SAMPLES)) : nullptr;
}

std::vector<const char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<const char*> out;
  for (const std::string& text : texts) out.push_back(text.c_str());
  return out;
}

struct ToldKnowledge {
  std::vector<std::pair<std::string, std::string>> lines;
  bool failed = false;
};

void take_line(void* context, const char* name, const char* text) noexcept {
  ToldKnowledge& told = *static_cast<ToldKnowledge*>(context);
  try {
    told.lines.emplace_back(name ? name : "", text ? text : "");
  } catch (...) {  // no exception may pass through the plugin's frames
    told.failed = true;
  }
}

}  // namespace

bool prepares_new_samples(const host::Item& dataset) { return ability_of(dataset) != nullptr; }

bool reads_file(const host::Item& dataset, const std::string& path) {
  const trg_new_samples* ability = ability_of(dataset);
  if (!ability) return false;
  const std::string name = in_small_letters(path);
  const auto ends_so = [&](const char* list) {
    std::istringstream endings(list);
    for (std::string ending; endings >> ending;)
      if (name.ends_with(in_small_letters(ending))) return true;
    return false;
  };
  const std::string_view endings = ability->endings ? ability->endings : "";
  return ends_so(endings.data()) || ((endings.empty() || endings.ends_with('*')) && !ends_so(of_arrays));
}

std::vector<std::string> endings_of(const host::Item& dataset) {
  const trg_new_samples* ability = ability_of(dataset);
  std::vector<std::string> out;
  std::istringstream endings(ability && ability->endings ? ability->endings : "");
  for (std::string ending; endings >> ending;) {
    if (ending == "*") return {};
    if (!ending.ends_with(".gz")) out.push_back(ending);
  }
  return out;
}

std::unique_ptr<Source> open_new_samples(const host::Item& dataset, const Options& options, std::string_view learnt, const NewInput& input) {
  const trg_new_samples* ability = ability_of(dataset);
  if (!ability) throw Error(ExitCode::usage, fmt::format("the data set \"{}\" prepares no new samples: it opens those of its recipe alone", dataset.short_name));
  const std::vector<const char*> paths = pointers_to(input.paths), texts = pointers_to(input.texts);
  const trg_new_input native{sizeof(native), paths.data(), static_cast<std::int64_t>(paths.size()), texts.data(), static_cast<std::int64_t>(texts.size()), input.judged, 0};
  log::HeldWarnings warnings;
  host::Dataset opened(dataset, options, {}, "open", [&](const trg_options* given, void** self, trg_error* error) {
    return ability->open(given, learnt.data(), learnt.size(), &native, self, error);
  });
  warnings.release();
  auto source = std::make_unique<Source>(std::move(opened));
  if (!source->has(Part::test)) throw Error(ExitCode::plugin, fmt::format("data set \"{}\": opened new samples, and describes no test part", dataset.short_name));
  return source;
}

std::vector<std::string> names_of_samples(const Source& source) {
  const auto* ability = static_cast<const trg_new_samples*>(source.extension(TRG_NEW_SAMPLES));
  const bool told = ability && ability->sample_name;
  if (!told) return {};
  std::vector<std::string> names;
  bool any = false;
  for (std::int64_t sample = 0; sample < source.count(Part::test); ++sample) {
    ToldKnowledge one;
    const auto take = [](void* context, const char* name) noexcept { take_line(context, name, nullptr); };
    source.call("sample_name", [&](void* dataset, trg_error* error) { return ability->sample_name(dataset, sample, &one, take, error); });
    if (one.failed) throw Error(ExitCode::failure, fmt::format("data set \"{}\": no memory is left for the names of its samples", source.name()));
    names.push_back(one.lines.empty() ? "" : one.lines.front().first);
    any = any || !names.back().empty();
  }
  return any ? names : std::vector<std::string>();
}

std::vector<std::string> column_of_samples(const Source& source, const std::string& name) {
  const auto* ability = static_cast<const trg_new_samples*>(source.extension(TRG_NEW_SAMPLES));
  const bool told = ability && ability->column;
  if (!told) throw Error(ExitCode::usage, fmt::format("the data set \"{}\" has no columns that could stand beside the predictions", source.name()), names_of_samples(source).empty() ? "leave out --keep" : "leave out --keep: the file of each sample is told anyway");
  ToldKnowledge cells;
  const auto take = [](void* context, const char* cell) noexcept { take_line(context, cell, nullptr); };
  source.call("column", [&](void* dataset, trg_error* error) { return ability->column(dataset, name.c_str(), &cells, take, error); });
  if (cells.failed) throw Error(ExitCode::failure, fmt::format("data set \"{}\": no memory is left for the column \"{}\"", source.name(), name));
  if (std::ssize(cells.lines) != source.count(Part::test))
    throw Error(ExitCode::plugin, fmt::format("data set \"{}\": expected {} cells of the column \"{}\", one a sample, found {}", source.name(), source.count(Part::test), name, cells.lines.size()));
  std::vector<std::string> out;
  for (auto& [cell, nothing] : cells.lines) out.push_back(std::move(cell));
  return out;
}

std::string name_of_column(const Source& source, const std::string& wanted) {
  const auto* ability = static_cast<const trg_new_samples*>(source.extension(TRG_NEW_SAMPLES));
  if (!ability || !ability->column_name) return wanted;
  ToldKnowledge told;
  const auto take = [](void* context, const char* name) noexcept { take_line(context, name, nullptr); };
  source.call("column_name", [&](void* dataset, trg_error* error) { return ability->column_name(dataset, wanted.c_str(), &told, take, error); });
  if (told.failed) throw Error(ExitCode::failure, fmt::format("data set \"{}\": no memory is left for the name of the column \"{}\"", source.name(), wanted));
  return told.lines.empty() ? wanted : told.lines.front().first;
}

std::vector<std::pair<std::string, std::string>> knowledge_of(const Source& source, std::string_view learnt) {
  const auto* ability = static_cast<const trg_new_samples*>(source.extension(TRG_NEW_SAMPLES));
  if (!ability || !ability->knowledge) return {};
  ToldKnowledge told;
  source.call("knowledge", [&](void* dataset, trg_error* error) { return ability->knowledge(dataset, learnt.data(), learnt.size(), &told, take_line, error); });
  if (told.failed) throw Error(ExitCode::failure, fmt::format("data set \"{}\": no memory is left for what it learnt", source.name()));
  return told.lines;
}

}  // namespace teranga::data
