// SPDX-License-Identifier: Apache-2.0
#include "reference_entries.hpp"

#include <teranga/core/error.hpp>
#include <teranga/recipe/reference.hpp>

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "option_words.hpp"

namespace teranga::launcher {
namespace {

const std::vector<std::string>& head_of_keys() {
  static const std::vector<std::string> head{"key", "type", "default", "meaning", "example"};
  return head;
}

std::vector<ReferenceCell> row_of(const OptionSpec& key) {
  const bool typed = !key.required && !key.default_value.empty();
  return {{key.name, true}, {type_words(key)}, {default_words(key), typed}, {key.doc}, {example_words(key), true}};
}

ReferenceSection section_of(ReferenceCell heading, const Schema& keys) {
  ReferenceSection section(2, std::move(heading));
  section.head = head_of_keys();
  for (const OptionSpec& key : keys) section.rows.push_back(row_of(key));
  return section;
}

ReferenceSection section_of(const recipe::ReferenceTable& table) {
  ReferenceSection section = section_of({table.heading, !table.path.empty()}, table.keys);
  section.paragraphs = {table.about};
  return section;
}

std::string plural_of(const std::string& kind) {
  if (kind == "dataset") return "data sets";
  return kind == "loss" ? "losses" : kind + "s";
}

// A recipe names this metric, and the loss and the shapes settle which plugin measures it.
constexpr const char* accuracy_words = "Share of right predictions, as in Keras: binary_accuracy for one output, sparse_categorical_accuracy for class numbers, categorical_accuracy for one-hot targets";

// Where a kind of plugin stands in a recipe that has no table of its own.
const std::vector<std::pair<std::string, std::string>>& inner_kinds() {
  static const std::vector<std::pair<std::string, std::string>> kinds{
      {"schedule", "learning_rate = { ... }: the type of a learning rate that changes during the training."},
      {"activation", "activation = \"...\": the function that a layer applies to its output; also the type of a layer."},
      {"initializer", "kernel_initializer = \"...\": the first values of a layer's weights."}};
  return kinds;
}

}  // namespace

ReferenceEntries::ReferenceEntries(const host::Registry& registry, const model::PluginCatalogue& catalogue) : registry_(registry), catalogue_(catalogue) {
  for (const recipe::ReferenceTable& table : recipe::reference_tables()) {
    const std::string prefix = table.path.empty() ? "" : table.path + ".";
    if (!table.path.empty()) entries_.push_back({{table.path}, {section_of(table)}});
    if (!table.kind.empty() && table.kind != table.path) entries_.back().names.push_back(table.kind);
    for (const OptionSpec& key : table.keys) {
      ReferenceSection section = section_of(table);
      section.paragraphs.clear();
      section.rows = {row_of(key)};
      entries_.push_back({{prefix + key.name, key.name}, {std::move(section)}});
    }
    if (!table.kind.empty()) add_kind(table.path, table.kind);
  }
  for (const auto& [kind, about] : inner_kinds()) {
    ReferenceSection heading(2, {plural_of(kind)});
    heading.paragraphs.push_back(about);
    entries_.push_back({{kind}, {std::move(heading)}});
    add_kind(kind, kind);
  }
}

void ReferenceEntries::add_kind(const std::string& path, const std::string& kind) {
  entries_.push_back({{path, kind}, {types_of(kind)}});
  if (kind == "metric") {
    ReferenceSection accuracy(3, {"metric accuracy", true});
    accuracy.paragraphs = {accuracy_words, "Its short name is acc. It has no options."};
    entries_.push_back({{"accuracy", "acc", kind + ".accuracy", kind + ".acc"}, {std::move(accuracy)}});
  }
  for (const std::string& type : catalogue_.names(kind)) add_type(path, kind, type);
}

void ReferenceEntries::add_type(const std::string& path, const std::string& kind, const std::string& type) {
  const std::string brief(recipe::short_type(type));
  const std::set<std::string> types{type, brief};
  const std::set<std::string> tables{path, kind};
  Entry whole{{type, brief}, {type_section(kind, type)}};
  for (const std::string& table : tables)
    for (const std::string& name : types) whole.names.push_back(fmt::format("{}.{}", table, name));
  entries_.push_back(std::move(whole));
  for (const OptionSpec& option : *catalogue_.find(kind, type)) {
    Entry one{{}, {section_of({fmt::format("{} {}", kind, brief), true}, {option})}, option.name};
    for (const std::string& table : tables) {
      one.names.push_back(fmt::format("{}.{}", table, option.name));
      for (const std::string& name : types) one.names.push_back(fmt::format("{}.{}.{}", table, name, option.name));
    }
    for (const std::string& name : types) one.names.push_back(fmt::format("{}.{}", name, option.name));
    entries_.push_back(std::move(one));
  }
}

ReferenceSection ReferenceEntries::types_of(const std::string& kind) const {
  ReferenceSection section(3, {fmt::format("Types of {}", plural_of(kind))});
  section.head = {"type", "summary"};
  for (const std::string& type : catalogue_.names(kind)) {
    const host::Item* item = registry_.find(host::kind_of(kind), type);
    const std::string brief(recipe::short_type(type));
    const bool unique = catalogue_.qualified(kind, brief) == type;
    const char* own = type == model::input_type ? "The input of a network: features of the data, noise, or the inputs of a call" : "An activation function as a layer of its own";
    section.rows.push_back({{unique ? brief : type, true}, {item != nullptr ? item->native->summary : own}});
  }
  if (kind == "metric") section.rows.insert(section.rows.begin(), {{"accuracy", true}, {accuracy_words}});
  section.paragraphs.push_back(fmt::format("The options of a type: \"teranga reference {} TYPE\".", kind));
  return section;
}

ReferenceSection ReferenceEntries::type_section(const std::string& kind, const std::string& type) const {
  ReferenceSection section = section_of({fmt::format("{} {}", kind, recipe::short_type(type)), true}, *catalogue_.find(kind, type));
  section.level = 3;
  if (const host::Item* item = registry_.find(host::kind_of(kind), type)) {
    const auto fact = [&](const char* name, const char* text) {
      if (text != nullptr && *text != '\0') section.paragraphs.push_back(fmt::format("{}{}", name, text));
    };
    fact("", item->native->summary);
    fact("Formula: ", item->native->formula);
    fact("Source: ", item->native->source);
  }
  if (section.rows.empty()) section.paragraphs.push_back("It has no options.");
  return section;
}

std::vector<ReferenceSection> ReferenceEntries::page() const {
  std::vector<ReferenceSection> out;
  for (const recipe::ReferenceTable& table : recipe::reference_tables()) {
    out.push_back(section_of(table));
    if (table.kind.empty()) continue;
    out.push_back(types_of(table.kind));
    if (table.kind != "dataset" && table.kind != "layer") continue;
    for (const std::string& type : catalogue_.names(table.kind))
      if (table.kind == "dataset" || type == model::input_type) out.push_back(type_section(table.kind, type));
  }
  for (const auto& [kind, about] : inner_kinds()) {
    out.push_back(types_of(kind));
    out.back().level = 2;
    out.back().paragraphs.push_back(about);
  }
  return out;
}

std::vector<ReferenceSection> ReferenceEntries::find(const std::string& name) const {
  std::vector<ReferenceSection> out;
  for (const Entry& entry : entries_)
    if (std::find(entry.names.begin(), entry.names.end(), name) != entry.names.end())
      out.insert(out.end(), entry.sections.begin(), entry.sections.end());
  if (!out.empty()) return out;
  for (const Entry& entry : entries_)
    if (entry.option == name) out.insert(out.end(), entry.sections.begin(), entry.sections.end());
  if (!out.empty()) return out;
  std::vector<std::string> names;
  for (const Entry& entry : entries_) {
    names.insert(names.end(), entry.names.begin(), entry.names.end());
    if (!entry.option.empty()) names.push_back(entry.option);
  }
  const auto nearest = nearest_name(name, names);
  throw Error(ExitCode::usage, fmt::format("reference: recipes have no table, key or type \"{}\"", name), nearest ? fmt::format("teranga reference {}", *nearest) : "teranga reference shows all of them");
}

}  // namespace teranga::launcher
