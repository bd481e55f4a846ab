// SPDX-License-Identifier: Apache-2.0
// Recipes that include others: which values count, where paths begin, and what is refused.
#include <boost/test/unit_test.hpp>

#include <fstream>

#include <fmt/format.h>

#include <teranga/core/error.hpp>
#include <teranga/recipe/recipe.hpp>

#include "fake_catalogue.hpp"
#include "recipe_folder.hpp"

namespace teranga::recipe {
namespace {

struct Files : RecipeFolder {
  Recipe read(const std::string& name, const std::vector<std::string>& overrides = {}) const { return load((path / name).string(), overrides, FakeCatalogue()); }
  // What is wrong, with paths seen from the folder.
  std::string wrong(const std::string& name, const std::vector<std::string>& overrides = {}) const {
    std::string said;
    try {
      read(name, overrides);
    } catch (const Error& error) {
      BOOST_TEST((error.code() == ExitCode::usage));
      said = error.what();
    }
    const std::string prefix = path.string() + "/";
    for (std::size_t at; (at = said.find(prefix)) != said.npos;) said.erase(at, prefix.size());
    return said;
  }
};

std::string paths_of(const Recipe& recipe, const char* option) { return to_toml(*find_option(recipe.require_data().component.options, option)); }

}  // namespace

BOOST_AUTO_TEST_SUITE(includes)

BOOST_AUTO_TEST_CASE(tables_are_joined_and_the_including_file_counts_more) {
  const Files files;
  files.write("base.toml", "[optimizer]\ntype = \"sgd\"\nmomentum = 0.5\nlearning_rate = 0.1\n[training]\nepochs = 9\nseed = 4\nmetrics = [\"mean_absolute_error\"]\n[[layer]]\ntype = \"dropout\"\n[[layer]]\ntype = \"dropout\"\n");
  files.write("net.toml", "include = \"base.toml\"\n[optimizer]\nlearning_rate = 0.2\n[training]\nepochs = 2\nmetrics = []\n[[layer]]\ntype = \"dense\"\nunits = 3\n[loss]\ntype = \"mean_squared_error\"\n");
  const Recipe recipe = files.read("net.toml");
  BOOST_TEST(recipe.name == "net");
  BOOST_TEST(recipe.optimizer.learning_rate == 0.2);
  BOOST_TEST(to_toml(*find_option(recipe.optimizer.component.options, "momentum")) == "0.5");
  BOOST_TEST(recipe.training.epochs == 2);
  BOOST_TEST(recipe.training.seed == 4);
  BOOST_TEST(recipe.training.metrics.empty());
  BOOST_TEST(recipe.layers.size() == 1u);
  BOOST_TEST(files.read("net.toml", {"training.seed=5"}).training.seed == 5);
}

BOOST_AUTO_TEST_CASE(a_table_of_another_type_takes_nothing_over) {
  const Files files;
  files.write("base.toml", std::string(small_recipe) + "momentum = 0.5\nnesterov = true\n");
  files.write("net.toml", "include = \"base.toml\"\n[optimizer]\ntype = \"adamw\"\n");
  BOOST_TEST(files.wrong("net.toml") == "");
  BOOST_TEST(files.read("net.toml").optimizer.component.type == "teranga.adamw");
}

BOOST_AUTO_TEST_CASE(a_later_file_counts_more_and_included_files_include_others) {
  const Files files;
  files.write("common/deep.toml", "[training]\nepochs = 1\nseed = 1\nbatch_size = 1\n");
  files.write("common/first.toml", "include = \"deep.toml\"\n[training]\nepochs = 2\nseed = 2\n");
  files.write("second.toml", "include = [\"common/first.toml\"]\n[training]\nseed = 3\n");
  files.write("net.toml", std::string("include = [\"common/first.toml\", \"second.toml\"]\n") + small_recipe);
  const Recipe recipe = files.read("net.toml");
  BOOST_TEST(recipe.training.batch_size == 1);
  BOOST_TEST(recipe.training.epochs == 2);
  BOOST_TEST(recipe.training.seed == 3);
}

BOOST_AUTO_TEST_CASE(blocks_and_variables_may_be_included) {
  const Files files;
  files.write("blocks.toml", "[variables]\nn = 3\n[block.two]\nparameters = { units = \"$n\" }\nlayer = [{ type = \"dense\", name = \"a\", units = \"$units\" }]\n");
  files.write("net.toml", "include = \"blocks.toml\"\n[variables]\nn = 5\n[[layer]]\ntype = \"block:two\"\nname = \"u\"\n[loss]\ntype = \"mean_squared_error\"\n[optimizer]\ntype = \"sgd\"\n");
  const Recipe recipe = files.read("net.toml");
  BOOST_TEST(to_toml(*find_option(recipe.find_layer("u_a")->options, "units")) == "5");
  BOOST_TEST(resolve(recipe).find("include") == std::string::npos);
  BOOST_TEST(to_toml(*find_option(files.read("net.toml", {"variables.n=6"}).find_layer("u_a")->options, "units")) == "6");
}

BOOST_AUTO_TEST_CASE(paths_begin_at_the_folder_of_the_file_in_which_they_are_written) {
  const Files files;
  files.write("common/data.toml", "plugins = [\"own.so\"]\n[data]\ntype = \"idx\"\ntrain = [\"a.gz\", \"/b.gz\", \"../c.gz\"]\n");
  files.write("common/more/via.toml", "include = \"../data.toml\"\n[data]\ntest = \"t.gz\"\n");
  files.write("net.toml", std::string("include = \"common/more/via.toml\"\n") + small_recipe);
  const Recipe recipe = files.read("net.toml");
  BOOST_TEST(paths_of(recipe, "train") == "[\"common/a.gz\", \"/b.gz\", \"c.gz\"]");
  BOOST_TEST(paths_of(recipe, "test") == "[\"common/more/t.gz\"]");
  BOOST_TEST(recipe.plugins == std::vector<std::string>{"common/own.so"}, boost::test_tools::per_element());
  const std::vector<std::string> plugins = plugin_files((files.path / "net.toml").string(), {});
  BOOST_TEST(plugins == std::vector<std::string>{(files.path / "common/own.so").string()}, boost::test_tools::per_element());
  BOOST_TEST(paths_of(files.read("net.toml", {"data.train=z.gz"}), "train") == "[\"z.gz\"]");
}

BOOST_AUTO_TEST_CASE(overrides_name_other_files) {
  const Files files;
  files.write("one.toml", "[training]\nepochs = 1\n");
  files.write("two.toml", "[training]\nepochs = 2\n");
  files.write("net.toml", std::string("include = \"one.toml\"\n") + small_recipe);
  BOOST_TEST(files.read("net.toml").training.epochs == 1);
  BOOST_TEST(files.read("net.toml", {"include=two.toml"}).training.epochs == 2);
  BOOST_TEST(files.read("net.toml", {"training.epochs=3", "include=two.toml"}).training.epochs == 3);
}

BOOST_AUTO_TEST_CASE(a_fault_is_shown_in_the_file_in_which_it_is_written) {
  const Files files;
  files.write("blocks.toml", "[block.b]\n\n[[block.b.layer]]\ntype = \"dense\"\nunits = \"three\"\n");
  files.write("net.toml", "include = \"blocks.toml\"\n[[layer]]\ntype = \"block:b\"\nname = \"u\"\n[loss]\ntype = \"mean_squared_error\"\n[optimizer]\ntype = \"sgd\"\nspeed = 1\n");
  BOOST_TEST(files.wrong("net.toml") ==
             "net.toml:9:1: error: unknown key \"speed\" of optimizer \"sgd\"\n"
             "    9 | speed = 1\n"
             "      | ^\n"
             "      hint: known are: momentum, nesterov, learning_rate, weight_decay, clipnorm, clipvalue, global_clipnorm, clip_weights, use_ema, ema_momentum, ema_overwrite_frequency, warmup_steps, warmup_from, type\n"
             "blocks.toml:5:9: error: \"units\" of layer \"dense\": expected an integer >= 1, found text \"three\"\n"
             "    5 | units = \"three\"\n"
             "      |         ^\n"
             "      in block \"b\", used as \"u\" at net.toml:3:8\n"
             "2 errors in net.toml");
  files.write("blocks.toml", "[block.b\n");
  BOOST_TEST(files.wrong("net.toml").find("blocks.toml:1:9: error: not valid TOML") == 0u, files.wrong("net.toml"));
}

BOOST_AUTO_TEST_CASE(wrong_includes_are_refused_by_name) {
  const Files files;
  const auto said = [&](const std::string& include) {
    files.write("net.toml", "include = " + include + "\n" + small_recipe);
    return files.wrong("net.toml");
  };
  files.write("a.toml", "include = \"b.toml\"\n");
  files.write("b.toml", "include = \"./a.toml\"\n");
  files.write("self.toml", "include = \"net.toml\"\n");
  BOOST_TEST(said("\"a.toml\"").find("files include each other in a circle: a.toml -> b.toml -> ./a.toml") != std::string::npos, said("\"a.toml\""));
  BOOST_TEST(said("\"self.toml\"").find("net.toml -> self.toml -> net.toml") != std::string::npos, said("\"self.toml\""));
  BOOST_TEST(said("\"none.toml\"") ==
             "net.toml:1:11: error: \"include\": recipe none.toml: no such file\n"
             "    1 | include = \"none.toml\"\n"
             "      |           ^\n"
             "      hint: the path begins at the folder of the file in which it is written\n"
             "1 error in net.toml");
  BOOST_TEST(said("3").find("\"include\": expected the path of a recipe file, found 3") != std::string::npos);
  BOOST_TEST(said("\"\"").find("\"include\": expected the path of a recipe file") != std::string::npos);
  BOOST_TEST(said("[\"a.toml\", true]").find("found true") != std::string::npos);
  BOOST_TEST(said("\"/dev/zero\"").find("is not a regular file") != std::string::npos);
  BOOST_TEST(said("\".\"").find("is a folder") != std::string::npos);
  std::string many;
  for (int i = 0; i < 70; ++i) files.write(fmt::format("n{}.toml", i), "schema = 1\n"), many += fmt::format("\"n{}.toml\", ", i);
  BOOST_TEST(said("[" + many + "]").find("a recipe includes at most 64 files") != std::string::npos);
  const std::string filler(1000, '#');
  std::string large;
  for (int i = 0; i < 1000; ++i) large += filler + "\n";
  std::string names;
  for (int i = 0; i < 6; ++i) files.write(fmt::format("l{}.toml", i), large), names += fmt::format("\"l{}.toml\", ", i);
  BOOST_TEST(said("[" + names + "]").find("are larger than 4 MiB together") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_recipe_of_a_checkpoint_includes_nothing) {
  const std::string text = std::string("include = \"/etc/hostname\"\n") + small_recipe;
  BOOST_TEST(errors_of(text).find("\"include\" stands in a recipe that is no file of its own") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace teranga::recipe
