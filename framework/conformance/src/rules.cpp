// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/rule.hpp>

#include <algorithm>
#include <iterator>

namespace teranga::conformance {

bool Rule::applies_to(std::int32_t kind) const noexcept { return scope == Scope::item && (kinds.empty() || std::ranges::find(kinds, kind) != kinds.end()); }

const std::vector<Rule>& rules() {
  static const std::vector<Rule> all = [] {
    std::vector<Rule> joined;
    for (const auto of_kind : {symbol_rules, library_rules, schema_rules, life_rules, layer_rules, activation_rules, loss_rules, optimizer_rules, metric_rules, schedule_rules, initializer_rules, dataset_rules, observer_rules})
      std::ranges::move(of_kind(), std::back_inserter(joined));
    return joined;
  }();
  return all;
}

const Rule* find_rule(std::string_view name) noexcept {
  const auto found = std::ranges::find(rules(), name, &Rule::name);
  return found == rules().end() ? nullptr : &*found;
}

}  // namespace teranga::conformance
