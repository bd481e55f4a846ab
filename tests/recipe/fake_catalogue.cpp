// SPDX-License-Identifier: Apache-2.0
#include "fake_catalogue.hpp"

#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::recipe {
namespace {

OptionSpec spec(const char* name, OptionKind kind) {
  OptionSpec out;
  out.name = name;
  out.kind = kind;
  return out;
}

OptionSpec integer(const char* name, double minimum) {
  OptionSpec out = spec(name, OptionKind::integer);
  out.minimum = minimum;
  return out;
}

OptionSpec real(const char* name, double standard, double minimum, double maximum, bool open_above = false) {
  OptionSpec out = spec(name, OptionKind::real);
  out.default_value.data = standard;
  out.minimum = minimum;
  out.maximum = maximum;
  out.maximum_open = open_above;
  return out;
}

OptionSpec flag(const char* name, bool standard) {
  OptionSpec out = spec(name, OptionKind::boolean);
  out.default_value.data = standard;
  return out;
}

OptionSpec component(const char* name, const char* kind, const char* standard = nullptr) {
  OptionSpec out = spec(name, OptionKind::component);
  out.component_kind = kind;
  if (standard != nullptr) {
    out.default_value.data = std::string(standard);
  } else {
    out.nullable = true;
  }
  return out;
}

OptionSpec pair(const char* name, std::int64_t standard) {
  OptionSpec out = spec(name, OptionKind::list);
  out.item_kind = OptionKind::integer;
  out.least_items = out.most_items = 2;
  out.scalar_expands = true;
  out.minimum = 1;
  out.default_value.data = standard;
  return out;
}

OptionSpec required(OptionSpec out) {
  out.required = true;
  out.default_value.data = std::monostate{};
  return out;
}

OptionSpec nullable(OptionSpec out) {
  out.nullable = true;
  out.default_value.data = std::monostate{};
  return out;
}

Schema conv2d() {
  OptionSpec padding = spec("padding", OptionKind::text);
  padding.choices = {"valid", "same"};
  padding.default_value.data = std::string("valid");
  return {required(integer("filters", 1)),
          required(pair("kernel_size", 1)),
          pair("strides", 1),
          padding,
          flag("use_bias", true),
          component("activation", "activation"),
          component("kernel_initializer", "initializer", "glorot_uniform"),
          component("kernel_regularizer", "regularizer")};
}

OptionSpec paths(const char* name) {
  OptionSpec out = nullable(spec(name, OptionKind::list));
  out.item_kind = OptionKind::path;
  out.scalar_expands = true;
  return out;
}

OptionSpec spec_with_text(const char* name, const char* standard) {
  OptionSpec out = spec(name, OptionKind::text);
  out.default_value.data = std::string(standard);
  return out;
}

constexpr double infinity = std::numeric_limits<double>::infinity();

}  // namespace

FakeCatalogue::FakeCatalogue() {
  add("layer", "teranga.input", {});
  add("layer", "teranga.dense",
      {required(integer("units", 1)), flag("use_bias", true), component("activation", "activation"),
       component("kernel_initializer", "initializer", "glorot_uniform"), component("kernel_regularizer", "regularizer")});
  add("layer", "teranga.conv2d", conv2d());
  add("layer", "teranga.dropout", {real("rate", 0.5, 0, 1, true), nullable(integer("seed", 0))});
  add("layer", "teranga.add", {});
  OptionSpec switched = spec("switched", OptionKind::text);
  switched.choices = {"auto", "true", "false"};
  switched.default_value.data = std::string("auto");
  OptionSpec words = nullable(spec("words", OptionKind::list));
  words.item_kind = OptionKind::text;
  words.scalar_expands = true;
  add("layer", "acme.wordy", {switched, words});
  add("layer", "teranga.swish", {});
  add("layer", "acme.swish", {real("initial_beta", 1, 0, 10)});
  add("layer", "teranga.wrapper", {required(component("layer", "layer"))});
  OptionSpec itself = component("inner", "layer", "endless");
  add("layer", "acme.endless", {itself});
  add("layer", "acme.tabular", {nullable(spec("columns", OptionKind::table)), nullable(spec("note", OptionKind::text))});
  add("activation", "teranga.relu", {real("negative_slope", 0, 0, infinity)});
  add("activation", "teranga.softmax", {});
  add("initializer", "teranga.glorot_uniform", {nullable(integer("seed", 0))});
  add("initializer", "teranga.he_normal", {nullable(integer("seed", 0))});
  add("initializer", "teranga.constant", {real("value", 0, -infinity, infinity)});
  add("loss", "teranga.mean_squared_error", {});
  add("loss", "teranga.sparse_categorical_crossentropy", {flag("from_logits", false)});
  add("optimizer", "teranga.sgd", {real("learning_rate", 0.01, 0, infinity), real("momentum", 0, 0, 1, true), flag("nesterov", false)});
  add("optimizer", "teranga.adamw",
      {real("learning_rate", 0.001, 0, infinity), real("weight_decay", 0.004, 0, 1), real("beta_1", 0.9, 0, 1, true)});
  add("optimizer", "acme.bare", {});
  add("schedule", "teranga.cosine_decay", {required(real("initial_learning_rate", 0.1, 0, infinity)), required(integer("decay_steps", 1))});
  add("schedule", "teranga.cosine", {real("initial_learning_rate", 0.1, 0, infinity), required(integer("decay_steps", 1))});
  add("metric", "teranga.mean_absolute_error", {});
  add("metric", "teranga.top_k", {integer("k", 1)});
  add("observer", "teranga.stop_at", {spec_with_text("monitor", "val_loss"), required(real("value", 0, -infinity, infinity))});
  add("dataset", "teranga.csv", {required(spec("train", OptionKind::path))});
  add("dataset", "teranga.idx", {required(paths("train")), paths("test"), flag("normalize", true)});
}

const Schema* FakeCatalogue::find(std::string_view kind, std::string_view type) const {
  const auto types = types_.find(kind);
  const std::string full = qualified(kind, type);
  if (types == types_.end() || full.empty()) return nullptr;
  return &types->second.find(full)->second;
}

std::vector<std::string> FakeCatalogue::names(std::string_view kind) const {
  std::vector<std::string> out;
  if (const auto types = types_.find(kind); types != types_.end())
    for (const auto& [name, schema] : types->second) out.push_back(name);
  return out;
}

std::string FakeCatalogue::qualified(std::string_view kind, std::string_view type) const {
  std::string out;
  for (const std::string& name : names(kind)) {
    if (name == type) return name;
    if (short_type(name) != type) continue;
    if (!out.empty()) return {};
    out = name;
  }
  return out;
}

std::string errors_of(const std::string& text, const std::vector<std::string>& overrides) {
  try {
    parse(text, "net.toml", overrides, FakeCatalogue());
  } catch (const Error& error) {
    BOOST_TEST((error.code() == ExitCode::usage));
    return error.what();
  }
  return {};
}

}  // namespace teranga::recipe
