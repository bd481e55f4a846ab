// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include <teranga/recipe/recipe.hpp>

#include "fake_catalogue.hpp"

namespace teranga::recipe {
namespace {

Recipe read(const std::vector<std::string>& overrides) { return parse(small_recipe, "net.toml", overrides, FakeCatalogue()); }

std::string option(const Recipe& recipe, std::size_t layer, const char* name) {
  const Value* value = find_option(recipe.layers.at(layer).options, name);
  return value == nullptr ? "absent" : to_toml(*value);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_last_override_of_a_key_wins) { BOOST_TEST(read({"training.epochs=5", "training.epochs=7"}).training.epochs == 7); }

BOOST_AUTO_TEST_CASE(layers_are_found_by_name_by_number_and_by_generated_name) {
  BOOST_TEST(option(read({"layer.first.units=64"}), 0, "units") == "64");
  BOOST_TEST(option(read({"layer[0].units=65"}), 0, "units") == "65");
  const std::string text = std::string(small_recipe) + "[[layer]]\ntype = \"dropout\"\n[[layer]]\ntype = \"dropout\"\n";
  const Recipe recipe = parse(text, "net.toml", {"layer.dropout_1.rate=0.25"}, FakeCatalogue());
  BOOST_TEST(option(recipe, 1, "rate") == "0.5");
  BOOST_TEST(option(recipe, 2, "rate") == "0.25");
}

BOOST_AUTO_TEST_CASE(values_are_toml_or_a_bare_word) {
  BOOST_TEST(read({"optimizer.learning_rate=1e-3"}).optimizer.learning_rate == 1e-3);
  BOOST_TEST(option(read({"layer.first.activation=relu"}), 0, "activation") == "{ type = \"teranga.relu\", negative_slope = 0.0 }");
  BOOST_TEST(option(read({"layer.first.activation=\"softmax\""}), 0, "activation") == "{ type = \"teranga.softmax\" }");
  BOOST_TEST(option(read({"layer.first.kernel_regularizer={l2=1}"}), 0, "kernel_regularizer") == "{ l1 = 0.0, l2 = 1.0 }");
  const Recipe recipe = read({"data.type=idx", "data.train=[\"a\", \"b\"]", "data.test=2024-01-31"});
  BOOST_TEST(to_toml(*find_option(recipe.require_data().component.options, "train")) == "[\"a\", \"b\"]");
  BOOST_TEST(to_toml(*find_option(recipe.require_data().component.options, "test")) == "[\"2024-01-31\"]");
  BOOST_TEST(to_toml(*find_option(read({"data.type=idx", "data.train=/a b/c=d"}).data->component.options, "train")) == "[\"/a b/c=d\"]");
}

BOOST_AUTO_TEST_CASE(sections_and_inner_tables_are_made_where_they_do_not_exist) {
  BOOST_TEST(read({"checkpoint.keep=5"}).checkpoint.keep == 5);
  BOOST_TEST(read({"training.early_stopping.patience=4"}).training.early_stopping->patience == 4);
  BOOST_TEST(read({"training.class_weight.0=2.0"}).training.class_weight.at(0).weight == 2.0);
}

BOOST_AUTO_TEST_CASE(a_name_alone_becomes_a_table_when_an_override_reaches_into_it) {
  const Recipe recipe = read({"layer.first.kernel_initializer=he_normal", "layer.first.kernel_initializer.seed=9"});
  BOOST_TEST(option(recipe, 0, "kernel_initializer") == "{ type = \"teranga.he_normal\", seed = 9 }");
}

BOOST_AUTO_TEST_CASE(a_wrong_path_points_into_the_argument) {
  BOOST_TEST(errors_of(small_recipe, {"training.epoch=5"}) ==
             "--set training.epoch=5: error: unknown key \"epoch\" of [training]\n"
             "      | --set training.epoch=5\n"
             "      |                ^\n"
             "      hint: did you mean \"epochs\"?\n"
             "1 error in the options --set");
  BOOST_TEST(errors_of(small_recipe, {"layer.frist.units=5"}) ==
             "--set layer.frist.units=5: error: the recipe has no layer \"frist\"\n"
             "      | --set layer.frist.units=5\n"
             "      |             ^\n"
             "      hint: did you mean \"first\"?\n"
             "1 error in the options --set");
  BOOST_TEST(errors_of(small_recipe, {"layer[1].units=5"}).find("layer[1] does not exist: there are 1 (counted from 0)") !=
             std::string::npos);
  BOOST_TEST(errors_of(std::string(small_recipe) + "[training]\n", {"training[0].x=5"}).find("\"training\" is not a list") !=
             std::string::npos);
  BOOST_TEST(errors_of(small_recipe, {"training[0].x=5"}).find("the recipe has no [[training]]") != std::string::npos);
  BOOST_TEST(errors_of(small_recipe, {"traning.epochs=5"}).find("did you mean \"training\"?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_wrong_value_points_at_the_value) {
  BOOST_TEST(errors_of(small_recipe, {"training.epochs=many"}) ==
             "--set training.epochs=many: error: \"epochs\" of [training]: expected an integer >= 0, found text \"many\"\n"
             "      | --set training.epochs=many\n"
             "      |                       ^\n"
             "1 error in the options --set");
  BOOST_TEST(errors_of(small_recipe, {"data.type=idx", "data.train=[\"a\", 5]"}) ==
             "--set data.train=[\"a\", 5]: error: \"train[1]\" of data set \"idx\": expected a path (text), found 5\n"
             "      | --set data.train=[\"a\", 5]\n"
             "      |                        ^\n"
             "1 error in the options --set");
}

BOOST_AUTO_TEST_CASE(what_is_no_override_is_refused_with_its_place) {
  for (const char* argument : {"training.epochs", "=5", ".a=5", "a..b=5", "a b=5", "layer[x].units=5", "layer[].units=5", "layer[1.units=5",
                               "layer[99999999999].units=5", "training.epochs=", "training.epochs= ", "training.epochs=[1",
                               "training.epochs=\"x", "training.seed=5\ntraining.epochs = 3", "training.epochs.x=5", "layer.first=5"}) {
    const std::string errors = errors_of(small_recipe, {argument});
    BOOST_TEST(errors.find(std::string("--set ") + argument + ": error: ") == 0u, argument << " gave: " << errors);
  }
}

BOOST_AUTO_TEST_CASE(faults_of_file_and_overrides_are_reported_together) {
  const std::string text = std::string(small_recipe) + "momentun = 0.5\n";
  const std::string errors = errors_of(text, {"training.epochs=-1", "nonsense"});
  BOOST_TEST(errors.find("3 errors in net.toml") != std::string::npos);
  BOOST_TEST(errors.find("net.toml:10:1: error: unknown key \"momentun\"") == 0u);
}

}  // namespace teranga::recipe
