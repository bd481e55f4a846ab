// SPDX-License-Identifier: Apache-2.0
// Several networks and the phases that train them: what is read, what becomes of it when it is unfolded, and what is refused.
#include <boost/test/unit_test.hpp>

#include <teranga/recipe/recipe.hpp>

#include "fake_catalogue.hpp"

namespace teranga::recipe {
namespace {

const std::string layers = R"([[layer]]
network = "maker"
type = "input"
name = "noise"
[[layer]]
network = "maker"
type = "dense"
name = "inner"
units = 3
[[layer]]
network = "maker"
type = "dense"
name = "made"
units = 4
[[layer]]
network = "judge"
type = "dense"
name = "first"
units = 5
[[layer]]
network = "judge"
type = "dense"
name = "again"
units = 5
weights_of = "first"
[[layer]]
network = "judge"
type = "add"
name = "sum"
input = ["first", "again"]
)";

const std::string judge_phase = R"([[phase]]
name = "judge"
train = ["judge"]
steps = 2
[[phase.call]]
network = "maker"
[[phase.call]]
network = "judge"
name = "of_made"
input = ["maker"]
[[phase.call]]
network = "judge"
name = "of_real"
[[phase.loss]]
type = "mean_squared_error"
output = "of_made"
target = 0
[[phase.loss]]
type = "mean_squared_error"
output = "of_real/first"
target = "y"
[phase.optimizer]
type = "sgd"
learning_rate = 0.5
)";

const std::string maker_phase = R"([[phase]]
name = "maker"
train = "maker"
every = 3
from_epoch = 2
to_epoch = 9
[[phase.call]]
network = "maker"
[[phase.call]]
network = "judge"
input = ["maker/inner"]
[phase.loss]
type = "mean_squared_error"
target = 1.5
weight = -1
)";

const std::string whole = layers + judge_phase + maker_phase + "[optimizer]\ntype = \"adamw\"\nlearning_rate = 0.1\n";

Recipe read(const std::string& text, const std::vector<std::string>& overrides = {}) {
  const FakeCatalogue catalogue;
  return parse(text, "net.toml", overrides, catalogue);
}

const LayerRecipe& layer(const Recipe& recipe, const std::string& name) {
  const LayerRecipe* found = recipe.find_layer(name);
  BOOST_REQUIRE_MESSAGE(found, "there is no layer " << name);
  return *found;
}

std::string names(const Recipe& recipe) {
  std::string out;
  for (const LayerRecipe& l : recipe.layers) out += (out.empty() ? "" : " ") + l.name;
  return out;
}

void check_says(const std::string& text, const std::vector<std::string>& parts) {
  const std::string errors = errors_of(text);
  for (const std::string& part : parts) BOOST_TEST(errors.find(part) != std::string::npos, "\"" << part << "\" is not in:\n" << errors);
  BOOST_TEST(errors.find("1 error in net.toml") != std::string::npos, "not one error:\n" << errors);
}

// The whole recipe with one piece of text in the place of another.
std::string with(const std::string& from, const std::string& to, std::string text = whole) {
  const auto at = text.find(from);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, from);
  return text.replace(at, from.size(), to);
}

}  // namespace

BOOST_AUTO_TEST_CASE(phases_are_read_with_their_calls_losses_and_optimizers) {
  const Recipe recipe = read(whole);
  BOOST_REQUIRE(recipe.phases.size() == 2);
  const PhaseRecipe &judge = recipe.phases[0], &maker = recipe.phases[1];
  BOOST_TEST(judge.steps == 2);
  BOOST_TEST(judge.every == 1);
  BOOST_TEST(!judge.to_epoch);
  BOOST_REQUIRE(judge.calls.size() == 3);
  BOOST_TEST(judge.calls[0].name == "maker");
  BOOST_TEST(judge.calls[1].inputs[0] == "maker");
  BOOST_TEST(*judge.losses[0].constant == 0);
  BOOST_TEST(!judge.losses[0].target);
  BOOST_TEST(!judge.losses[1].constant);
  BOOST_TEST(*judge.losses[1].target == "y");
  BOOST_TEST(judge.optimizer.component.type == "teranga.sgd");
  BOOST_TEST(judge.optimizer.learning_rate == 0.5);
  BOOST_TEST(maker.optimizer.component.type == "teranga.adamw");
  BOOST_TEST(maker.every == 3);
  BOOST_TEST(maker.from_epoch == 2);
  BOOST_TEST(*maker.to_epoch == 9);
  BOOST_TEST(maker.losses[0].weight == -1);
  BOOST_TEST(*maker.losses[0].constant == 1.5);
}

BOOST_AUTO_TEST_CASE(what_is_resolved_reads_as_the_same_recipe) {
  const std::string text = resolve(read(whole));
  BOOST_TEST(resolve(read(text)) == text);
  BOOST_TEST(text.find("target = 0.0\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(overrides_reach_phases_and_calls_by_name) {
  const Recipe recipe = read(whole, {"phase.maker.every=7", "phase.judge.optimizer.learning_rate=0.25", "phase.judge.call.of_made.input=[\"maker/inner\"]"});
  BOOST_TEST(recipe.phases[1].every == 7);
  BOOST_TEST(recipe.phases[0].optimizer.learning_rate == 0.25);
  BOOST_TEST(recipe.phases[0].calls[1].inputs[0] == "maker/inner");
  BOOST_TEST(errors_of(whole, {"phase.mker.every=7"}).find("did you mean \"maker\"?") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_phase_unfolds_to_copies_of_layers_that_share_weights) {
  const Recipe recipe = read(whole);
  const Recipe judge = unfold(recipe, recipe.phases[0]);
  BOOST_TEST(names(judge) == "maker/noise maker/inner maker/made of_made/first of_made/again of_made/sum of_real/input of_real/first of_real/again of_real/sum");
  BOOST_TEST(judge.phases.empty());
  BOOST_TEST(layer(judge, "of_made/first").inputs[0] == "maker/made");
  BOOST_TEST(layer(judge, "of_real/first").inputs[0] == "of_real/input");
  BOOST_TEST(layer(judge, "of_made/again").inputs[0] == "of_made/first");  // the layer before
  BOOST_TEST(layer(judge, "of_made/sum").inputs[1] == "of_made/again");
  BOOST_TEST(!layer(judge, "maker/made").trainable);
  BOOST_TEST(layer(judge, "of_made/first").trainable);
  // The first to use some weights has them for all: whatever the call, and whichever layer of the recipe.
  BOOST_TEST(!layer(judge, "of_made/first").weights_of);
  BOOST_TEST(*layer(judge, "of_made/again").weights_of == "of_made/first");
  BOOST_TEST(*layer(judge, "of_real/first").weights_of == "of_made/first");
  BOOST_TEST(layer(judge, "of_real/again").weights_as == "first");
  BOOST_TEST(layer(judge, "of_real/again").copy_of == "again");
  BOOST_TEST(*judge.losses[0].output == "of_made/sum");
  BOOST_TEST(*judge.losses[1].output == "of_real/first");
  BOOST_TEST(judge.optimizer.learning_rate == 0.5);

  const Recipe maker = unfold(recipe, recipe.phases[1]);
  BOOST_TEST(layer(maker, "judge/first").inputs[0] == "maker/inner");
  BOOST_TEST(!layer(maker, "judge/first").trainable);
  BOOST_TEST(*maker.losses[0].output == "judge/sum");  // of the last call
}

BOOST_AUTO_TEST_CASE(what_enters_a_network_is_told_with_its_origin) {
  const Recipe recipe = read(whole);
  const std::vector<const LayerRecipe*> maker = network_inputs(recipe, "maker"), judge = network_inputs(recipe, "judge");
  BOOST_TEST(maker.size() == 1U);
  BOOST_TEST(maker.at(0)->name == "noise");
  BOOST_TEST(origin_of(maker.at(0)) == "data");
  BOOST_TEST(judge.size() == 1U);
  BOOST_TEST((judge.at(0) == nullptr));  // it begins with a layer that is none
  BOOST_TEST(origin_of(judge.at(0)) == "data");
}

BOOST_AUTO_TEST_CASE(networks_unfold_by_themselves_too) {
  const Recipe recipe = read(whole);
  const Recipe all = unfold_networks(recipe);
  BOOST_TEST(names(all) == "noise inner made judge/input first again sum");
  BOOST_TEST(*layer(all, "again").weights_of == "first");
  BOOST_TEST(all.losses.empty());
  BOOST_TEST(names(unfold_network(recipe, "maker")) == "noise inner made");
  const std::string text = std::string(small_recipe);
  BOOST_TEST(unfold(read(text), phases_of(read(text))[0]).layers[0].name == "first");
}

BOOST_AUTO_TEST_CASE(faults_of_phases_are_told_at_their_places) {
  check_says(with("train = [\"judge\"]\n", "train = []\n", with("train = \"maker\"", "train = [\"maker\", \"judge\"]")), {"the phase \"judge\" names no network to train"});
  check_says(with("train = [\"judge\"]", "train = [\"jugde\"]"), {"no layer belongs to a network \"jugde\"", "did you mean \"judge\"?"});
  check_says(with("[[phase.call]]\nnetwork = \"maker\"\n", "[[phase.call]]\nnetwork = \"makr\"\nname = \"maker\"\n"), {"no layer belongs to a network \"makr\"", "did you mean \"maker\"?"});
  check_says(with("input = [\"maker\"]", "input = [\"of_real\"]"), {"the call \"of_made\" takes the output of \"of_real\", which does not come earlier"});
  check_says(with("input = [\"maker\"]", "input = [\"makker\"]"), {"the phase \"judge\" has no call \"makker\"", "did you mean \"maker\"?"});
  check_says(with("output = \"of_real/first\"", "output = \"of_real/frist\""), {"the network \"judge\" has no layer \"frist\"", "did you mean \"first\"?"});
  check_says(with("input = [\"maker\"]", "input = [\"maker\", \"maker\"]"), {"the network \"judge\" has 1 input, found 2"});
  check_says(with("name = \"of_real\"\n", "name = \"of_made\"\n", with("output = \"of_real/first\"", "output = \"of_made/first\"")), {"two calls of the phase are called \"of_made\""});
  check_says(with("name = \"maker\"\ntrain", "name = \"judge\"\ntrain"), {"two phases are called \"judge\""});
  check_says(with("name = \"maker\"\ntrain", "name = \"a b\"\ntrain"), {"\"a b\" is no name for a phase"});
  check_says(with("name = \"maker\"\ntrain", "name = \"val_maker\"\ntrain"), {"\"val_maker\" is no name for a phase: \"val_maker_loss\" would be taken for a loss of the validation part"});
  check_says(with("name = \"maker\"\ntrain", "name = \"test\"\ntrain"), {"\"test\" is no name for a phase"});
  check_says(with("steps = 2", "stps = 2"), {"unknown key \"stps\" of [[phase]]", "did you mean \"steps\"?"});
  check_says(with("steps = 2", "learning_rate = 2"), {"\"learning_rate\" belongs in [phase.optimizer]"});
  check_says(with("every = 3", "every = 0"), {"\"every\"", ">= 1"});
  check_says(with("to_epoch = 9", "to_epoch = 1"), {"the phase \"maker\" would end with epoch 1, before it begins with epoch 2"});
  check_says(with("[optimizer]\ntype = \"adamw\"", "[optimizer]\ntype = \"adamv\""), {"\"adamv\"", "did you mean \"adamw\"?"});
  // Though nothing uses it.
  const std::string own_optimizers = with("weight = -1\n", "weight = -1\n[phase.optimizer]\ntype = \"sgd\"\n");
  check_says(with("type = \"adamw\"", "type = \"adamw\"\nlerning_rate = 1", own_optimizers), {"unknown key \"lerning_rate\""});
  check_says(with("[optimizer]\ntype = \"adamw\"\nlearning_rate = 0.1\n", ""), {"the recipe has no optimizer"});
  check_says(with("[phase.loss]\ntype = \"mean_squared_error\"\ntarget = 1.5\nweight = -1\n", ""), {"the phase \"maker\" has no loss", "[[phase.loss]]"});
  check_says(whole + "[loss]\ntype = \"mean_squared_error\"\n", {"losses belong in the phases"});
  check_says(whole + "[training]\nmetrics = [\"accuracy\"]\n", {"metrics belong in the phases"});
  check_says(with("[[phase.call]]\nnetwork = \"maker\"\n[[phase.call]]\nnetwork = \"judge\"\ninput = [\"maker/inner\"]\n", "[[phase.call]]\nnetwork = \"judge\"\n"),
             {"the phase \"maker\" trains \"maker\" and never calls it"});
  check_says(with("network = \"maker\"\ntype = \"input\"", "type = \"input\""), {"layer \"noise\" belongs to no network", "network = "});
  for (const char* name : {"the maker", "a/maker", "a.maker"}) {
    std::string text = whole;
    for (std::size_t at = 0; (at = text.find("\"maker\"", at)) != std::string::npos;) text.replace(at, 7, std::string("\"") + name + "\"");
    BOOST_TEST(errors_of(text).find(std::string("\"") + name + "\" is no name for a network") != std::string::npos, errors_of(text));
  }
  check_says(with("input = [\"first\", \"again\"]", "input = [\"first\", \"made\"]"), {"layer \"sum\" of the network \"judge\" takes the output of \"made\", which belongs to \"maker\"", "[[phase.call]]"});
  check_says(layers + "[loss]\ntype = \"mean_squared_error\"\n[optimizer]\ntype = \"sgd\"\n", {"the layers belong to 2 networks (\"maker\", \"judge\")", "[[phase]]"});
  check_says(layers + "[[layer]]\nnetwork = \"idle\"\ntype = \"dense\"\nname = \"idle\"\nunits = 1\n" + judge_phase + maker_phase + "[optimizer]\ntype = \"sgd\"\n",
             {"no phase calls the network \"idle\""});
  // It has the weights of a layer that is trained: it shows what that has learnt.
  BOOST_TEST(errors_of(layers + "[[layer]]\nnetwork = \"shown\"\ntype = \"dense\"\nname = \"shown\"\nunits = 1\nweights_of = \"inner\"\n" + judge_phase + maker_phase +
                       "[optimizer]\ntype = \"sgd\"\n") == "");
}

}  // namespace teranga::recipe
