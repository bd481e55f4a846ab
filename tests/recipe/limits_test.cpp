// SPDX-License-Identifier: Apache-2.0
// Files that are no recipes, texts that are no TOML, and nesting that must not exhaust the stack.
#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>
#include <teranga/recipe/recipe.hpp>

#include "fake_catalogue.hpp"
#include "recipe_folder.hpp"

namespace teranga::recipe {
namespace {

std::string load_error(const std::string& path) {
  try {
    load(path, {}, FakeCatalogue());
  } catch (const Error& error) {
    BOOST_TEST((error.code() == ExitCode::usage));
    return error.what() + (error.hint().empty() ? std::string() : " | " + error.hint());
  }
  return {};
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

std::string repeated(const std::string& part, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += part;
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_file_that_cannot_be_a_recipe_is_refused_by_name) {
  const RecipeFolder folder;
  const std::string good = folder.write("net.toml", small_recipe);
  BOOST_TEST(load_error(good) == "");
  BOOST_TEST(load(good, {}, FakeCatalogue()).folder == folder.path.string());
  const std::string bare = (folder.path / "net").string();
  BOOST_TEST(load_error(bare) == "recipe " + bare + ": no such file | did you mean " + good + "?");
  BOOST_TEST(has(load_error(folder.path.string()), "is a folder"));
  BOOST_TEST(has(load_error("/dev/zero"), "is not a regular file"));
  BOOST_TEST(has(load_error(good + "/x"), "recipe " + good + "/x: "));
  BOOST_TEST(has(load_error(folder.write("binary", std::string("a = 1\n\0\1\2", 9))), "is a binary file"));
  BOOST_TEST(has(load_error(folder.write("empty", "")), "the recipe is empty"));
  const std::string big = std::string(small_recipe) + repeated("# filler filler filler filler filler filler\n", 1 << 15);
  BOOST_TEST(has(load_error(folder.write("big", big)), "is larger than 1 MiB"));
  BOOST_TEST(load_error(folder.write("large", big.substr(0, (1 << 20) - 100))) == "");
}

BOOST_AUTO_TEST_CASE(plugin_files_are_known_before_any_catalogue) {
  const RecipeFolder folder;
  const std::string path = folder.write("net.toml", "plugins = [\"a.so\", \"/lib/b.so\"]\nnonsense = 5\n");
  const std::vector<std::string> expected = {(folder.path / "a.so").string(), "/lib/b.so"};
  BOOST_TEST(plugin_files(path, {}) == expected, boost::test_tools::per_element());
  BOOST_TEST(plugin_files(path, {"plugins=[]"}).empty());
  BOOST_TEST(plugin_files(folder.write("none.toml", small_recipe), {}).empty());
}

BOOST_AUTO_TEST_CASE(faults_of_syntax_look_like_all_others) {
  BOOST_TEST(errors_of("[training]\nepochs = = 5\n").find("net.toml:2:10: error: not valid TOML") == 0u);
  BOOST_TEST(has(errors_of("[training]\nepochs = = 5\n"), "    2 | epochs = = 5\n      |          ^\n"));
  BOOST_TEST(has(errors_of("[[layer]]\nactivation = relu\n"), "hint: text needs quotes: activation = \"relu\""));
  BOOST_TEST(has(errors_of("[[layer]]\nuse_bias = True\n"), "hint: write use_bias = true"));
  BOOST_TEST(has(errors_of("[[layer]]\nactivation = None\n"), "hint: leave the key out"));
  BOOST_TEST(has(errors_of("a = 1\na = 2\n"), "net.toml:2:"));
  BOOST_TEST(has(errors_of("a = \"unfinished\n"), "not valid TOML"));
  BOOST_TEST(has(errors_of("a = \"\xff\xfe\"\n"), "not valid TOML"));
  BOOST_TEST(has(errors_of(std::string(small_recipe) + "day = 2024-01-31\n"), "dates and times have no use in a recipe"));
}

BOOST_AUTO_TEST_CASE(deep_nesting_is_an_error_and_not_a_crash) {
  const std::string deep = "nested more than 64 deep";
  BOOST_TEST(has(errors_of("a = " + repeated("[", 65) + repeated("]", 65) + "\n"), deep));
  BOOST_TEST(has(errors_of("a = " + repeated("[", 500000)), deep));
  BOOST_TEST(has(errors_of("a = " + repeated("{b=", 300000)), deep));
  BOOST_TEST(has(errors_of("[" + repeated("a.", 500000) + "a]\n"), deep));
  BOOST_TEST(has(errors_of(repeated("a.", 500000) + "a = 1\n"), deep));
  BOOST_TEST(has(errors_of("[" + repeated("a.", 60) + "a]\n" + repeated("b.", 60) + "b = 1\n"), deep));
  BOOST_TEST(has(errors_of("x = { y = \"\"\"a\"b\"\"\", " + repeated("a.", 300000) + "a = 1 }\n"), deep));
  BOOST_TEST(has(errors_of(small_recipe, {"training.x=" + repeated("[", 100000)}), deep));
  BOOST_TEST(!errors_of(small_recipe, {repeated("a.", 100000) + "a=1"}).empty());
  const std::string prose = std::string(small_recipe) + "[[layer]]\ntype = \"tabular\"\nnote = '''" + repeated("..... [[[ {{{", 200) +
                            "'''  # " + repeated("[.", 300) + "\n";
  BOOST_TEST(errors_of(prose) == "");
}

}  // namespace teranga::recipe
