// SPDX-License-Identifier: Apache-2.0
// "$name" in recipes.
#include <boost/test/unit_test.hpp>

#include <fmt/format.h>

#include <teranga/core/error.hpp>
#include <teranga/recipe/recipe.hpp>

#include "fake_catalogue.hpp"

namespace teranga::recipe {
namespace {

// The value that `text` becomes, beside some variables; what is wrong where something is.
std::string value_of(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const std::string recipe = std::string(small_recipe) + "[variables]\nn = 12\nhalf = 0.5\nword = \"ab\"\nyes = true\nmany = [1, \"$n\"]\ntwice = \"$n * 2\"\n[[layer]]\ntype = \"tabular\"\ncolumns = { v = " + text + " }\n";
  std::string said;
  try {
    const Recipe read = parse(recipe, "net.toml", overrides, FakeCatalogue());
    const std::string table = to_toml(*find_option(read.layers.at(1).options, "columns"));
    return table.substr(6, table.size() - 8);
  } catch (const Error& error) {
    said = error.what();
    return said.substr(said.find("error: "));
  }
}

bool says(const std::string& text, const std::string& part) {
  const std::string said = value_of(text);
  return said.starts_with("error: ") && said.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(variables)

BOOST_AUTO_TEST_CASE(a_variable_keeps_its_type) {
  BOOST_TEST(value_of(R"("$n")") == "12");
  BOOST_TEST(value_of(R"("$half")") == "0.5");
  BOOST_TEST(value_of(R"("$word")") == "\"ab\"");
  BOOST_TEST(value_of(R"("$yes")") == "true");
  BOOST_TEST(value_of(R"("$many")") == "[1, 12]");
  BOOST_TEST(value_of(R"(["$n", { x = "$word" }])") == "[12, { x = \"ab\" }]");
}

BOOST_AUTO_TEST_CASE(one_sign_between_two_numbers_is_computed) {
  BOOST_TEST(value_of(R"("$n * 4")") == "48");
  BOOST_TEST(value_of(R"("$n+1")") == "13");
  BOOST_TEST(value_of(R"("$n - -1")") == "13");
  BOOST_TEST(value_of(R"("$n / 4")") == "3");
  BOOST_TEST(value_of(R"("$n / $twice")").find("12 / 24 is no whole number") != std::string::npos);
  BOOST_TEST(value_of(R"("$n / 24.0")") == "0.5");
  BOOST_TEST(value_of(R"("$n * $half")") == "6.0");
  BOOST_TEST(value_of(R"("$twice")") == "24");
}

BOOST_AUTO_TEST_CASE(other_texts_stay_as_they_are) {
  for (const char* text : {"\"$\"", "\"$$\"", "\"cost: $n\"", "\"$5\"", "\"$HOME/data.csv\"", "\"$nobody*x\"", "\"\""}) BOOST_TEST(value_of(text) == text);
  BOOST_TEST(value_of(R"("$$n")") == "\"$n\"");
  BOOST_TEST(value_of(R"("$$$n")") == "\"$$n\"");
  BOOST_TEST(value_of(R"("$$n * 2")") == "\"$n * 2\"");
}

BOOST_AUTO_TEST_CASE(a_resolved_recipe_keeps_texts_that_begin_with_a_dollar) {
  for (const char* text : {"$n", "$$n", "$HOME/x", "$", "$n * 2"}) {
    const std::string recipe = std::string(small_recipe) + fmt::format("[[layer]]\ntype = \"tabular\"\nnote = \"${}\"\n", text);
    const Recipe read = parse(text[1] == '\0' ? std::string(small_recipe) + "[[layer]]\ntype = \"tabular\"\nnote = \"$\"\n" : recipe, "net.toml", {}, FakeCatalogue());
    BOOST_TEST(to_toml(*find_option(read.layers.at(1).options, "note")) == fmt::format("\"{}\"", text));
    const Recipe again = parse(resolve(read), "net.toml", {}, FakeCatalogue());
    BOOST_TEST(to_toml(*find_option(again.layers.at(1).options, "note")) == fmt::format("\"{}\"", text));
  }
}

BOOST_AUTO_TEST_CASE(variables_count_in_every_section) {
  const Recipe recipe = parse(std::string(small_recipe) + "learning_rate = \"$rate\"\n[training]\nepochs = \"$n\"\nbatch_size = \"$n * 2\"\n[variables]\nrate = 0.25\nn = 3\n", "net.toml", {}, FakeCatalogue());
  BOOST_TEST(recipe.optimizer.learning_rate == 0.25);
  BOOST_TEST(recipe.training.epochs == 3);
  BOOST_TEST(recipe.training.batch_size == 6);
}

BOOST_AUTO_TEST_CASE(overrides_set_variables_and_use_them) {
  BOOST_TEST(value_of(R"("$n * 4")", {"variables.n=2"}) == "8");
  BOOST_TEST(value_of(R"("$twice")", {"variables.n=2"}) == "4");
  BOOST_TEST(value_of("1", {"layer[1].columns.v=$n"}) == "12");
  BOOST_TEST(value_of(R"("$n")", {"variables.m=2"}).find("the recipe has no variable \"m\"") != std::string::npos);
  BOOST_TEST(errors_of(small_recipe, {"variables.n=2"}).find("the recipe has no [variables]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_filled_in_is_told) {
  BOOST_TEST(says(R"("$m")", "there is no variable \"m\""));
  BOOST_TEST(says(R"("$wrod")", "did you mean \"$word\"?"));
  BOOST_TEST(says(R"("$word * 2")", "\"$word\" is text \"ab\", no number"));
  BOOST_TEST(says(R"("$n * two")", "cannot be computed: expected a variable alone"));
  BOOST_TEST(says(R"("$n * 2 * 2")", "cannot be computed"));
  BOOST_TEST(says(R"("$n / 0")", "12 / 0 is no number"));
  BOOST_TEST(says(R"("$n / 0.0")", "12 / 0.0 is no number"));
  BOOST_TEST(says(R"("$n * 9000000000000000000")", "is too large"));
  const auto of = [](const std::string& variables) { return errors_of(std::string(small_recipe) + "[training]\nepochs = \"$a\"\n[variables]\n" + variables); };
  BOOST_TEST(of("a = \"$a\"").find("the value of \"a\" takes itself") != std::string::npos);
  BOOST_TEST(of("a = \"$b\"\nb = [\"$a\"]").find("the value of \"a\" takes itself") != std::string::npos);
  BOOST_TEST(of("a-b = 1\na = 1").find("\"a-b\" is no name for a variable") != std::string::npos);
  BOOST_TEST(errors_of("variables = 3\n" + std::string(small_recipe)).find("[variables]: expected a table, found 3") != std::string::npos);
  BOOST_TEST(of("a = \"ten\"") ==
             "net.toml:13:5: error: \"epochs\" of [training]: expected an integer >= 0, found text \"ten\"\n"
             "   13 | a = \"ten\"\n"
             "      |     ^\n"
             "      as \"$a\" at net.toml:11:10\n"
             "1 error in net.toml");
}

// Ten copies of the one before, thirty times.
BOOST_AUTO_TEST_CASE(variables_cannot_fill_the_memory) {
  std::string text = "v0 = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 30; ++i) text += fmt::format("v{0} = [\"$v{1}\", \"$v{1}\", \"$v{1}\", \"$v{1}\", \"$v{1}\", \"$v{1}\", \"$v{1}\", \"$v{1}\", \"$v{1}\", \"$v{1}\"]\n", i, i - 1);
  const std::string recipe = std::string(small_recipe) + "[training]\nmetrics = \"$v29\"\n[variables]\n" + text;
  BOOST_TEST(errors_of(recipe).find("blocks and variables make more than 300000 values") != std::string::npos);
  std::string chain;
  for (int i = 0; i < 20000; ++i) chain += fmt::format("v{} = \"$v{}\"\n", i, i + 1);
  BOOST_TEST(errors_of(std::string(small_recipe) + "[training]\nepochs = \"$v0\"\n[variables]\n" + chain + "v20000 = 1\n").find("variables take each other more than 64 deep") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace teranga::recipe
