// SPDX-License-Identifier: Apache-2.0
#include "likely_names.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <teranga/recipe/short_names.hpp>

namespace teranga::recipe {
namespace {

constexpr std::size_t least_letters = 2, least_inside = 3, most_names = 6;  // of names that begin with what was typed, or hold it

struct KeyAlias {
  std::string_view owner, form, name;  // owner: a kind of part, or a section
};
// How Keras and others call a key; of several for one form the first that is known counts.
constexpr KeyAlias key_aliases[] = {{"optimizer", "lr", "learning_rate"},
                                    {"optimizer", "alpha", "learning_rate"},
                                    {"[training]", "lr", "learning_rate"},
                                    {"[training]", "nbepoch", "epochs"},
                                    {"[training]", "numepochs", "epochs"},
                                    {"[training]", "nepochs", "epochs"},
                                    {"[training]", "maxepochs", "epochs"},
                                    {"[training]", "minibatch", "batch_size"},
                                    {"[training]", "minibatchsize", "batch_size"},
                                    {"dataset", "normalization", "normalize"},
                                    {"dataset", "normalisation", "normalize"},
                                    {"dataset", "standardize", "normalize"},
                                    {"dataset", "standardise", "normalize"},
                                    {"dataset", "directory", "folder"},
                                    {"dataset", "directory", "train"},
                                    {"dataset", "path", "train"},
                                    {"dataset", "file", "train"},
                                    {"dataset", "filename", "train"},
                                    {"dataset", "filepath", "train"},
                                    {"dataset", "text", "text_column"},
                                    {"dataset", "texts", "text_column"},
                                    {"dataset", "label", "label_column"},
                                    {"dataset", "labels", "label_column"},
                                    {"dataset", "label", "target"},
                                    {"dataset", "labels", "target"},
                                    {"dataset", "y", "target"},
                                    {"dataset", "y", "label_column"},
                                    {"dataset", "target", "label_column"},
                                    {"dataset", "targets", "label_column"},
                                    {"dataset", "x", "text_column"},
                                    {"dataset", "output", "target"},
                                    {"dataset", "outputs", "target"},
                                    {"dataset", "maxtokens", "num_words"},
                                    {"dataset", "maxfeatures", "num_words"},
                                    {"dataset", "vocabsize", "num_words"},
                                    {"dataset", "vocabularysize", "num_words"},
                                    {"dataset", "sequencelength", "maxlen"},
                                    {"dataset", "outputsequencelength", "maxlen"},
                                    {"dataset", "maxlength", "maxlen"},
                                    {"dataset", "labelmode", "one_hot"},
                                    {"dataset", "categorical", "one_hot"},
                                    {"dataset", "delimiter", "separator"},
                                    {"dataset", "sep", "separator"},
                                    {"dataset", "drop", "ignore"},
                                    {"dataset", "exclude", "ignore"},
                                    {"dataset", "navalues", "missing_words"},
                                    {"dataset", "valsplit", "validation_split"},
                                    {"dataset", "targetsize", "image_size"},
                                    {"schedule", "initiallr", "initial_learning_rate"},
                                    {"schedule", "lr", "initial_learning_rate"},
                                    {"schedule", "learningrate", "initial_learning_rate"},
                                    {"schedule", "gamma", "decay_rate"},
                                    {"schedule", "stepsize", "decay_steps"},
                                    {"layer", "outputdim", "units"},
                                    {"layer", "vocabsize", "input_dim"},
                                    {"layer", "vocabularysize", "input_dim"},
                                    {"layer", "numembeddings", "input_dim"},
                                    {"layer", "embeddim", "output_dim"},
                                    {"layer", "embeddingdim", "output_dim"},
                                    {"layer", "embeddingsize", "output_dim"},
                                    {"dataset", "rescale", "scale"},
                                    {"layer", "hiddensize", "units"},
                                    {"layer", "outchannels", "filters"},
                                    {"layer", "kernel", "kernel_size"},
                                    {"layer", "p", "rate"},
                                    {"the recipe", "train", "training"},
                                    {"the recipe", "fit", "training"},
                                    {"the recipe", "dataset", "data"},
                                    {"the recipe", "model", "layer"}};

struct KeyHint {
  std::string_view owner, form, needs, hint;  // needs: a key that must be known; empty: none
};
constexpr std::string_view shapes_are_told = "leave it out: the data tell the shapes", stopping = "early_stopping", keeping = "keep_best";  // place_of_stopping() and place_of_keeping() tell these
constexpr std::string_view columns_are_features = "leave it out: the features are all columns but the target, and ignore = [\"NAME\"] leaves columns out";
// How Keras calls samples and what is to be learnt of them; each data set has its own place for them, which the keys that it has tell.
constexpr std::string_view names_of_features[] = {"x", "xtrain", "images", "features", "inputs"}, names_of_labels[] = {"y", "ytrain", "label", "labels", "target", "targets", "output", "outputs"};
constexpr std::string_view two_arrays = "train_arrays = [FEATURES, TARGETS], which are the names of two arrays in the file, such as [\"images\", \"labels\"]";
constexpr std::string_view two_files = "train = [\"FEATURES\", \"TARGETS\"], which are two files";
constexpr std::string_view folders_are_classes = "leave it out: the name of the folder that a picture lies in is its class; class_names = [\"NAME\", \"NAME\"] takes some of the folders";
constexpr std::string_view no_labels = "leave it out, and remove the lines without a label from the file";
constexpr KeyHint key_hints[] = {{"layer", "inputshape", "", shapes_are_told},
                                 {"layer", "batchinputshape", "", shapes_are_told},
                                 {"layer", "inputlength", "", shapes_are_told},
                                 {"layer", "inputdim", "", shapes_are_told},
                                 {"[training]", "callbacks", "", stopping},
                                 {"[training]", "patience", "", stopping},
                                 {"[training]", "monitor", "", stopping},
                                 {"[training]", "restorebestweights", "", stopping},
                                 {"[training]", "savebestonly", "", stopping},
                                 {"[checkpoint]", "savebestonly", "", keeping},
                                 {"[checkpoint]", "monitor", "", keeping},
                                 {"[training]", "verbose", "", "leave it out: --progress none, behind the command, keeps a training quiet"},
                                 {"the recipe", "compile", "", "the loss stands in [loss], the optimizer in [optimizer], and metrics = [\"accuracy\"] in [training]"},
                                 {"\"early_stopping\" of [training]", "verbose", "", "leave it out: the log tells when training stops early, and why"},
                                 {"[training]", "validationdata", "", "in [data]: validation_split = 0.1, or validation = \"FILE\""},
                                 {"dataset", "classes", "color_mode", "leave it out: each folder is a class; class_names = [\"NAME\", \"NAME\"] takes some of the folders"},
                                 {"dataset", "missingtarget", "text_column", no_labels},
                                 {"dataset", "x", "ignore", columns_are_features},
                                 {"dataset", "features", "ignore", columns_are_features},
                                 {"optimizer", "decay", "", "a schedule: learning_rate = { type = \"exponential_decay\", initial_learning_rate = 0.01, decay_steps = 1000, decay_rate = 0.9 }"},
                                 {"optimizer", "relativestep", "", "leave it out: with adafactor the learning rate is never above 1 / sqrt(step)"}};

template <std::size_t N>
bool holds(const std::string_view (&names)[N], std::string_view name) { return std::find(std::begin(names), std::end(names), name) != std::end(names); }

// Where the pictures are, which somebody gave by another key.
std::string place_of_pictures(const Option& typed, const Options& given) {
  for (const char* key : {"folder", "train"})
    if (find_option(given, key) != nullptr) return "leave it out: " + std::string(key) + " tells where the pictures are";
  return typed.value.is<std::string>() ? "folder = " + to_toml(typed.value) : "folder = \"FOLDER\", which holds a folder of pictures for each class";
}

// Empty where the data set has no such place, or `letters` are no name of samples.
std::string place_of_samples(const std::string& letters, const Option& typed, const std::vector<std::string>& names, const Options& given) {
  const auto known = [&](std::string_view key) { return std::find(names.begin(), names.end(), key) != names.end(); };
  const bool features = holds(names_of_features, letters);
  if (!features && !holds(names_of_labels, letters)) return {};
  if (known("train_arrays")) return std::string(two_arrays);
  if (known("color_mode")) return features ? place_of_pictures(typed, given) : std::string(folders_are_classes);
  return known("classes") && known("train") ? std::string(two_files) : "";
}

// Where early stopping is written, and what it watches.
std::string place_of_stopping(const std::string& letters, const Surroundings& around) {
  if (around.stops_early && (letters == "callbacks" || letters == "savebestonly")) return "leave it out: early_stopping with restore_best_weights = true keeps the best weights";
  if (around.stops_early) return "it belongs to early_stopping of [training]";
  return fmt::format("in [training]: early_stopping = {{ monitor = \"{}\", patience = 3, restore_best_weights = true }}", around.validates ? "val_loss" : "loss");
}

// Which number the best checkpoint is chosen by.
std::string place_of_keeping(const Surroundings& around) {
  return fmt::format("keep_best = {{ monitor = \"{}\" }} keeps the best checkpoint beside the newest", around.validates ? "val_loss" : "loss");
}

// Keras's label_mode says how classes are given.
std::string form_of_labels(const Option& typed) {
  const std::string mode = typed.value.is<std::string>() ? typed.value.as<std::string>() : "";
  if (mode == "categorical") return "one_hot = true";
  return mode == "int" || mode == "binary" ? "leave it out: classes are numbers from 0, unless one_hot = true is given" : "";
}

}  // namespace

std::string meant_key(std::string_view owner, const std::string& typed, const std::vector<std::string>& names) {
  const std::string letters = letters_of(typed);
  const auto alias = std::find_if(std::begin(key_aliases), std::end(key_aliases),
                                  [&](const KeyAlias& one) { return one.owner == owner && one.form == letters && std::find(names.begin(), names.end(), one.name) != names.end(); });
  return alias == std::end(key_aliases) ? typed : std::string(alias->name);
}

std::string hint_on_key(std::string_view owner, const Option& typed, const std::vector<std::string>& names, const Surroundings& around) {
  const std::string letters = letters_of(typed.name);
  if (owner == "dataset")
    if (std::string place = place_of_samples(letters, typed, names, around.given); !place.empty()) return place;
  const auto known = [&](std::string_view key) { return std::find(names.begin(), names.end(), key) != names.end(); };
  if (owner == "dataset" && letters == "labelmode" && known("one_hot"))
    if (std::string form = form_of_labels(typed); !form.empty()) return form;
  for (const KeyHint& one : key_hints)
    if (one.owner == owner && one.form == letters && (one.needs.empty() || known(one.needs))) return one.hint == stopping ? place_of_stopping(letters, around) : one.hint == keeping ? place_of_keeping(around) : std::string(one.hint);
  return {};
}

std::string meant_choice(std::string_view option, const std::string& typed, const std::vector<std::string>& choices) {
  struct Choice {
    std::string_view option, form, choice;
  };
  constexpr Choice others[] = {{"encoding", "int", "ids"}, {"encoding", "multihot", "binary"}, {"missing_target", "drop", "leave out"}, {"missing_target", "ignore", "leave out"}, {"missing_target", "dropna", "leave out"}, {"missing", "fillna", "mean"},
                               {"normalize", "zscore", "standard"}, {"normalize", "standardscaler", "standard"}, {"normalize", "standardize", "standard"}, {"normalize", "minmaxscaler", "minmax"}, {"dates", "auto", "split"}, {"dates", "parse", "split"}};
  const std::string form = letters_of(typed);
  for (const Choice& one : others)
    if (one.option == option && one.form == form && std::find(choices.begin(), choices.end(), one.choice) != choices.end()) return std::string(one.choice);
  return {};
}

bool same_letters(std::string_view a, std::string_view b) { return letters_of(a) == letters_of(b); }

std::vector<std::string> likely_names(std::string_view kind, const std::string& typed, const std::vector<std::string>& names) {
  const std::string letters = letters_of(typed);
  for (const std::string& name : names)
    if (!letters.empty() && letters_of(name) == letters) return {name};
  if (const std::string_view type = type_of_short_form(kind, letters); std::find(names.begin(), names.end(), type) != names.end()) return {std::string(type)};
  if (const auto near = nearest_name(typed, names)) return {*near};
  std::vector<std::string> holding;
  for (const std::string& name : names)
    if (const std::size_t at = letters_of(name).find(letters); name.find('.') == std::string::npos && letters.size() >= (at == 0 ? least_letters : least_inside) && at != std::string::npos) holding.push_back(name);
  return holding.size() > most_names ? std::vector<std::string>() : holding;
}

}  // namespace teranga::recipe
