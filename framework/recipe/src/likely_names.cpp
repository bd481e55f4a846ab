// SPDX-License-Identifier: Apache-2.0
#include "likely_names.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/value.hpp>

namespace teranga::recipe {
namespace {

constexpr std::size_t least_letters = 2, least_inside = 3, most_names = 6;  // of names that begin with what was typed, or hold it

struct ShortForm {
  std::string_view kind, form, name;
};
// Keras's own, and those of lectures.
constexpr ShortForm short_forms[] = {{"loss", "mse", "mean_squared_error"},
                                     {"loss", "mae", "mean_absolute_error"},
                                     {"loss", "mape", "mean_absolute_percentage_error"},
                                     {"loss", "msle", "mean_squared_logarithmic_error"},
                                     {"loss", "bce", "binary_crossentropy"},
                                     {"loss", "kld", "kl_divergence"},
                                     {"loss", "logloss", "binary_crossentropy"},
                                     {"layer", "fc", "dense"},
                                     {"layer", "fullyconnected", "dense"},
                                     {"layer", "avgpool2d", "average_pooling2d"},
                                     {"layer", "avgpool", "average_pooling2d"},
                                     {"layer", "maxpool1d", "max_pooling1d"},
                                     {"layer", "maxpool2d", "max_pooling2d"},
                                     {"layer", "batchnorm1d", "batch_normalization"},
                                     {"layer", "batchnorm2d", "batch_normalization"},
                                     {"optimizer", "momentum", "sgd"},
                                     {"initializer", "xavier", "glorot_uniform"},
                                     {"initializer", "kaiming", "he_normal"},
                                     {"dataset", "mnist", "idx"},
                                     {"dataset", "fashionmnist", "idx"},
                                     {"dataset", "imdb", "text"},
                                     {"dataset", "folder", "images"}};

std::string letters_of(std::string_view name) {
  std::string out;
  for (const char c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string asked(const std::vector<std::string>& names) { return fmt::format("did you mean \"{}\"?", fmt::join(names, "\", \"")); }

}  // namespace

std::string likely_name(std::string_view kind, const std::string& typed, const std::vector<std::string>& names) {
  const std::string letters = letters_of(typed);
  for (const std::string& name : names)
    if (!letters.empty() && letters_of(name) == letters) return asked({name});
  for (const ShortForm& one : short_forms)
    if (one.kind == kind && one.form == letters && std::find(names.begin(), names.end(), one.name) != names.end()) return asked({std::string(one.name)});
  if (const auto near = nearest_name(typed, names)) return asked({*near});
  std::vector<std::string> holding;
  for (const std::string& name : names)
    if (const std::size_t at = letters_of(name).find(letters); name.find('.') == std::string::npos && letters.size() >= (at == 0 ? least_letters : least_inside) && at != std::string::npos) holding.push_back(name);
  return holding.empty() || holding.size() > most_names ? std::string() : asked(holding);
}

}  // namespace teranga::recipe
