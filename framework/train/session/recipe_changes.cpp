// SPDX-License-Identifier: Apache-2.0
#include "session/recipe_changes.hpp"

#include <teranga/core/value.hpp>
#include <teranga/recipe/catalogue.hpp>
#include <teranga/recipe/tables.hpp>

#include <algorithm>
#include <utility>
#include <variant>

#include <fmt/format.h>

namespace teranga::train {
namespace {

using Table = Value::Component;

// Sections that come again. All but losses and observers have names.
bool is_of_many(const std::string& key) { return key == "layer" || key == "phase" || key == "call" || key == "loss" || key == "observer"; }

// The tables of a section under keys that are theirs alone: those with a name are called by it, others that come again are counted.
std::vector<std::pair<std::string, const Table*>> named_tables(const Value* value, const std::string& key) {
  std::vector<std::pair<std::string, const Table*>> out;
  const auto add = [&](const Value& one) {
    const Table* const table = std::get_if<Table>(&one.data);
    if (!table) return;
    const Value* const name = key == "loss" || key == "observer" ? nullptr : find_option(table->options, "name");
    std::string whole = name && name->is<std::string>() ? key + "." + name->as<std::string>() : key;
    const auto same = [&](const auto& other) { return other.first == whole; };
    if (std::any_of(out.begin(), out.end(), same)) whole += fmt::format(".{}", out.size() + 1);
    out.emplace_back(std::move(whole), table);
  };
  if (value && value->is<Value::List>()) std::for_each(value->as<Value::List>().begin(), value->as<Value::List>().end(), add);
  else if (value) add(*value);
  return out;
}

// A layer that is gone or new is told by its type alone.
bool is_layer(const std::string& key) { return key == "layer"; }

std::string type_of(const Table& table) {
  const Value* const type = table.type.empty() ? find_option(table.options, "type") : nullptr;
  const std::string& named = type && type->is<std::string>() ? type->as<std::string>() : table.type;
  return fmt::format("type = {}", to_toml(Value{std::string(recipe::short_type(named)), {}}));
}

class Comparison {
 public:
  std::vector<RecipeChange> out;

  void tables(const Table& then, const Table& now, const std::string& prefix) {
    for (const Option& option : then.options) values(option.name, &option.value, find_option(now.options, option.name), prefix);
    for (const Option& option : now.options)
      if (!find_option(then.options, option.name)) values(option.name, nullptr, &option.value, prefix);
  }

 private:
  void values(const std::string& key, const Value* then, const Value* now, const std::string& prefix) {
    if (is_of_many(key)) return sections(key, then, now, prefix);
    const auto table = [](const Value* value) { return value ? std::get_if<Table>(&value->data) : nullptr; };
    if (const bool is_section = prefix.empty(); (table(then) && table(now)) || (is_section && (table(then) || table(now))))
      return tables(table(then) ? *table(then) : Table{}, table(now) ? *table(now) : Table{}, prefix + key + ".");
    std::string before = then ? to_toml(*then) : "", after = now ? to_toml(*now) : "";
    if (before != after) out.push_back({prefix + key, std::move(before), std::move(after)});
  }

  void sections(const std::string& key, const Value* then, const Value* now, const std::string& prefix) {
    const auto before = named_tables(then, key), after = named_tables(now, key);
    const auto find = [](const auto& all, const std::string& name) { return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.first == name; }); };
    for (const auto& [name, table] : before) {
      const auto at = find(after, name);
      if (at == after.end() && is_layer(key)) out.push_back({prefix + name, type_of(*table), ""});
      else tables(*table, at == after.end() ? Table{} : *at->second, prefix + name + ".");
    }
    for (const auto& [name, table] : after) {
      if (find(before, name) != before.end()) continue;
      if (is_layer(key)) out.push_back({prefix + name, "", type_of(*table)});
      else tables({}, *table, prefix + name + ".");
    }
  }
};

}  // namespace

std::vector<RecipeChange> recipe_changes(const std::string& then, const std::string& now) {
  Comparison comparison;
  comparison.tables(recipe::read_tables(then, "the former recipe"), recipe::read_tables(now, "the recipe"), "");
  return std::move(comparison.out);
}

std::string to_text(const RecipeChange& change) {
  const auto shown = [](const std::string& value) { return value.empty() ? std::string("none") : value; };
  return fmt::format("{}: then {}, now {}", change.key, shown(change.then), shown(change.now));
}

std::string lines_below(const std::vector<std::string>& lines, std::size_t most) {
  std::string out;
  for (std::size_t i = 0; i < std::min(most, lines.size()); ++i) out.append("\n  ").append(lines[i]);
  return lines.size() > most ? out.append(fmt::format("\n  ... and {} more", lines.size() - most)) : out;
}

}  // namespace teranga::train
