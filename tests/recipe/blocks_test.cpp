// SPDX-License-Identifier: Apache-2.0
// Blocks: the layers that their uses become, how these are called and connected, and what is told of those that are wrong.
#include <boost/test/unit_test.hpp>

#include <ctime>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/error.hpp>
#include <teranga/recipe/recipe.hpp>

#include "fake_catalogue.hpp"

namespace teranga::recipe {
namespace {

const char* const rest = R"(
[loss]
type = "mean_squared_error"
[optimizer]
type = "sgd"
)";

const char* const residual = R"(
[block.residual]
parameters = { units = 8 }
[[block.residual.layer]]
type = "dense"
name = "wide"
units = "$units"
[[block.residual.layer]]
type = "dropout"
[[block.residual.layer]]
type = "dense"
name = "narrow"
units = 4
[[block.residual.layer]]
type = "add"
name = "sum"
input = ["narrow", "input"]
)";

Recipe read(const std::string& text, const std::vector<std::string>& overrides = {}) { return parse(text + rest, "net.toml", overrides, FakeCatalogue()); }
std::string wrong(const std::string& text, const std::vector<std::string>& overrides = {}) { return errors_of(text + rest, overrides); }

// "input, wide(input), sum(narrow, input)": each layer with what its "input" says.
std::string net(const Recipe& recipe) {
  std::vector<std::string> out;
  for (const LayerRecipe& layer : recipe.layers) out.push_back(layer.inputs.empty() ? layer.name : fmt::format("{}({})", layer.name, fmt::join(layer.inputs, " ")));
  return fmt::format("{}", fmt::join(out, ", "));
}

std::string option(const Recipe& recipe, const std::string& layer, const char* name) {
  const LayerRecipe* found = recipe.find_layer(layer);
  const Value* value = found == nullptr ? nullptr : find_option(found->options, name);
  return value == nullptr ? "absent" : to_toml(*value);
}

std::string layers(const std::string& inner) { return "layer = [" + inner + "]\n"; }
std::string of_input(const std::string& inner) { return layers("{ type = \"input\", name = \"x\" }, " + inner); }

}  // namespace

BOOST_AUTO_TEST_SUITE(blocks)

BOOST_AUTO_TEST_CASE(a_use_becomes_the_layers_of_its_block) {
  const Recipe recipe = read(of_input(R"({ type = "block:residual", name = "a" }, { type = "block:residual", name = "b", units = 16 }, { type = "dropout" })") + residual);
  BOOST_TEST(net(recipe) == "x, a_wide, dropout, a_narrow, a_sum(a_narrow x), b_wide, dropout_1, b_narrow, b_sum(b_narrow a_sum), dropout_2");
  BOOST_TEST(option(recipe, "a_wide", "units") == "8");
  BOOST_TEST(option(recipe, "b_wide", "units") == "16");
}

BOOST_AUTO_TEST_CASE(what_is_laid_out_is_what_somebody_would_have_written) {
  const Recipe laid_out = read(of_input(R"({ type = "block:residual", name = "a" })") + residual);
  const Recipe written = read(R"(layer = [{ type = "input", name = "x" }, { type = "dense", name = "a_wide", units = 8 }, { type = "dropout" }, { type = "dense", name = "a_narrow", units = 4 },
    { type = "add", name = "a_sum", input = ["a_narrow", "x"] }]
)");
  BOOST_TEST(resolve(laid_out) == resolve(written));
  BOOST_TEST(resolve(parse(resolve(laid_out), "net.toml", {}, FakeCatalogue())) == resolve(laid_out));
}

BOOST_AUTO_TEST_CASE(repetitions_are_numbered_from_one_and_follow_each_other) {
  const std::string one = R"([block.one]
layer = [{ type = "dense", name = "d", units = 4 }, { type = "add", name = "sum", input = ["d", "input"] }]
)";
  BOOST_TEST(net(read(of_input(R"({ type = "block:one", name = "b", repeat = 2 })") + one)) == "x, b1_d, b1_sum(b1_d x), b2_d, b2_sum(b2_d b1_sum)");
  BOOST_TEST(net(read(of_input(R"({ type = "block:one", name = "stage2", repeat = 1 })") + one)) == "x, stage2_1_d, stage2_1_sum(stage2_1_d x)");
  BOOST_TEST(net(read(of_input(R"({ type = "block:one", name = "b2" }, { type = "block:one", name = "b", repeat = 2 })") + one)) == "x, b2_d, b2_sum(b2_d x), b1_d, b1_sum(b1_d b2_sum), b3_d, b3_sum(b3_d b1_sum)");
  BOOST_TEST(net(read(of_input(R"({ type = "block:one" }, { type = "block:one" })") + one)) == "x, one_d, one_sum(one_d x), one_1_d, one_1_sum(one_1_d one_sum)");
}

BOOST_AUTO_TEST_CASE(the_name_of_a_use_stands_for_its_output) {
  const std::string tail = R"(, { type = "block:residual", name = "b", repeat = 2 }, { type = "add", name = "all", input = ["a", "b", "b1", "b2_wide"] })";
  const Recipe recipe = read(of_input(R"({ type = "block:residual", name = "a" })" + tail) + residual);
  BOOST_TEST(fmt::format("{}", fmt::join(recipe.find_layer("all")->inputs, " ")) == "a_sum b2_sum b1_sum b2_wide");
  const std::string two = of_input(R"({ type = "block:residual", name = "a" }, { type = "block:residual", name = "b" })") + residual +
                          "[training]\nmetrics = [{ type = \"mean_absolute_error\", output = \"a\" }]\n[optimizer]\ntype = \"sgd\"\n[loss]\ntype = \"mean_squared_error\"\noutput = \"a\"\n";
  const Recipe judged = parse(two, "net.toml", {}, FakeCatalogue());
  BOOST_TEST(*judged.losses.at(0).output == "a_sum");
  BOOST_TEST(*judged.training.metrics.at(0).output == "a_sum");
}

BOOST_AUTO_TEST_CASE(phases_reach_uses_of_blocks_too) {
  const std::string text = std::string(residual) + R"(
layer = [{ type = "input", network = "net" }, { type = "block:residual", name = "a", network = "net" }, { type = "block:residual", name = "b", network = "net" }]
optimizer = { type = "sgd" }
[[phase]]
name = "fit"
train = ["net"]
loss = { type = "mean_squared_error", output = "net/a" }
)";
  const Recipe recipe = parse("layer = " + text.substr(text.find("[{ type")) + residual, "net.toml", {}, FakeCatalogue());
  BOOST_TEST(*recipe.phases.at(0).losses.at(0).output == "net/a_sum");
  for (const LayerRecipe& layer : recipe.layers) BOOST_TEST(layer.network == "net");
}

BOOST_AUTO_TEST_CASE(a_block_may_have_several_inputs_and_another_output_than_its_last_layer) {
  const std::string block = R"([block.mix]
inputs = ["x", "memory"]
output = "sum"
layer = [{ type = "dense", name = "d", units = 4 }, { type = "add", name = "sum", input = ["d", "memory", "x"] }, { type = "dropout", name = "aside" }]
)";
  const std::string uses = layers(R"({ type = "input", name = "i" }, { type = "dense", name = "m", units = 4 }, { type = "block:mix", name = "a", input = ["i", "m"], repeat = 2 }, { type = "dense", name = "out", units = 1 })");
  BOOST_TEST(net(read(uses + block)) == "i, m, a1_d(i), a1_sum(a1_d m i), a1_aside, a2_d(a1_sum), a2_sum(a2_d m a1_sum), a2_aside, out(a2_sum)");
}

BOOST_AUTO_TEST_CASE(blocks_use_blocks) {
  const std::string stage = R"([block.stage]
required = ["n"]
layer = [{ type = "block:residual", name = "r", units = "$n", repeat = 2 }, { type = "block:residual", units = "$n" }, { type = "add", input = ["r", "input", "r1_wide"] }]
)";
  BOOST_TEST(net(read(of_input(R"({ type = "block:stage", name = "s", n = 2 })") + stage + residual)) ==
             "x, s_r1_wide, dropout, s_r1_narrow, s_r1_sum(s_r1_narrow x), s_r2_wide, dropout_1, s_r2_narrow, s_r2_sum(s_r2_narrow s_r1_sum), s_residual_wide, dropout_2, s_residual_narrow, "
             "s_residual_sum(s_residual_narrow s_r2_sum), add(s_r2_sum x s_r1_wide)");
}

BOOST_AUTO_TEST_CASE(a_chain_needs_no_layer_in_front_of_it) {
  const std::string chain = "[block.two]\nlayer = [{ type = \"dense\", units = 3 }, { type = \"dropout\" }]\n";
  BOOST_TEST(net(read(layers(R"({ type = "block:two", repeat = 2 })") + chain)) == "dense, dropout, dense_1, dropout_1");
  const std::string errors = wrong(layers(R"({ type = "block:residual", name = "a" })") + residual);
  BOOST_TEST(errors.find("\"input\" is the input of the network, which has no layer: the block \"residual\" begins it") != errors.npos, errors);
}

BOOST_AUTO_TEST_CASE(trainable_and_weights_of_reach_all_layers_of_a_use) {
  const Recipe recipe = read(of_input(R"({ type = "block:residual", name = "a", trainable = false }, { type = "block:residual", name = "b", weights_of = "a", repeat = 2 })") + residual);
  for (const LayerRecipe& layer : recipe.layers) {
    const bool of_first = layer.name.starts_with("a_") || layer.name == "dropout";
    BOOST_TEST(layer.trainable == !of_first, layer.name);
  }
  BOOST_TEST(*recipe.find_layer("b1_wide")->weights_of == "a_wide");
  BOOST_TEST(*recipe.find_layer("b2_narrow")->weights_of == "a_narrow");
  BOOST_TEST(*recipe.find_layer("dropout_2")->weights_of == "dropout");
  const std::string errors = wrong(of_input(R"({ type = "block:residual", name = "b", weights_of = "x" })") + residual);
  BOOST_TEST(errors.find("expected an earlier use of the block \"residual\", found \"x\"") != errors.npos, errors);
}

BOOST_AUTO_TEST_CASE(a_layer_in_a_block_shares_weights_within_it) {
  const std::string twin = "[block.twin]\nlayer = [{ type = \"dense\", name = \"a\", units = 4 }, { type = \"dense\", name = \"b\", units = 4, weights_of = \"a\" }]\n";
  BOOST_TEST(*read(of_input(R"({ type = "block:twin", name = "t" })") + twin).find_layer("t_b")->weights_of == "t_a");
}

BOOST_AUTO_TEST_CASE(types_may_be_parameters) {
  const std::string cell = "[block.cell]\nparameters = { kind = \"dropout\" }\nlayer = [{ type = \"$kind\", name = \"k\" }]\n";
  BOOST_TEST(read(of_input(R"({ type = "block:cell", name = "c" })") + cell).find_layer("c_k")->type == "teranga.dropout");
  BOOST_TEST(net(read(layers(R"({ type = "$use", name = "c" })") + "[variables]\nuse = \"block:cell\"\n" + cell)) == "c_k");
}

BOOST_AUTO_TEST_CASE(overrides_reach_blocks_uses_and_the_layers_that_they_become) {
  const std::string text = of_input(R"({ type = "block:residual", name = "a", repeat = 2 }, { type = "dropout", name = "last" })") + residual;
  BOOST_TEST(option(read(text, {"block.residual.parameters.units=5"}), "a2_wide", "units") == "5");
  BOOST_TEST(option(read(text, {"block.residual.layer.narrow.units=6"}), "a2_narrow", "units") == "6");
  BOOST_TEST(option(read(text, {"layer.a.units=7"}), "a1_wide", "units") == "7");
  BOOST_TEST(read(text, {"layer.a.repeat=5"}).find_layer("a5_wide") != nullptr);
  BOOST_TEST(option(read(text, {"layer.last.rate=0.25"}), "last", "rate") == "0.25");
  BOOST_TEST(option(read(text, {"layer.dropout_1.rate=0.75"}), "dropout_1", "rate") == "0.75");
  const Recipe one = read(text, {"layer.a2_wide.units=9", "layer.a.units=7"});
  BOOST_TEST(option(one, "a1_wide", "units") == "7");
  BOOST_TEST(option(one, "a2_wide", "units") == "9");
  BOOST_TEST(wrong(text, {"layer.a3_wide.units=9"}).find("the recipe has no layer \"a3_wide\"") != std::string::npos);
  BOOST_TEST(wrong(text, {"block.residual.parameters.unit=5"}).find("the block \"residual\" has no parameter \"unit\"") != std::string::npos);
  BOOST_TEST(wrong(text, {"block.resdual.parameters.units=5"}).find("the recipe has no block \"resdual\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_fault_is_shown_where_it_is_written_with_the_use_that_leads_there) {
  const std::string text = "[block.b]\nparameters = { n = 3 }\n[[block.b.layer]]\ntype = \"dense\"\nname = \"d\"\nunits = \"$n\"\nactivation = \"rleu\"\n[[layer]]\ntype = \"block:b\"\nname = \"first\"\n[[layer]]\ntype = \"block:b\"\nname = \"second\"\nn = \"many\"";
  BOOST_TEST(wrong(text) ==
             "net.toml:7:14: error: there is no activation \"rleu\"\n"
             "    7 | activation = \"rleu\"\n"
             "      |              ^\n"
             "      in block \"b\", used as \"first\" at net.toml:9:8\n"
             "      the same is wrong in 1 more use of this line\n"
             "      hint: did you mean \"relu\"?\n"
             "net.toml:14:5: error: \"units\" of layer \"second_d\" (dense): expected an integer >= 1, found text \"many\"\n"
             "   14 | n = \"many\"\n"
             "      |     ^\n"
             "      as \"$n\" at net.toml:6:9\n"
             "      in block \"b\", used as \"second\" at net.toml:12:8\n"
             "2 errors in net.toml");
}

BOOST_AUTO_TEST_CASE(wrong_uses_are_refused_by_name) {
  const std::string block = "[block.b]\nparameters = { n = 3 }\nrequired = [\"m\"]\nlayer = [{ type = \"dense\", name = \"d\", units = \"$n\" }, { type = \"dense\", units = \"$m\" }]\n";
  const auto said = [&](const std::string& use) { return wrong(of_input(use) + block); };
  const auto has = [&](const std::string& use, const std::string& part) { BOOST_TEST(said(use).find(part) != std::string::npos, said(use)); };
  BOOST_TEST(said(R"({ type = "block:b", m = 1 })") == "");
  has(R"({ type = "block:b" })", "layer \"b\" (block:b) needs \"m\"");
  has(R"({ type = "block:b", m = 1, k = 2 })", "unknown key \"k\" of layer \"b\" (block:b)");
  has(R"({ type = "block:c", m = 1 })", "there is no block \"c\"");
  has(R"({ type = "block:b", m = 1, repeat = 0 })", "expected an integer in [1, 10000], found 0");
  has(R"({ type = "block:b", m = 1, repeat = "two" })", "found text \"two\"");
  has(R"({ type = "block:b", m = 1, repeat = 10000 })", "blocks make more than 10000 layers of this recipe");
  has(R"({ type = "block:b", m = 1, input = ["x", "x"] })", "expected 1 layer, for input, found 2");
  has(R"({ type = "block:b", m = 1, input = ["y"] })", "there is no layer \"y\"");
  has(R"({ type = "block:b", m = 1, name = "a.b" })", "\"a.b\" is no name for a layer");
  has(R"({ type = "block:b", m = 1, name = "u" }, { type = "block:b", m = 1, name = "u" })", "two layers are called \"u\"");
  has(R"({ type = "block:b", m = 1, name = "x" })", "two layers are called \"x\"");
  has(R"({ type = "add", input = ["x", "u"] }, { type = "block:b", m = 1, name = "u" })", "\"u\" comes later in the recipe");
  has(R"({ type = "wrapper", layer = { type = "block:b" } })", "\"block:b\" is no layer: a block is used in a [[layer]] table of its own");
  has(R"({ type = "b", m = 1 })", "there is no layer \"b\", but a block");
  has(R"({ type = "block:", m = 1 })", "\"block:\" is no layer");
}

BOOST_AUTO_TEST_CASE(wrong_blocks_are_refused_by_name) {
  const auto has = [&](const std::string& block, const std::string& part) {
    const std::string errors = wrong(of_input(R"({ type = "block:b", name = "u" })") + "[block.b]\n" + block);
    BOOST_TEST(errors.find(part) != std::string::npos, block << " gave: " << errors);
  };
  has("", "the block \"b\" has no layers");
  has("layer = []", "the block \"b\" has no layers");
  has("layer = 3", "\"layer\" of [block.b]: expected");
  has("layers = []", "unknown key \"layers\" of [block.b]");
  has("inputs = []\nlayer = [{ type = \"dropout\" }]", "\"inputs\" of [block.b]: expected");
  has("inputs = [\"a\", \"a\"]\nlayer = [{ type = \"dropout\" }]", "two inputs of the block \"b\" are called \"a\"");
  has("inputs = [\"a\", \"b\"]\nlayer = [{ type = \"dropout\" }]", "needs \"input\": 2 layers, for a, b");
  has("output = \"z\"\nlayer = [{ type = \"dropout\" }]", "the block \"b\" has no layer \"z\"");
  has("parameters = { \"a b\" = 1 }\nlayer = [{ type = \"dropout\" }]", "\"a b\" is no name for a parameter");
  has("parameters = { name = \"x\" }\nlayer = [{ type = \"dropout\" }]", "the block \"b\" cannot have a parameter \"name\"");
  has("parameters = { n = 1 }\nrequired = [\"n\"]\nlayer = [{ type = \"dropout\" }]", "\"n\" of the block \"b\" stands under required and has a default value");
  has("layer = [{ type = \"dropout\", network = \"n\" }]", "a layer of the block \"b\" has a network of its own");
  has("layer = [{ type = \"dropout\", name = \"input\" }]", "\"input\" is what enters the block \"b\", and the name of a layer in it");
  has("layer = [{ type = \"add\", input = [\"x\", \"input\"] }]", "the block \"b\" has no layer \"x\"");
  has("layer = [{ type = \"add\", input = [\"z\", \"input\"] }, { type = \"dropout\", name = \"z\" }]", "\"z\" comes later in the block \"b\"");
  has("layer = [{ type = \"block:b\" }]", "the block \"b\" uses itself: b -> b");
  has("layer = [{ type = \"block:c\" }]\n[block.c]\nlayer = [{ type = \"block:b\" }]", "the block \"b\" uses itself: b -> c -> b");
  has("layer = [1]", "expected");
  BOOST_TEST(wrong(of_input(R"({ type = "dropout" })") + "[block.\"a b\"]\nlayer = [{ type = \"dropout\" }]\n").find("\"a b\" is no name for a block") != std::string::npos);
  BOOST_TEST(errors_of("block = 3\n" + of_input("") + rest).find("\"block\" is a table of blocks, found 3") != std::string::npos);
  const std::string unused = wrong(of_input(R"({ type = "block:b", input = ["x"] })") + "[block.b]\nlayer = [{ type = \"input\" }]\n");
  BOOST_TEST(unused.find("\"input\" of the block \"b\" enters none of its layers") != unused.npos, unused);
}

// Each block uses the next one twice: 2^40 layers from 2 KiB.
BOOST_AUTO_TEST_CASE(a_short_recipe_cannot_make_an_endless_one) {
  std::string text = of_input(R"({ type = "block:b0" })");
  for (int i = 0; i < 30; ++i) text += fmt::format("[block.b{}]\nlayer = [{{ type = \"block:b{}\" }}, {{ type = \"block:b{}\" }}]\n", i, i + 1, i + 1);
  const std::string wide = text + "[block.b30]\nlayer = [{ type = \"dropout\" }]\n";
  const std::clock_t begin = std::clock();  // of computing, whatever else the machine does
  const std::string errors = wrong(wide);
  BOOST_TEST(errors.find("blocks make more than 10000 layers of this recipe") != errors.npos, errors.substr(0, 2000));
  std::string deep = of_input(R"({ type = "block:b0" })");
  for (int i = 0; i < 2000; ++i) deep += fmt::format("[block.b{}]\nlayer = [{{ type = \"block:b{}\" }}]\n", i, i + 1);
  BOOST_TEST(wrong(deep + "[block.b2000]\nlayer = [{ type = \"dropout\" }]\n").find("blocks use each other more than 32 deep") != std::string::npos);
  std::string long_list = "0";
  for (int i = 1; i < 1000; ++i) long_list += ", 0";
  const std::string heavy = of_input(R"({ type = "block:b", repeat = 9000 })") + "[block.b]\nlayer = [{ type = \"wordy\", words = [" + long_list + "] }]\n";
  BOOST_TEST(wrong(heavy).find("blocks and variables make more than 300000 values") != std::string::npos);
  BOOST_TEST(static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC < 60);  // hours without a limit
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace teranga::recipe
