// SPDX-License-Identifier: Apache-2.0
// The configuration of a part of a Keras model as options of a type of Teranga: by the schema of the type, whose options bear Keras's names. What the schema does
// not know must say nothing, as a key does that is null or at its default.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/recipe/catalogue.hpp>

#include "json.hpp"

namespace teranga::exchange {

struct KerasPart {
  std::string type;  // short where that is enough: "dense"
  Options options;   // those that differ from their defaults
};

class KerasOptions {
 public:
  explicit KerasOptions(const recipe::Catalogue& catalogue) : catalogue_(catalogue) {}

  // The type of that kind with the class's or function's name ("MaxPooling2D", "mse"); empty: there is none.
  std::string type_of(std::string_view kind, std::string_view name) const;
  // Whatever Keras writes for a part of a layer or of a training: a name, or a table with class and configuration. Faults are added where there is no counterpart, and
  // then nothing is given.
  std::optional<KerasPart> part(std::string_view kind, const Json& written, std::vector<std::string>& faults) const;
  Options options(std::string_view kind, const std::string& type, const Json& config, std::vector<std::string>& faults) const;
  const Schema& schema(std::string_view kind, const std::string& type) const { return *catalogue_.find(kind, type); }

  // Initial values that have no counterpart: they do no harm, since the weights come from the file.
  const std::vector<std::string>& left_initializers() const noexcept { return left_initializers_; }

 private:
  std::optional<Value> value(const OptionSpec& spec, const Json& written, std::vector<std::string>& faults) const;
  std::optional<Value> component(const OptionSpec& spec, const Json& written, std::vector<std::string>& faults) const;

  const recipe::Catalogue& catalogue_;
  mutable std::vector<std::string> left_initializers_;
};

Value value_of(const KerasPart& part);  // "relu", or { type = "leaky_relu", negative_slope = 0.1 }

// A real number as people wrote it, where Keras kept it in 32 bits: 0.009999999776482582 -> 0.01.
double shortest(double value);

// Whether a class or function is of one's own, and not of Keras.
bool is_foreign(const Json& written);

}  // namespace teranga::exchange
