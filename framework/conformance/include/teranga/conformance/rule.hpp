// SPDX-License-Identifier: Apache-2.0
// One thing that every plugin of a kind must keep, and what it is tried on. A rule runs in a process of its own, on one item, with limits on time and memory: it may call the plugin as it
// likes, and need not fear that the plugin crashes, exits or never returns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/conformance/finding.hpp>
#include <teranga/core/value.hpp>
#include <teranga/host/library.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/sdk/c/library.h>

namespace teranga::conformance {

inline constexpr int quick = 1, full = 2;  // levels

// What a rule looks at.
struct Subject {
  std::string path;                         // the library file, canonical
  const trg_library* library = nullptr;     // null for rules of the file
  const trg_item* item = nullptr;           // null for rules of the file and of the library
  int level = quick;                        // how much to try
  Options given;                            // values that the user gave for options of the item (--set); they win over every trial
  std::vector<std::string> allowed_libraries;  // shared libraries that the plugin may need (--allow)

  template <class Calls>
  const Calls& calls() const noexcept { return *static_cast<const Calls*>(item->calls); }
  std::string item_name() const;  // "layer acme.swish"; empty for a library

  // The library and all plugins of the search path, opened at the first call: for host::LendActivations and for components. Names that two offer are those of this library.
  const host::Registry& registry() const;
};

// Whether a table that may be of an older border goes as far as this call, and has it: has_call(calls, &trg_layer_calls::expand).
template <class Calls, class Function>
bool has_call(const Calls& calls, Function Calls::*call) noexcept {
  const auto end = reinterpret_cast<const char*>(&(calls.*call)) + sizeof(Function) - reinterpret_cast<const char*>(&calls);
  return calls.size >= static_cast<std::size_t>(end) && calls.*call != nullptr;
}

enum class Scope { file, library, item };  // file: looked at as bytes, the library is not opened

struct Rule {
  const char* name;     // "gradient/inputs"
  const char* summary;  // one line, for --list
  int level;            // the least one that it runs at
  std::vector<std::int32_t> kinds;  // of items, enum trg_item_kind; empty: all kinds
  void (*run)(const Subject&, Findings&);
  Scope scope = Scope::item;

  bool applies_to(std::int32_t kind) const noexcept;
};

// All rules, in the order in which they run: of the file, the library, all items, and then kind by kind.
const std::vector<Rule>& rules();
const Rule* find_rule(std::string_view name) noexcept;

std::vector<Rule> symbol_rules();
std::vector<Rule> library_rules();
std::vector<Rule> schema_rules();
std::vector<Rule> life_rules();
std::vector<Rule> layer_rules();
std::vector<Rule> activation_rules();
std::vector<Rule> loss_rules();
std::vector<Rule> optimizer_rules();
std::vector<Rule> metric_rules();
std::vector<Rule> schedule_rules();
std::vector<Rule> initializer_rules();
std::vector<Rule> dataset_rules();
std::vector<Rule> observer_rules();

}  // namespace teranga::conformance
