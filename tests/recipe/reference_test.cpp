// SPDX-License-Identifier: Apache-2.0
// The tables behind the reference of recipes, tried key by key: the reader takes every example and refuses what is of another type.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <map>

#include <fmt/format.h>

#include <teranga/host/item_names.hpp>
#include <teranga/recipe/reference.hpp>

#include "fake_catalogue.hpp"

namespace teranga::recipe {
namespace {

// Recipes in which every table occurs; in the second one, phases do.
const char* const plain = R"(
block = { wide = { layer = [{ type = "dense", units = 3 }] }, spare = { layer = [{ type = "dense", units = 3 }] } }
variables = { units = 3 }
data = { type = "csv", train = "table.csv" }
optimizer = { type = "sgd" }
loss = { type = "mean_squared_error" }
training = { metrics = [{ type = "mean_absolute_error" }], early_stopping = {}, averaging = { every = 2 }, layer_rates = [{ layers = "*" }] }
initial_weights = {}
checkpoint = {}
log = {}
observer = [{ type = "stop_at", value = 0.1 }]
[[layer]]
type = "dense"
name = "hidden"
units = 3
[[layer]]
type = "dense"
name = "out"
units = 3
kernel_regularizer = {}
kernel_constraint = { type = "min_max_norm", max_value = 9.0 }
[[layer]]
type = "block:wide"
)";

const char* const of_phases = R"(
[optimizer]
type = "sgd"
[[layer]]
type = "input"
network = "net"
[[layer]]
type = "dense"
network = "net"
name = "out"
units = 3
[[phase]]
name = "fit"
train = ["net"]
loss = { type = "mean_squared_error" }
[[phase.call]]
network = "net"
name = "before"
[[phase.call]]
network = "net"
name = "last"
)";

// Neither phases nor rounds, which an average of the weights does not go with.
const char* const averaged = R"(
[data]
type = "csv"
train = "table.csv"
[[layer]]
type = "dense"
units = 3
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
use_ema = true
)";

// Where --set finds the table.
const std::map<std::string, std::string>& places() {
  static const std::map<std::string, std::string> all{{"block", "block.spare"}, {"use", "layer[2]"}, {"layer", "layer[1]"}, {"regularizer", "layer[1].kernel_regularizer"}, {"constraint", "layer[1].kernel_constraint"}, {"training.metrics", "training.metrics[0]"}, {"training.layer_rates", "training.layer_rates[0]"},
                                                      {"observer", "observer[0]"}, {"phase", "phase[0]"}, {"phase.call", "phase[0].call[1]"}};
  return all;
}

std::string place_of(const ReferenceTable& table, const OptionSpec& key) {
  const auto special = places().find(table.path);
  const std::string& path = special == places().end() ? table.path : special->second;
  return path.empty() ? key.name : path + "." + key.name;
}

// Nothing where one of the recipes takes the value, else what is wrong with it.
std::string refusal(const std::string& place, const std::string& value) {
  for (const char* recipe : {plain, averaged})
    if (errors_of(recipe, {place + "=" + value}).empty()) return {};
  return errors_of(of_phases, {place + "=" + value});
}

// A value that a key of that kind cannot have.
std::string wrong_value(const OptionSpec& key) {
  switch (key.kind) {
    case OptionKind::text:
    case OptionKind::path:
      return "[true]";
    case OptionKind::table:
    case OptionKind::list:
      return "true";
    case OptionKind::boolean:
    case OptionKind::integer:
    case OptionKind::real:
    case OptionKind::component:
      return "[[1]]";
  }
  return "[[1]]";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(reference)

BOOST_AUTO_TEST_CASE(the_recipes_in_which_keys_are_tried_are_good) {
  BOOST_TEST(errors_of(plain) == "");
  BOOST_TEST(errors_of(of_phases) == "");
  BOOST_TEST(errors_of(averaged) == "");
}

// An optimizer may have the common keys as options, for defaults of its own.
BOOST_AUTO_TEST_CASE(no_plugin_has_an_option_of_the_name_of_a_key_beside_it) {
  int tried = 0;
  for (const ReferenceTable& table : reference_tables()) {
    if (table.kind.empty() || table.kind == "optimizer") continue;
    const auto reserved = host::reserved_option_names(host::kind_of(table.kind));
    for (const OptionSpec& key : table.keys) {
      ++tried;
      BOOST_TEST((std::ranges::find(reserved, key.name) != reserved.end()), place_of(table, key) << " may be an option of a plugin, which would never get it");
    }
  }
  BOOST_TEST(tried >= 12);
}

BOOST_AUTO_TEST_CASE(every_key_has_a_sentence_an_example_and_a_default) {
  for (const ReferenceTable& table : reference_tables())
    for (const OptionSpec& key : table.keys) {
      const std::string place = place_of(table, key);
      BOOST_TEST((!key.doc.empty() && key.doc.back() == '.'), place << ": its meaning is no sentence: " << key.doc);
      BOOST_TEST(!key.examples.empty(), place << " has no example");
      BOOST_TEST((key.required || key.nullable || !key.default_value.empty()), place << ": nothing says what holds where it is left out");
    }
}

BOOST_AUTO_TEST_CASE(the_reader_takes_every_example) {
  for (const ReferenceTable& table : reference_tables())
    for (const OptionSpec& key : table.keys)
      for (const std::string& example : key.examples) {
        const std::string place = place_of(table, key);
        if (place == "include") continue;  // of files, which includes_test.cpp has
        const std::string said = refusal(place, example);
        BOOST_TEST(said == "", place << " = " << example << ":\n" << said);
      }
}

BOOST_AUTO_TEST_CASE(the_reader_refuses_values_of_another_type_at_their_place) {
  for (const ReferenceTable& table : reference_tables())
    for (const OptionSpec& key : table.keys) {
      const std::string place = place_of(table, key);
      const bool phases = table.path.starts_with("phase");
      const std::string said = errors_of(phases ? of_phases : plain, {place + "=" + wrong_value(key)});
      BOOST_TEST(said.find("--set " + place) != std::string::npos, place << " = " << wrong_value(key) << " is not refused:\n" << said);
    }
}

BOOST_AUTO_TEST_CASE(the_reader_refuses_numbers_beyond_the_range) {
  for (const ReferenceTable& table : reference_tables())
    for (const OptionSpec& key : table.keys) {
      if (key.kind != OptionKind::integer && key.kind != OptionKind::real) continue;
      const std::string place = place_of(table, key);
      const char* text = table.path.starts_with("phase") ? of_phases : plain;
      if (std::isfinite(key.minimum)) BOOST_TEST(errors_of(text, {fmt::format("{}={}", place, key.minimum - 1)}) != "", place << " is below its least value");
      if (std::isfinite(key.maximum)) BOOST_TEST(errors_of(text, {fmt::format("{}={}", place, key.maximum + 1)}) != "", place << " is beyond its greatest value");
    }
}

BOOST_AUTO_TEST_CASE(every_section_of_a_recipe_has_its_table) {
  const auto has = [](const std::string& path) {
    for (const ReferenceTable& table : reference_tables())
      if (table.path == path) return true;
    return false;
  };
  for (const OptionSpec& key : reference_tables().front().keys)
    if (key.kind == OptionKind::table || (key.kind == OptionKind::list && key.item_kind == OptionKind::table)) BOOST_TEST(has(key.name), key.name << " has no table in the reference");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace teranga::recipe
