// SPDX-License-Identifier: Apache-2.0
#include <teranga/recipe/short_names.hpp>

#include <algorithm>
#include <iterator>

#include <teranga/core/small_letters.hpp>

namespace teranga::recipe {
namespace {

struct ShortForm {
  std::string_view kind, form, name;  // kind: of a part, or "number": what an epoch measures beside losses and metrics, or may be called so there alone
};
constexpr ShortForm short_forms[] = {{"loss", "mse", "mean_squared_error"},
                                     {"loss", "mae", "mean_absolute_error"},
                                     {"loss", "mape", "mean_absolute_percentage_error"},
                                     {"loss", "msle", "mean_squared_logarithmic_error"},
                                     {"loss", "bce", "binary_crossentropy"},
                                     {"loss", "kld", "kl_divergence"},
                                     {"loss", "logloss", "binary_crossentropy"},
                                     {"layer", "fc", "dense"},
                                     {"layer", "fullyconnected", "dense"},
                                     {"layer", "avgpool1d", "average_pooling1d"},
                                     {"layer", "avgpool2d", "average_pooling2d"},
                                     {"layer", "globalavgpool1d", "global_average_pooling1d"},
                                     {"layer", "globalavgpool2d", "global_average_pooling2d"},
                                     {"layer", "globalmaxpool1d", "global_max_pooling1d"},
                                     {"layer", "globalmaxpool2d", "global_max_pooling2d"},
                                     {"layer", "inputlayer", "input"},
                                     {"layer", "convolution1d", "conv1d"},
                                     {"layer", "convolution2d", "conv2d"},
                                     {"layer", "avgpool", "average_pooling2d"},
                                     {"layer", "maxpool1d", "max_pooling1d"},
                                     {"layer", "maxpool2d", "max_pooling2d"},
                                     {"layer", "batchnorm1d", "batch_normalization"},
                                     {"layer", "batchnorm2d", "batch_normalization"},
                                     {"metric", "acc", "accuracy"},
                                     {"metric", "valacc", "accuracy"},
                                     {"metric", "rocauc", "auc"},
                                     {"metric", "top5", "sparse_top_k_categorical_accuracy"},
                                     {"metric", "topk", "sparse_top_k_categorical_accuracy"},
                                     {"number", "err", "loss"},
                                     {"number", "error", "loss"},
                                     {"number", "lr", "learning_rate"},
                                     {"number", "rmse", "root_mean_squared_error"},
                                     {"number", "f1", "f1_score"},
                                     {"optimizer", "momentum", "sgd"},
                                     {"initializer", "xavier", "glorot_uniform"},
                                     {"initializer", "kaiming", "he_normal"},
                                     {"initializer", "orthogonalinitializer", "orthogonal"},
                                     {"initializer", "identityinitializer", "identity"},
                                     {"schedule", "reducelronplateau", "reduce_on_plateau"},
                                     {"dataset", "mnist", "idx"},
                                     {"dataset", "fashionmnist", "idx"},
                                     {"dataset", "imdb", "text"},
                                     {"dataset", "folder", "images"}};

bool is_letter_or_digit(char small) { return (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9'); }

}  // namespace

std::string letters_of(std::string_view name) {
  std::string out = in_small_letters(std::string(name));
  std::erase_if(out, [](char c) { return !is_letter_or_digit(c); });
  return out;
}

std::string_view type_of_short_form(std::string_view kind, std::string_view letters) {
  const auto* found = std::ranges::find_if(short_forms, [&](const ShortForm& one) { return one.kind == kind && one.form == letters; });
  return found == std::end(short_forms) ? std::string_view() : found->name;
}

std::vector<std::string> names_of_number(const std::string& name) {
  std::vector<std::string> out{name};
  const std::string letters = letters_of(name);
  for (const ShortForm& one : short_forms) {
    if (one.kind != "loss" && one.kind != "metric" && one.kind != "number") continue;
    if (letters == one.form) out.emplace_back(one.name);
    else if (name == one.name) out.emplace_back(one.form);
  }
  return out;
}

}  // namespace teranga::recipe
