// SPDX-License-Identifier: Apache-2.0
// The rules of losses, optimizers, metrics, schedules, initializers, data sets and observers find nothing in the built-in plugins. `teranga plugin check` tries each in a process of its own; here
// they run in one, at the level that takes seconds.
#include <boost/test/unit_test.hpp>

#include <teranga/host/registry.hpp>

#include "rule_under_test.hpp"

namespace teranga::tests {

BOOST_AUTO_TEST_CASE(built_in_plugins_pass) {
  host::Registry registry;
  registry.add_folder(std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/plugins");
  int passed = 0;
  for (const host::Item* item : registry.items())
    for (const conformance::Rule& rule : conformance::rules()) {
      if (item->kind == host::Kind::layer || item->kind == host::Kind::activation || rule.kinds.empty() || !rule.applies_to(item->native->kind)) continue;
      const Checked found = check(rule.name, *item->native, conformance::quick);
      BOOST_TEST(std::ranges::all_of(found.findings, [](const Finding& f) { return f.severity == Severity::note; }), rule.name << " of " << item->name << ":" << found.words());
      passed += found.passed();
      if (!found.inapplicable.empty()) BOOST_TEST_MESSAGE(rule.name << " of " << item->name << ": " << found.inapplicable);
    }
  BOOST_TEST(passed > 100);
}

}  // namespace teranga::tests
