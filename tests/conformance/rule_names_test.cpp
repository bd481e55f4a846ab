// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/rule.hpp>

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

namespace teranga::conformance {

BOOST_AUTO_TEST_CASE(rules_have_names_of_two_words_each_once) {
  std::set<std::string> names;
  for (const Rule& rule : rules()) {
    const std::string name = rule.name;
    BOOST_TEST(name.find('/') != std::string::npos);
    BOOST_TEST(names.insert(name).second);
    BOOST_TEST(std::string(rule.summary).size() > 10U);
    BOOST_TEST((rule.level == quick || rule.level == full));
    BOOST_TEST(find_rule(name) == &rule);
  }
  BOOST_TEST(find_rule("no/such") == nullptr);
}

}  // namespace teranga::conformance
