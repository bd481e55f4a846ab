// SPDX-License-Identifier: Apache-2.0
// Hints of a data set as they are typed behind a command that reads a checkpoint.
#include "session/option_hints.hpp"

#include <boost/test/unit_test.hpp>

using namespace teranga;

namespace {

OptionSpec named(const char* name) {
  OptionSpec spec;
  spec.name = name;
  return spec;
}

std::string typed(const std::string& hint) { return train::hint_for_checkpoint({named("missing"), named("ignore"), named("scale"), named("separator")}, hint); }

}  // namespace

BOOST_AUTO_TEST_CASE(options_are_typed_behind_set) {
  BOOST_TEST(typed("missing = \"mean\"") == "--set data.missing=mean");
  BOOST_TEST(typed("scale = 0.5") == "--set data.scale=0.5");
  BOOST_TEST(typed("ignore = [\"a, b\", \"it's\"]") == "--set 'data.ignore=[\"a, b\", \"it'\\''s\"]'");
  BOOST_TEST(typed("missing = \"2\", or missing = \"-1\", or missing = \"a1\"") == "--set 'data.missing=\"2\"', or --set 'data.missing=\"-1\"', or --set data.missing=a1");
  BOOST_TEST(typed("separator = \";\"") == "--set 'data.separator=\";\"'");
  BOOST_TEST(typed("missing = \"mean\", or ignore = [\"a\"]") == "--set data.missing=mean, or --set 'data.ignore=[\"a\"]'");
  BOOST_TEST(typed("missing = \"mean\" (the mean of the column), or scale = 2") == "--set data.missing=mean (the mean of the column), or --set data.scale=2");
}

BOOST_AUTO_TEST_CASE(what_is_no_option_stays) {
  for (const char* hint : {"", "look with: ls -l folder", "units = 3", "look at missing = 3", "--set data.scale=1", "missing = "}) BOOST_TEST(typed(hint) == hint);
}

BOOST_AUTO_TEST_CASE(hints_within_messages_are_typed_too) {
  const Schema schema{named("missing")};
  BOOST_TEST(train::message_for_checkpoint(schema, "recipe.toml:3:1: error: missing = 1\n    3 | missing = 1\n      hint: missing = \"mean\"\n1 error") ==
             "recipe.toml:3:1: error: missing = 1\n    3 | missing = 1\n      hint: --set data.missing=mean\n1 error");
  BOOST_TEST(train::message_for_checkpoint(schema, "hint: missing = 0\n1 error") == "hint: --set data.missing=0\n1 error");  // the end of the line is no part of the value
  BOOST_TEST(train::message_for_checkpoint(schema, "") == "");
}
