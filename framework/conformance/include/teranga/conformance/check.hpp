// SPDX-License-Identifier: Apache-2.0
// Checks a plugin library by all rules that apply, each on each item in a process of its own; this process never opens the library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/conformance/finding.hpp>
#include <teranga/conformance/rule.hpp>

namespace teranga::conformance {

struct CheckRequest {
  std::vector<std::string> items;   // "acme.swish" or "swish"; empty: all
  std::vector<std::string> only;    // rules, or the first halves of their names ("gradient"); empty: all
  int level = quick;
  std::vector<std::string> allowed_libraries;  // that the plugin may need
  std::vector<std::string> values;  // NAME=VALUE or ITEM.NAME=VALUE
  double seconds = 60;              // of each process
  std::uint64_t memory = std::uint64_t{4} << 30;  // bytes of each process
  int at_once = 0;                  // processes; 0: as many as this process has cores
  bool here = false;                // all in this process, without limits, for a debugger
  bool one_of_several = false;      // items and values that the library does not have may be those of another one: see CheckedLibrary::unknown
};

enum class Outcome { passed, failed, not_applicable };
const char* to_string(Outcome outcome) noexcept;

// One rule on one item, or on the library.
struct RuleResult {
  std::string rule;
  std::string item;  // "layer acme.swish"; empty: the library
  Outcome outcome = Outcome::passed;
  std::string why;   // it is not applicable
  std::vector<Finding> findings;
  double seconds = 0;
};

struct CheckedItem {
  std::int32_t kind = 0;
  std::string name, spoken;  // "acme.swish", "layer acme.swish"
  bool sound = false;        // its tables are in order, so that it can be tried
};

struct CheckedLibrary {
  std::string path;
  bool opened = false;
  std::vector<CheckedItem> items;
  std::vector<RuleResult> results;  // in the order of items, the library first, and of rules
  std::vector<std::string> unknown; // items and values of the request that it does not have

  std::size_t count(Outcome outcome) const noexcept;
  std::size_t count(Severity severity) const noexcept;  // findings
  bool is_left_out() const noexcept { return opened && results.empty() && !unknown.empty(); }  // it has no item of the request
  bool passed() const noexcept { return count(Outcome::failed) == 0; }
};

// Throws Error(usage) for a rule that does not exist.
void check_names_of_rules(const std::vector<std::string>& only);

struct Progress {
  std::size_t done = 0, of = 0;
  std::string rule, item;  // that has just ended
};

// `path` is that of a file; of the variants for instruction sets the one that a training would open is checked. Throws Error(usage) for an item that the library does not have and for a value of an option that no item has, unless it is
// one of several libraries: then a library without any item of the request is not tried.
// Throws Error(usage) for an item, or a value, that none of the libraries has.
void require_known(const std::vector<CheckedLibrary>& checked, const CheckRequest& request);

CheckedLibrary check_library(const std::string& path, const CheckRequest& request, const std::function<void(const Progress&)>& tell = {});

}  // namespace teranga::conformance
