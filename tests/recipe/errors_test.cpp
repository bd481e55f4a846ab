// SPDX-License-Identifier: Apache-2.0
// Each thing that can be wrong with a recipe, by its message; then a dozen of them at once.
#include <boost/test/unit_test.hpp>

#include <teranga/recipe/recipe.hpp>

#include "fake_catalogue.hpp"

namespace teranga::recipe {
namespace {

// The recipe behind `small_recipe` with more lines: those of another layer, unless they begin a section.
std::string with_layer(const std::string& lines) { return std::string(small_recipe) + "[[layer]]\n" + lines; }

void check_says(const std::string& text, const std::vector<std::string>& parts) {
  const std::string errors = errors_of(text);
  for (const std::string& part : parts) BOOST_TEST(errors.find(part) != std::string::npos, "\"" << part << "\" is not in:\n" << errors);
  BOOST_TEST(errors.find("1 error in net.toml") != std::string::npos, "more than one error:\n" << errors);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_misspelt_key_is_shown_with_the_line_and_the_nearest_name) {
  BOOST_TEST(errors_of(with_layer("type = \"conv2d\"\nfilter = 3\nfilters = 3\nkernel_size = 3\n")) ==
             "net.toml:12:1: error: unknown key \"filter\" of layer \"conv2d\"\n"
             "   12 | filter = 3\n"
             "      | ^\n"
             "      hint: did you mean \"filters\"?\n"
             "1 error in net.toml");
}

BOOST_AUTO_TEST_CASE(a_required_option_that_is_misspelt_is_one_error) {
  check_says(with_layer("type = \"dense\"\nunist = 3\n"), {"unknown key \"unist\"", "did you mean \"units\"?"});
  check_says(with_layer("type = \"dense\"\nunits = 2\nfilters = 3\n"), {"unknown key \"filters\"", "\"filters\" is an option of type = \"conv2d\""});
}

BOOST_AUTO_TEST_CASE(a_percentage_is_told_as_a_share) {
  check_says(with_layer("type = \"dropout\"\nrate = 50\n"), {"expected a number in [0, 1), found 50.0", "hint: 50 percent are 0.5"});
  BOOST_TEST(errors_of(with_layer("type = \"dropout\"\nrate = 250\n")).find("percent") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_decimal_comma_and_a_percent_sign_are_told_as_the_numbers_that_they_mean) {
  check_says(with_layer("type = \"dropout\"\nrate = 0,25\n"), {"net.toml:12:", "not valid TOML", "hint: write rate = 0.25"});
  check_says(with_layer("type = \"dropout\"\nrate = 20%  # of all\n"), {"not valid TOML", "hint: write rate = 0.2\n"});
  check_says(with_layer("type = \"dropout\"\nrate = 20 %\n"), {"hint: write rate = 0.2\n"});
  check_says(with_layer("type = \"dropout\"\nrate = \"20%\"\n"), {"hint: write 0.2 without quotes"});
  check_says(with_layer("type = \"dropout\"\nrate = \"0,2\"\n"), {"hint: write 0.2 without quotes"});
  for (const char* word : {"1,250", "1,2,3", "0.5,5", "5,", "%", "a%"}) BOOST_TEST(errors_of(with_layer(std::string("type = \"dropout\"\nrate = ").append(word).append("\n"))).find("hint: write") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_key_in_the_wrong_place_is_told_where_it_belongs) {
  check_says(with_layer("type = \"add\"\nlearning_rate = 0.1\n"),
             {"unknown key \"learning_rate\"", "\"learning_rate\" belongs in [optimizer]"});
  check_says("epochs = 3\n" + std::string(small_recipe), {"net.toml:1:1", "\"epochs\" belongs in [training]"});
  check_says(std::string(small_recipe) + "keep = 3\n", {"\"keep\" belongs in [checkpoint]"});
  check_says(with_layer("type = \"add\"\ntensorboard = true\n"), {"\"tensorboard\" belongs in [log]"});
  check_says(std::string(small_recipe) + "[training]\nclipnorm = 3\n", {"\"clipnorm\" belongs in [optimizer]"});
}

BOOST_AUTO_TEST_CASE(unknown_tables_get_their_nearest_name) {
  check_says(std::string(small_recipe) + "[trainig]\nepochs = 3\n",
             {"net.toml:10:", "unknown key \"trainig\" of the recipe", "did you mean \"training\"?"});
}

BOOST_AUTO_TEST_CASE(unknown_types_get_their_nearest_name_or_their_kind) {
  check_says(with_layer("type = \"conv2\"\nfilters = 1\nkernel_size = 1\n"), {"net.toml:11:8: error: there is no layer \"conv2\"", "did you mean \"conv2d\"?"});
  check_says(with_layer("type = \"Dropout\"\n"), {"did you mean \"dropout\"?"});
  check_says(with_layer("type = \"teranga.dens\"\nunits = 1\n"), {"did you mean \"teranga.dense\"?"});
  check_says(with_layer("type = \"softmax\"\n"), {"\"softmax\" is an activation"});
  check_says(with_layer("type = \"Conv2D\"\nfilters = 1\nkernel_size = 1\n"), {"did you mean \"conv2d\"?"});
  check_says(with_layer("type = \"conv\"\nfilters = 1\nkernel_size = 1\n"), {"did you mean \"conv2d\"?"});
  check_says(with_layer("type = \"dense\"\nunits = 1\nkernel_initializer = \"he\"\n"), {"did you mean \"he_normal\"?"});
  check_says(with_layer("type = \"fc\"\nunits = 1\n"), {"did you mean \"dense\"?"});
  check_says("loss = \"mse\"\noptimizer = \"sgd\"\n[[layer]]\ntype = \"add\"\n", {"did you mean \"mean_squared_error\"?"});
  check_says("loss = \"mean_squared_error\"\noptimizer = \"SGD\"\n[[layer]]\ntype = \"add\"\n", {"did you mean \"sgd\"?"});
  check_says(with_layer("type = \"zzzzzzzz\"\n"), {"\"teranga plugin list layer\" shows what there is"});
}

BOOST_AUTO_TEST_CASE(a_name_of_two_vendors_must_be_qualified) {
  check_says(with_layer("type = \"swish\"\n"),
             {"the layer \"swish\" is offered by several vendors", "write one of \"acme.swish\", \"teranga.swish\""});
  BOOST_TEST(errors_of(with_layer("type = \"acme.swish\"\ninitial_beta = 2\n")) == "");
}

BOOST_AUTO_TEST_CASE(missing_sections_are_named_each) {
  const std::string errors = errors_of("schema = 1\n");
  for (const char* part : {"the recipe has no layers", "the recipe has no loss", "the recipe has no optimizer", "3 errors in net.toml"})
    BOOST_TEST(errors.find(part) != std::string::npos, errors);
  check_says("", {"net.toml: error: the recipe is empty"});
  check_says("# nothing but a comment\n", {"the recipe is empty"});
}

BOOST_AUTO_TEST_CASE(options_of_a_misspelt_type_are_checked_as_those_of_the_one_that_was_meant) {
  const std::string errors = errors_of(with_layer("type = \"dens\"\nunist = 3\n"));
  for (const char* part : {"there is no layer \"dens\"", "unknown key \"unist\" of layer \"dens\" (taken as dense)", "did you mean \"units\"?", "2 errors in net.toml"})
    BOOST_TEST(errors.find(part) != std::string::npos, errors);
  check_says(with_layer("type = \"zzzzzzzz\"\nunist = 3\n"), {"there is no layer \"zzzzzzzz\""});  // nobody knows what was meant
}

BOOST_AUTO_TEST_CASE(types_of_keras_that_are_not_there_are_said_to_be_none) {
  check_says(with_layer("type = \"SpatialDropout2D\"\nrate = 0.1\n"), {"Teranga has no layer \"SpatialDropout2D\"", "use \"dropout\", which comes nearest to it"});
  check_says(with_layer("type = \"random_rotation\"\nfactor = 0.1\n"), {"Teranga has no layer \"random_rotation\"", "leave the layer out: random_rotation is an option in [data]"});
}

BOOST_AUTO_TEST_CASE(faults_of_data_and_network_are_asked_for_where_those_are_sound) {
  const auto asked = [](const std::string& text) {
    std::string out = "nothing";
    try {
      parse(text, "net.toml", {}, FakeCatalogue(), [&](const Recipe&, const Sound& sound, Diagnostics& found) {
        out = std::string(sound.network ? "network " : "") + (sound.metrics ? "metrics" : "");
        found.add({}, "what the data say");
      });
    } catch (const Faults& faults) {
      if (out != "nothing") BOOST_TEST(std::string_view(faults.what()).find("what the data say") != std::string_view::npos);
    }
    return out;
  };
  const std::string data = "data = { type = \"idx\", train = [\"x\", \"y\"] }\n", net(small_recipe);
  BOOST_TEST(asked(data + net) == "nothing");  // in order
  BOOST_TEST(asked(net + "learning_rate = -1\n") == "nothing");  // no data
  BOOST_TEST(asked(data + net + "learning_rate = -1\n") == "network metrics");
  BOOST_TEST(asked(data + net + "[training]\nepoch = 3\n") == "network ");
  BOOST_TEST(asked(data + net + "[[layer]]\ntype = \"dens\"\n") == "metrics");
  BOOST_TEST(asked(data + net + "[[layer]]\ntype = \"add\"\ninput = \"nowhere\"\n") == "metrics");
  BOOST_TEST(asked("data = { type = \"idx\" }\n" + net) == "nothing");
}

BOOST_AUTO_TEST_CASE(required_options_and_types_that_are_missing_are_named) {
  check_says(with_layer("type = \"dense\"\n"), {"net.toml:11:8", "layer \"dense\" needs \"units\": an integer >= 1", "hint: units = 16"});
  check_says(with_layer("name = \"x\"\n"), {"net.toml:10:1", "layer \"x\" has no type", "hint: type = \"dense\""});
  check_says(with_layer("type = 5\n"), {"net.toml:11:8", "\"type\" of layer \"layer\": expected text, found 5"});
  check_says(with_layer("type = \"wrapper\"\nlayer = { units = 3 }\n"), {"the inner layer of layer \"wrapper\" has no type"});
}

BOOST_AUTO_TEST_CASE(wrong_types_say_what_was_expected_and_what_was_found) {
  check_says(with_layer("type = \"dense\"\nunits = \"ten\"\n"), {"net.toml:12:9", "expected an integer >= 1, found text \"ten\""});
  check_says(with_layer("type = \"dense\"\nunits = 5.0\n"), {"found 5.0", "hint: write 5"});
  check_says(with_layer("type = \"dense\"\nunits = \"5\"\n"), {"found text \"5\"", "hint: write 5 without quotes"});
  check_says(with_layer("type = \"dense\"\nunits = 5\nuse_bias = \"True\"\n"), {"hint: write true without quotes"});
  check_says(with_layer("type = \"dense\"\nunits = [5]\n"), {"found a list of 1"});
  check_says(with_layer("type = \"dense\"\nunits = 5\nuse_bias = 1\n"), {"expected true or false, found 1"});
  check_says(with_layer("type = \"dense\"\nunits = 5\nactivation = 7\n"),
             {"expected an activation: its name, or a table with its type, found 7"});
  check_says(with_layer("type = \"dense\"\nunits = 5\ntrainable = \"no\"\n"),
             {"\"trainable\" of layer", "expected true or false, found text \"no\""});
  check_says(with_layer("type = \"tabular\"\ncolumns = 5\n"), {"expected a table, found 5"});
  check_says(std::string(small_recipe) + "[training]\nslice = \"big\"\n",
             {"\"slice\" of [training]: expected an integer >= 0, found text \"big\""});
}

BOOST_AUTO_TEST_CASE(what_a_hint_says_to_write_is_right) {
  const std::string dense = "type = \"dense\"\nunits = 5\n", dropout = "type = \"dropout\"\n", conv = "type = \"conv2d\"\nfilters = 1\n", wordy = "type = \"wordy\"\n";
  struct Slip {
    std::string before, key, given, written;
  };
  for (const auto& [before, key, given, written] : std::vector<Slip>{{"type = \"dense\"\n", "units", "5.0", "5"},
                                                                     {"type = \"dense\"\n", "units", "1e1", "10"},
                                                                     {"type = \"dense\"\n", "units", "\"5\"", "5"},
                                                                     {"type = \"dense\"\n", "units", "\"007\"", "7"},
                                                                     {"type = \"dense\"\n", "units", "\"+1_000\"", "1000"},
                                                                     {dense, "use_bias", "\"True\"", "true"},
                                                                     {dense, "use_bias", "\"no\"", "false"},
                                                                     {dense, "use_bias", "1", "true"},
                                                                     {dropout, "rate", "\".5\"", "0.5"},
                                                                     {dropout, "rate", "\"1e-3\"", "0.001"},
                                                                     {conv, "kernel_size", "\"3\"", "3"},
                                                                     {conv, "kernel_size", "3.0", "3"},
                                                                     {wordy, "words", "2", "\"2\""}}) {
    const std::string errors = errors_of(with_layer(before + key + " = " + given + "\n"));
    BOOST_TEST(errors.find("hint: write " + written) != std::string::npos, key << " = " << given << ":\n" << errors);
    BOOST_TEST(errors_of(with_layer(before + key + " = " + written + "\n")) == "");
  }
  // What would be out of range, or is no number, is not said to be written.
  for (const auto& [before, line] : std::vector<std::pair<std::string, std::string>>{{"type = \"dense\"\n", "units = 0.0"}, {"type = \"dense\"\n", "units = \"0\""}, {"type = \"dense\"\n", "units = \"1.5\""},
                                                                                     {dropout, "rate = \"1\""}, {dropout, "rate = \"e\""}, {dropout, "rate = \"0.5.1\""}, {dropout, "rate = \"nan\""},
                                                                                     {dense, "use_bias = 2"}, {wordy, "switched = 1"}})
    BOOST_TEST(errors_of(with_layer(before + line + "\n")).find("hint: write") == std::string::npos, line);
}

BOOST_AUTO_TEST_CASE(headings_that_stand_twice_or_in_the_wrong_brackets_are_told_as_they_should_be) {
  const std::string dense = "type = \"dense\"\nunits = 5\n", head = "loss = \"mean_squared_error\"\noptimizer = \"sgd\"\n";
  check_says(head + "[layer]\n" + dense, {"write [[layer]], in double brackets, for each of them"});
  check_says(head + "[layer]\n" + dense + "[layer]\n" + dense, {"net.toml:6:", "write [[layer]], in double brackets, for each of them"});
  check_says(head + "[[layer]]\n" + dense + "[layer]\n" + dense, {"net.toml:6:", "write [[layer]], in double brackets, for each of them"});
  check_says(head + "[layer]\n" + dense + "[[layer]]\n" + dense, {"net.toml:6:", "write [[layer]], in double brackets, for each of them"});
  check_says(std::string(small_recipe) + "[training]\nepochs = 1\n[training]\nseed = 2\n", {"write [training] once, and all of its keys below it"});
  check_says(std::string(small_recipe) + "[[training]]\nepochs = 1\n", {"[training]: expected a table, found a list of 1", "write [training] once, in single brackets"});
  check_says(std::string(small_recipe) + "[[data]]\ntype = \"idx\"\n", {"write [data] once, in single brackets"});
  check_says("loss = \"mean_squared_error\"\n[[layer]]\n" + dense + "[[optimizer]]\ntype = \"sgd\"\n", {"write [optimizer] once, in single brackets"});
}

BOOST_AUTO_TEST_CASE(numbers_that_toml_does_not_have_are_shown_as_it_has_them) {
  for (const auto& [given, written] : {std::pair{".5", "0.5"}, {"05", "5"}, {"5.", "5"}, {"+.25 # a quarter", "0.25"}})
    check_says(with_layer("type = \"dropout\"\nrate = " + std::string(given) + "\n"), {"net.toml:12:", std::string("hint: write rate = ") + written});
  check_says(with_layer("type = \"dropout\"\nrate =\n"), {"a key needs a value"});
  check_says(with_layer("type = \"dropout\"\nrate = 0.5\nrate = 0.1\n"), {"net.toml:13:", "a key stands once in a table: leave one of them out"});
  check_says(with_layer("type = dense # no quotes\n"), {"text needs quotes: type = \"dense\""});
}

BOOST_AUTO_TEST_CASE(ranges_choices_and_lengths_are_checked) {
  check_says(with_layer("type = \"dropout\"\nrate = 1\n"), {"net.toml:12:8", "expected a number in [0, 1), found 1.0"});
  check_says(with_layer("type = \"dropout\"\nrate = nan\n"), {"expected a number in [0, 1), found nan"});
  check_says(with_layer("type = \"dense\"\nunits = 0\n"), {"expected an integer >= 1, found 0"});
  const std::string conv = "type = \"conv2d\"\nfilters = 1\n";
  check_says(with_layer(conv + "kernel_size = [1, 2, 3]\n"), {"expected a list of 2 integers >= 1, or one for all, found a list of 3"});
  check_says(with_layer(conv + "kernel_size = [1, 0]\n"),
             {"net.toml:13:19", "\"kernel_size[1]\" of layer", "expected an integer >= 1, found 0"});
  check_says(with_layer(conv + "kernel_size = 1\npadding = \"sam\"\n"),
             {"expected one of \"valid\", \"same\", found text \"sam\"", "did you mean \"same\"?"});
}

BOOST_AUTO_TEST_CASE(a_number_in_the_place_of_a_text_is_told_to_be_quoted) {
  check_says(with_layer("type = \"wordy\"\nwords = -999\n"), {"expected a list of texts, or one for all, found -999", "write \"-999\", in quotes"});
  check_says(with_layer("type = \"wordy\"\nwords = [\"a\", -1.5]\n"), {"\"words[1]\"", "write \"-1.5\", in quotes"});
  check_says(with_layer("type = \"wordy\"\nswitched = 1\n"), {"expected one of \"auto\", \"true\", \"false\", found 1"});
}

BOOST_AUTO_TEST_CASE(a_batch_has_at_most_a_thousand_million_samples) {
  const auto with_batch = [](const std::string& size) { return std::string(small_recipe) + "[training]\nbatch_size = " + size + "\n"; };
  BOOST_TEST(parse(with_batch("1073741824"), "net.toml", {}, FakeCatalogue()).training.batch_size == 1 << 30);
  check_says(with_batch("1073741825"), {"batch_size", "expected an integer in [1, 1073741824], found 1073741825"});
  check_says(with_batch("0"), {"batch_size", "expected an integer in [1, 1073741824], found 0"});
}

BOOST_AUTO_TEST_CASE(components_are_checked_all_the_way_down) {
  const std::string dense = "type = \"dense\"\nunits = 1\n";
  check_says(with_layer(dense + "kernel_initializer = \"he_norm\"\n"),
             {"net.toml:13:22: error: there is no initializer \"he_norm\"", "did you mean \"he_normal\"?"});
  check_says(with_layer(dense + "kernel_initializer = { type = \"he_normal\", sed = 3 }\n"),
             {"net.toml:13:44: error: unknown key \"sed\" of \"kernel_initializer\" (he_normal) of layer \"dense\"", "did you mean \"seed\"?"});
  check_says(with_layer(dense + "activation = { type = \"relu\", negative_slope = -1 }\n"),
             {"net.toml:13:48", "expected a number >= 0, found -1.0"});
  check_says(with_layer("type = \"wrapper\"\nlayer = { type = \"dense\" }\n"), {"the inner layer (dense) of layer \"wrapper\" needs \"units\""});
  check_says(with_layer("type = \"endless\"\n"), {"components are nested more than 16 deep"});
}

BOOST_AUTO_TEST_CASE(regularizers_are_names_or_factors) {
  const std::string dense = "type = \"dense\"\nunits = 1\nkernel_regularizer = ";
  BOOST_TEST(errors_of(with_layer(dense + "{ type = \"l2\", l2 = 0.1 }\n")) == "");
  check_says(with_layer(dense + "\"l3\"\n"), {"net.toml:13:22: error: there is no regularizer \"l3\"", "one of \"l1\", \"l2\", \"l1_l2\""});
  check_says(with_layer(dense + "{ l2 = -1 }\n"), {"\"l2\" of \"kernel_regularizer\" of layer", "expected a number >= 0, found -1.0"});
  check_says(with_layer(dense + "{ l4 = 1 }\n"), {"unknown key \"l4\""});
  check_says(with_layer(dense + "0.1\n"), {"expected a regularizer", "found 0.1"});
}

BOOST_AUTO_TEST_CASE(layers_may_only_name_earlier_layers) {
  check_says(with_layer("type = \"add\"\ninput = [\"first\", \"secnd\"]\n"),
             {"net.toml:12:19: error: there is no layer \"secnd\"", "layers are: first, add"});
  check_says(with_layer("type = \"add\"\ninput = \"frist.y\"\n"), {"there is no layer \"frist\"", "did you mean \"first\"?"});
  check_says(with_layer("type = \"add\"\ninput = \"add\"\n"), {"layer \"add\" refers to itself"});
  check_says(
      with_layer("type = \"add\"\nname = \"a\"\ninput = [\"first\", \"b\"]\n[[layer]]\ntype = \"add\"\nname = \"b\"\ninput = \"first\"\n"),
      {"layer \"a\" refers to \"b\", which comes later", "move \"b\" in front of \"a\""});
  check_says(with_layer("type = \"add\"\nname = \"a\"\ninput = [\"first\", \"c\"]\n[[layer]]\ntype = \"add\"\nname = "
                        "\"b\"\n[[layer]]\ntype = \"add\"\nname = \"c\"\n"),
             {"net.toml:13:19: error: layers take each other's output in a circle: a <- c <- b <- a"});
  check_says(with_layer("type = \"dense\"\nunits = 4\nweights_of = \"furst\"\n"), {"did you mean \"first\"?"});
}

BOOST_AUTO_TEST_CASE(names_of_layers_are_unique_and_plain) {
  check_says(with_layer("type = \"add\"\nname = \"first\"\n"),
             {"net.toml:12:8: error: two layers are called \"first\"; the first is in line 3"});
  check_says(with_layer("type = \"add\"\nname = \"a.b\"\n"), {"\"a.b\" is no name for a layer"});
  check_says(with_layer("type = \"add\"\nname = \"\"\n"), {"\"\" is no name for a layer"});
}

BOOST_AUTO_TEST_CASE(losses_and_metrics_are_checked) {
  check_says("optimizer = \"sgd\"\n[[layer]]\ntype = \"add\"\n[loss]\ntype = \"mean_squared_error\"\noutput = \"ad\"\n",
             {"there is no layer \"ad\"", "did you mean \"add\"?"});
  check_says("optimizer = \"sgd\"\nloss = 5\n[[layer]]\ntype = \"add\"\n", {"loss: expected its name, or a table with its type, found 5"});
  check_says(std::string(small_recipe) + "[training]\nmetrics = [\"accurac\", \"accuracy\"]\n",
             {"net.toml:11:12: error: there is no metric \"accurac\""});
  check_says(std::string(small_recipe) + "[training]\nmetrics = [{ type = \"accuracy\", out = \"first\" }]\n",
             {"unknown key \"out\" of metric \"accuracy\"", "output"});
  check_says(std::string(small_recipe) + "[training]\nmetrics = \"mean_absolute_eror\"\n", {"did you mean \"mean_absolute_error\"?"});
  check_says(std::string(small_recipe) + "[training]\nclass_weight = \"balance\"\n", {"\"class_weight\" of [training]: expected \"balanced\" or a table of factors, found text \"balance\""});
  check_says(std::string(small_recipe) + "[training]\nclass_weight = { 0 = \"a\" }\n",
             {"\"0\" of \"class_weight\" of [training]: expected a number >= 0, found text \"a\""});
  check_says(std::string(small_recipe) + "[training]\nearly_stopping = { patience = 1, mode = \"low\" }\n",
             {"expected one of \"auto\", \"min\", \"max\""});
  check_says(std::string(small_recipe) + "[training]\nearly_stopping = true\n",
             {"\"early_stopping\" of [training]: expected a table, found true"});
}

BOOST_AUTO_TEST_CASE(a_phase_of_layers_without_a_network_is_told_how_they_belong_to_one) {
  const std::string errors = errors_of("optimizer = \"sgd\"\n[[layer]]\ntype = \"add\"\n[[phase]]\nname = \"all\"\ntrain = [\"net\"]\n[[phase.loss]]\ntype = \"mean_squared_error\"\n");
  BOOST_TEST(errors.find("no layer belongs to a network \"net\"") != std::string::npos, errors);
  BOOST_TEST(errors.find("hint: network = \"net\" in the layers that belong to it") != std::string::npos, errors);
}

BOOST_AUTO_TEST_CASE(an_entry_of_a_list_is_named_by_its_whole_path) {
  const std::string errors = errors_of(std::string(small_recipe) + "[training]\nmetrics = [\"accuracy\"]\n", {"training.metrics.output=first"});
  BOOST_TEST(errors.find("hint: name one entry: training.metrics[0]") != std::string::npos, errors);
}

BOOST_AUTO_TEST_CASE(optimizer_keys_are_checked) {
  check_says(std::string(small_recipe) + "learning_rate = -1\n",
             {"\"learning_rate\" of optimizer \"sgd\": expected a number >= 0, found -1.0"});
  check_says(std::string(small_recipe) + "learning_rate = \"0.01\"\n", {"\"learning_rate\" of optimizer \"sgd\": expected a number >= 0, found text \"0.01\"", "write 0.01 without quotes"});
  check_says(std::string(small_recipe) + "lr = 0.01\n", {"unknown key \"lr\"", "did you mean \"learning_rate\"?"});
  check_says(std::string(small_recipe) + "[training]\nlr = 0.01\n", {"\"learning_rate\" belongs in [optimizer]"});
  check_says(std::string(small_recipe) + "learning_rate = \"cosine\"\n", {"\"learning_rate\" (cosine) of optimizer \"sgd\" needs \"decay_steps\""});
  check_says(std::string(small_recipe) + "learning_rate = { type = \"cosin\", decay_steps = 5 }\n",
             {"there is no schedule \"cosin\"", "did you mean \"cosine\"?"});
  check_says(std::string(small_recipe) + "clipnorm = 1\nclipvalue = 1\n",
             {"takes at most one of \"clipnorm\", \"clipvalue\" and \"global_clipnorm\""});
  check_says("loss = \"mean_squared_error\"\noptimizer = \"bare\"\n[[layer]]\ntype = \"add\"\n",
             {"optimizer \"bare\" needs \"learning_rate\""});
  check_says("loss = \"mean_squared_error\"\n[optimizer]\ntype = \"adamw\"\nweight_decay = 2\n[[layer]]\ntype = \"add\"\n",
             {"expected a number in [0, 1], found 2.0"});
}

BOOST_AUTO_TEST_CASE(another_schema_and_wrong_shapes_of_sections_are_refused) {
  check_says("schema = 2\n" + std::string(small_recipe), {"\"schema\" of the recipe: expected an integer in [1, 1], found 2"});
  check_says("name = \"a/b\"\n" + std::string(small_recipe), {"\"name\" of the recipe names the run's folder"});
  check_says("training = 5\n" + std::string(small_recipe), {"[training]: expected a table, found 5"});
  check_says("loss = \"mean_squared_error\"\noptimizer = \"sgd\"\n[layer]\ntype = \"add\"\n",
             {"\"layer\" is a list of tables, found a table", "[[layer]]"});
}

namespace {

const char* const recipe_of_mistakes = R"(schema = 1
batch_size = 32
[data]
type = "idx"
train = 5
validation_split = 1.5
[[layer]]
type = "conv2d"
name = "first"
filters = "many"
kernel_size = [3, 3, 3]
activation = "rellu"
[[layer]]
type = "dens"
[[layer]]
type = "dropout"
name = "first"
rate = 2
input = "nowhere"
[loss]
type = "mse"
[optimizer]
type = "sgd"
learning_rate = true
[training]
epoch = 5
shuffle = "yes"
metrics = ["speed"]
[chekpoint]
keep = 1
)";

}  // namespace

BOOST_AUTO_TEST_CASE(a_dozen_mistakes_are_reported_in_one_go_and_in_order) {
  const std::string errors = errors_of(recipe_of_mistakes, {"training.seed=-1"});
  const char* const expected[] = {
      "net.toml:2:1: error: unknown key \"batch_size\" of the recipe",
      "net.toml:5:9: error: \"train\" of data set \"idx\": expected a list of paths (texts), or one for all, found 5",
      "net.toml:6:20: error: \"validation_split\" of data set \"idx\": expected a number in [0, 1), found 1.5",
      "net.toml:10:11: error: \"filters\" of layer \"first\" (conv2d): expected an integer >= 1, found text \"many\"",
      "net.toml:11:15: error: \"kernel_size\"",
      "net.toml:12:14: error: there is no activation \"rellu\"",
      "net.toml:14:8: error: there is no layer \"dens\"",
      "net.toml:14:8: error: layer \"dens\" (taken as dense) needs \"units\"",
      "net.toml:17:8: error: two layers are called \"first\"",
      "net.toml:18:8: error: \"rate\"",
      "net.toml:19:9: error: there is no layer \"nowhere\"",
      "net.toml:21:8: error: there is no loss \"mse\"",
      "net.toml:24:17: error: \"learning_rate\" of optimizer \"sgd\": expected a number >= 0, found true",
      "net.toml:26:1: error: unknown key \"epoch\" of [training]",
      "net.toml:27:11: error: \"shuffle\"",
      "net.toml:28:12: error: there is no metric \"speed\"",
      "net.toml:29:",
      "--set training.seed=-1: error: \"seed\"",
      "18 errors in net.toml",
  };
  std::size_t from = 0;
  for (const char* part : expected) {
    const std::size_t place = errors.find(part, from);
    BOOST_TEST(place != std::string::npos, "\"" << part << "\" is not in (or not in order):\n" << errors);
    if (place != std::string::npos) from = place;
  }
}

}  // namespace teranga::recipe
