// SPDX-License-Identifier: Apache-2.0
#include "option_checker.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/recipe/reference.hpp>

#include "foreign_types.hpp"
#include "layer_names.hpp"
#include "likely_names.hpp"
#include "sections.hpp"
#include "wording.hpp"

namespace teranga::recipe {
namespace {

constexpr int most_components_deep = 16;
constexpr std::string_view root_name = "the recipe";  // as the reader calls it

std::vector<std::string> names_of(const Schema& schema) {
  std::vector<std::string> names;
  for (const OptionSpec& spec : schema) names.push_back(spec.name);
  return names;
}

// A type of that kind, as TOML.
std::string type_example(std::string_view kind) {
  for (const ReferenceTable& table : reference_tables())
    if (table.kind == kind) return table.keys.front().examples.front();
  return "\"...\"";
}

// The type of a part and where it stands; nullptr where there is none.
const Value* type_of(const Value& given) {
  if (given.is<std::string>()) return &given;
  return given.is<Value::Component>() ? find_option(given.as<Value::Component>().options, "type") : nullptr;
}

bool is_of_kind(OptionKind kind, const Value& value) {
  switch (kind) {
    case OptionKind::boolean:
      return value.is<bool>();
    case OptionKind::integer:
      return value.is<std::int64_t>();
    case OptionKind::real:
      return value.is<double>() || value.is<std::int64_t>();
    case OptionKind::text:
    case OptionKind::path:
    case OptionKind::component:
      return value.is<std::string>();
    case OptionKind::list:
    case OptionKind::table:
      return false;
  }
  return false;
}

struct PartNames {
  std::string_view kind;
  const std::string& name;   // of a layer, or of an option of `whole`; may be empty
  const std::string& whole;  // as messages call it; may be empty
  std::string type = {};     // as typed
  std::string meant = {};    // the type that it is taken as, where it is misspelt
};

// How messages call a part: `layer "hidden" (dense)`, `loss "huber"`, and within a whole: `the inner layer (gru) of layer "both" (bidirectional)`, `"activation" (elu) of ...`.
std::string part_name(const PartNames& part) {
  const std::string taken = part.meant.empty() ? "" : fmt::format("taken as {}", part.meant);
  std::string noun = kind_name(part.kind);
  const bool told = part.whole.empty() && part.name == part.type;  // layer "dense" needs no (dense)
  const std::string type = told ? "" : part.type, suffix = type.empty() && taken.empty() ? "" : fmt::format(" ({}{}{})", type, type.empty() || taken.empty() ? "" : ", ", taken);
  if (!part.whole.empty()) return fmt::format("{}{} of {}", part.name == "layer" ? "the inner layer" : fmt::format("\"{}\"", part.name), suffix, part.whole);
  if (!part.name.empty()) return fmt::format("{} \"{}\"{}", noun, part.name, suffix);
  if (part.type.empty()) return noun;
  return fmt::format("{} \"{}\"{}", noun, part.type, taken.empty() ? "" : fmt::format(" ({})", taken));
}

// Of a key that was typed behind --set: the same with the section before it.
std::string in_section(const Option& option, const std::string& name, const std::string& section) {
  const std::string typed = override_prefix + option.name + "=";
  if (!option.position.file.starts_with(typed) || !section.starts_with('[') || section.starts_with("[[")) return fmt::format("\"{}\" belongs in {}", name, section);
  return override_prefix + section.substr(1, section.size() - 2) + "." + name + option.position.file.substr(typed.size() - 1);
}

std::string suggestion(const std::string& name, const std::vector<std::string>& candidates) {
  const auto near = nearest_name(name, candidates);
  return near ? fmt::format("did you mean \"{}\"?", *near) : std::string();
}

}  // namespace

void OptionChecker::wrong_type(const OptionSpec& spec, const Value& given, const Owner& owner) {
  found_.add(given.position, fmt::format("\"{}\" of {}: expected {}, found {}", spec.name, owner.name, expected(spec), found_text(given)),
             written_right(spec, given));
}

void OptionChecker::check_range(const OptionSpec& spec, double value, const Value& given, const Owner& owner) {
  if (in_range(spec, value)) return;
  const bool is_percentage = spec.kind == OptionKind::real && spec.maximum == 1.0 && value > 1 && value <= 100;
  const bool lost_point = is_percentage && value < 10 && value == std::floor(value);  // 9 for 0.9
  const std::string percent = fmt::format("{} percent are {}", value, to_toml({value / 100, {}}));
  if (is_percentage) found_.add(given.position, fmt::format("\"{}\" of {}: expected {}, found {}", spec.name, owner.name, expected(spec), found_text(given)), lost_point ? fmt::format("{} = {}; {}", spec.name, to_toml({value / 10, {}}), percent) : percent);
  else wrong_type(spec, given, owner);
}

Value OptionChecker::convert(const OptionSpec& spec, const Value& given, const Owner& owner) {
  switch (spec.kind) {
    case OptionKind::boolean:
      if (given.is<bool>()) return given;
      break;
    case OptionKind::integer:
      if (!given.is<std::int64_t>()) break;
      check_range(spec, static_cast<double>(given.as<std::int64_t>()), given, owner);
      return given;
    case OptionKind::real:
      if (given.is<std::int64_t>()) return convert(spec, Value{static_cast<double>(given.as<std::int64_t>()), given.position}, owner);
      if (!given.is<double>()) break;
      check_range(spec, given.as<double>(), given, owner);
      return given;
    case OptionKind::text:
    case OptionKind::path:
      // Where a choice is called "true" or "false", the words without quotes are meant as well.
      if (given.is<bool>() && std::find(spec.choices.begin(), spec.choices.end(), to_toml(given)) != spec.choices.end()) return {to_toml(given), given.position};
      if (spec.number_is_text && given.is<std::int64_t>()) return {to_toml(given), given.position};
      if (!given.is<std::string>()) break;
      if (!spec.choices.empty() && std::find(spec.choices.begin(), spec.choices.end(), given.as<std::string>()) == spec.choices.end()) {
        const std::string of_others = meant_choice(spec.name, given.as<std::string>(), spec.choices);
        found_.add(given.position,
                   fmt::format("\"{}\" of {}: expected {}, found {}", spec.name, owner.name, expected(spec), found_text(given)),
                   of_others.empty() ? suggestion(given.as<std::string>(), spec.choices) : fmt::format("{} = \"{}\"", spec.name, of_others));
      }
      if (spec.kind == OptionKind::path) return {seen_from_recipe(given.as<std::string>(), given.position, folders_), given.position};
      return given;
    case OptionKind::list:
      return convert_list(spec, given, owner);
    case OptionKind::component:
      return convert_component(spec, given, owner);
    case OptionKind::table:
      if (given.is<Value::Component>()) return given;
      break;
  }
  wrong_type(spec, given, owner);
  return {};
}

Value OptionChecker::convert_list(const OptionSpec& spec, const Value& given, const Owner& owner) {
  OptionSpec item = spec;
  item.kind = spec.item_kind;
  Value out{Value::List{}, given.position};
  auto& list = std::get<Value::List>(out.data);
  if (!given.is<Value::List>()) {
    const bool number = spec.number_is_text && given.is<std::int64_t>();
    if (!spec.scalar_expands || (!number && !is_of_kind(item.kind, given))) {
      wrong_type(spec, given, owner);
      return {};
    }
    const Value one = convert(item, given, owner);
    const bool fixed = spec.least_items == spec.most_items;
    list.assign(static_cast<std::size_t>(fixed ? spec.least_items : 1), one);
    return out;
  }
  const auto& items = given.as<Value::List>();
  const auto count = static_cast<std::int64_t>(items.size());
  if (count < spec.least_items || count > spec.most_items) {
    wrong_type(spec, given, owner);
    return {};
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    item.name = fmt::format("{}[{}]", spec.name, i);
    list.push_back(convert(item, items[i], owner));
  }
  return out;
}

Value OptionChecker::convert_component(const OptionSpec& spec, const Value& given, const Owner& owner) {
  if (spec.component_kind == "regularizer") return convert_regularizer(spec, given, owner);
  if (!given.is<std::string>() && !given.is<Value::Component>()) {
    wrong_type(spec, given, owner);
    return {};
  }
  if (depth_ >= most_components_deep) {
    found_.add(given.position,
               fmt::format("\"{}\" of {}: components are nested more than {} deep", spec.name, owner.name, most_components_deep));
    return {};
  }
  ++depth_;
  Part made = part(spec.component_kind, given, {}, given.position, spec.name, owner.name);
  --depth_;
  if (made.component.type.empty()) return {};
  return Value{std::move(made.component), given.position};
}

// As keras.regularizers: "l2" is l2 = 0.01; a table gives the factors themselves.
Value OptionChecker::convert_regularizer(const OptionSpec& spec, const Value& given, const Owner& owner) {
  constexpr double keras_default = 0.01;
  const Value* type = type_of(given);
  std::string name;
  if (type != nullptr && type->is<std::string>()) name = type->as<std::string>();
  const std::vector<std::string> names = {"l1", "l2", "l1_l2"};
  if (!given.is<std::string>() && !given.is<Value::Component>()) {
    found_.add(given.position, fmt::format("\"{}\" of {}: expected a regularizer, \"l1\", \"l2\" or {{ l1 = 0.0, l2 = 0.01 }}, found {}",
                                           spec.name, owner.name, found_text(given)));
    return {};
  }
  if (type != nullptr && std::find(names.begin(), names.end(), name) == names.end()) {
    found_.add(type->position, fmt::format("there is no regularizer {}", to_toml(*type)),
               "one of \"l1\", \"l2\", \"l1_l2\", or { l1 = 0.0, l2 = 0.01 }");
    return {};
  }
  Schema factors = regularizer_keys();
  for (OptionSpec& factor : factors)
    if (name == factor.name || name == "l1_l2") factor.default_value.data = keras_default;
  Options keys;
  if (given.is<Value::Component>())
    for (const Option& option : given.as<Value::Component>().options)
      if (option.name != "type") keys.push_back(option);
  return Value{Value::Component{{}, check(keys, factors, {fmt::format("\"{}\" of {}", spec.name, owner.name), given.position})},
               given.position};
}

std::string OptionChecker::inner_table(const OptionSpec& spec, const Value& given, const Options& beside, const Schema& own) const {
  if (spec.kind != OptionKind::component || spec.component_kind != "layer" || !given.is<std::string>()) return {};
  std::vector<std::string> names;
  for (const std::string& name : catalogue_.names("layer")) names.emplace_back(short_type(name));
  const std::vector<std::string> likely = likely_names("layer", given.as<std::string>(), names);
  const Schema* const schema = likely.size() == 1 ? catalogue_.find("layer", likely.front()) : nullptr;
  if (schema == nullptr) return {};
  std::string keys;
  for (const OptionSpec& one : *schema) {
    const Value* const value = find_option(own, one.name) ? nullptr : find_option(beside, one.name);
    if (value != nullptr || one.required) keys += fmt::format(", {} = {}", one.name, value != nullptr ? to_toml(*value) : example_value(one));
  }
  return keys.empty() ? "" : fmt::format("{} = {{ type = \"{}\"{} }}", spec.name, likely.front(), keys);
}

std::vector<std::string> OptionChecker::types_with(const std::string& option, std::string_view kind) const {
  std::vector<std::string> out;
  if (kind.empty()) return out;
  for (const std::string& type : catalogue_.names(kind))
    if (const Schema* schema = catalogue_.find(kind, type); schema != nullptr && find_option(*schema, option) != nullptr) out.emplace_back(short_type(type));
  return out;
}

std::string OptionChecker::unknown_key(const Option& option, const Options& given, const Schema& schema, const Owner& owner,
                                       const std::vector<std::string>& also_known) {
  constexpr std::size_t most_types = 3;  // beyond, a list says nothing
  std::vector<std::string> names = names_of(schema);
  names.insert(names.end(), also_known.begin(), also_known.end());
  const bool has_options = std::any_of(names.begin(), names.end(), [](const std::string& name) { return name != "type"; });
  const std::string& whose = owner.kind.empty() ? owner.name : owner.kind;
  const bool of_data = owner.name == root_name && !option.value.is<Value::Component>() && !types_with(option.name, "dataset").empty();
  const std::string meant = of_data ? option.name : meant_key(whose, option.name == "lr" ? "learning_rate" : option.name, names);
  std::string hint = of_data ? "" : hint_on_key(whose, option, names, {given, validates_, stops_early_});
  const auto near = hint.empty() && !of_data ? nearest_name(meant, names) : std::nullopt;
  const std::vector<std::string> others = near ? std::vector<std::string>{} : types_with(option.name, owner.kind);
  if (near) hint = fmt::format("did you mean \"{}\"?", *near);
  if (near && owner.name == root_name) meant_sections_.push_back(*near);
  const bool has_it = std::find(names.begin(), names.end(), meant) != names.end();
  if (const auto section = section_of_key(meant, owner.name); section && *section != owner.name && !has_it) {
    hint = in_section(option, meant, *section);
  } else if (of_data) {
    hint = in_section(option, option.name, "[data]");
  } else if (hint.empty() && !others.empty() && others.size() <= most_types) {
    hint = fmt::format("\"{}\" is an option of type = \"{}\"", option.name, fmt::join(others, "\", \""));
  }
  for (const OptionSpec& spec : schema)
    if (const Value* inner = near ? nullptr : find_option(given, spec.name); inner != nullptr && !has_it)
      if (const std::string table = inner_table(spec, *inner, given, schema); table.find(fmt::format(", {} = ", option.name)) != std::string::npos) hint = fmt::format("it belongs to the inner layer, without a line of its own: {}", table);
  if (hint.empty()) hint = !has_options ? "it takes no options" : fmt::format("known are: {}", fmt::join(names, ", "));
  found_.add(option.position, fmt::format("unknown key \"{}\" of {}", option.name, owner.name), hint);
  return near.value_or("");
}

Options OptionChecker::check(const Options& given, const Schema& schema, const Owner& owner, const std::vector<std::string>& also_known) {
  std::vector<std::string> misspelt;  // what was meant by keys that are none: they are not missing too
  for (const Option& option : given)
    if (find_option(schema, option.name) == nullptr) misspelt.push_back(unknown_key(option, given, schema, owner, also_known));
  Options out;
  for (const OptionSpec& spec : schema) {
    const auto option = std::find_if(given.begin(), given.end(), [&](const Option& o) { return o.name == spec.name; });
    Position position = owner.position;
    Value value;
    if (option != given.end()) {
      position = option->position;
      if (const std::string table = inner_table(spec, option->value, given, schema); !table.empty()) {
        found_.add(option->value.position, fmt::format("\"{}\" of {}: expected the inner layer with its options, found {}", spec.name, owner.name, found_text(option->value)), table);
        continue;
      }
      value = convert(spec, option->value, owner);
    } else if (spec.required) {
      if (std::find(misspelt.begin(), misspelt.end(), spec.name) != misspelt.end()) continue;
      const std::string example = example_value(spec);
      found_.add(owner.position, fmt::format("{} needs \"{}\": {}", owner.name, spec.name, expected(spec)),
                 example.empty() ? spec.doc : fmt::format("{} = {}{}{}", spec.name, example, spec.doc.empty() ? "" : ": ", spec.doc));
    } else if (!spec.default_value.empty()) {
      Value standard = spec.default_value;
      standard.position = owner.position;
      value = convert(spec, standard, owner);
    }
    if (!value.empty()) out.push_back({spec.name, std::move(value), position});
  }
  return out;
}

const Schema* OptionChecker::find_type(std::string_view kind, const std::string& type, const Position& position, std::string& meant) {
  if (const Schema* schema = catalogue_.find(kind, type)) return schema;
  if (type.starts_with(block_prefix)) {
    found_.add(position, fmt::format("\"{}\" is no {}: a block is used in a [[layer]] table of its own", type, kind_name(kind)), fmt::format("[[layer]] with type = \"{}NAME\"", block_prefix));
    return nullptr;
  }
  std::vector<std::string> names = catalogue_.names(kind);
  std::vector<std::string> vendors;
  for (std::size_t i = 0, count = names.size(); i < count; ++i) {
    if (names[i] != type && short_type(names[i]) == type) vendors.push_back(names[i]);
    names.emplace_back(short_type(names[i]));
  }
  if (!vendors.empty()) {
    found_.add(position, fmt::format("the {} \"{}\" is offered by several vendors", kind_name(kind), type),
               fmt::format("write one of \"{}\"", fmt::join(vendors, "\", \"")));
    return nullptr;
  }
  if (kind == "metric") names.emplace_back("accuracy");  // which Keras resolves by loss and shapes: no plugin has that name
  const bool is_ours = std::any_of(names.begin(), names.end(), [&](const std::string& name) { return same_letters(name, type); });
  if (const std::string foreign = is_ours ? "" : hint_on_foreign_type(kind, type); !foreign.empty()) {
    found_.add(position, fmt::format("Teranga has no {} \"{}\"", kind_name(kind), type), foreign);
    return nullptr;
  }
  const std::vector<std::string> likely = likely_names(kind, type, names);
  if (likely.size() == 1) meant = likely.front();
  std::string names_hint = likely.empty() ? "" : fmt::format("did you mean \"{}\"?", fmt::join(likely, "\", \""));
  for (const char* other : {"layer", "activation", "loss", "optimizer", "metric", "initializer", "schedule", "dataset", "observer"})
    for (const std::string& name : names_hint.empty() && kind != other ? catalogue_.names(other) : std::vector<std::string>()) {
      if (!same_letters(short_type(name), short_type(type))) continue;
      names_hint = fmt::format("\"{}\" is {}", short_type(name), with_article(kind_name(other)));
      if (kind == "metric" && std::string_view(other) == "loss") names_hint += ": leave it out, each epoch tells the loss anyway";
    }
  if (names_hint.empty()) names_hint = fmt::format("\"teranga plugin list {}\" shows what there is", kind);
  found_.add(position, fmt::format("there is no {} \"{}\"", kind_name(kind), type), names_hint);
  return nullptr;
}

bool OptionChecker::is_resolved_accuracy(const Value& given) const {
  const Value* type = type_of(given);
  if (type == nullptr || !type->is<std::string>()) return false;
  const std::string& name = type->as<std::string>();
  return (name == "accuracy" || name == "acc") && catalogue_.find("metric", name) == nullptr;
}

void OptionChecker::find_type_of(std::string_view kind, const Value* type, const std::string& name, const std::string& whole, bool empty, Part& part) {
  if (type == nullptr) {
    found_.add(part.owner.position, fmt::format("{} has no type", part.owner.name), fmt::format("type = {}{}", type_example(kind), empty && kind == "layer" && whole.empty() ? ", or take the line [[layer]] out where nothing stands under it" : ""));
    return;
  }
  if (!type->is<std::string>()) {
    found_.add(type->position, fmt::format("\"type\" of {}: expected text, found {}", part.owner.name, found_text(*type)));
    return;
  }
  part.owner.position = type->position;
  const std::string& text = type->as<std::string>();
  std::string meant;
  part.schema = find_type(kind, text, type->position, meant);
  if (part.schema == nullptr && meant.empty()) return;
  if (part.schema != nullptr) {
    const std::string qualified = catalogue_.qualified(kind, text);
    part.component.type = qualified.empty() ? text : qualified;
  } else {
    part.meant = catalogue_.find(kind, meant);
  }
  part.owner.name = part_name({kind, name, whole, text, meant});
}

Part OptionChecker::part(std::string_view kind, const Value& given, const Schema& own, const Position& position, const std::string& name, const std::string& whole) {
  Part out;
  out.owner = {part_name({kind, name, whole}), position, std::string(kind)};
  if (!given.is<std::string>() && !given.is<Value::Component>()) {
    const std::string section = kind == "dataset" ? "[data]" : kind == "optimizer" ? "[optimizer]" : "";
    found_.add(given.position, fmt::format("{}: expected its name, or a table with its type, found {}", out.owner.name, found_text(given)),
               given.is<Value::List>() && !section.empty() ? fmt::format("write {} once, in single brackets", section) : "");
    return out;
  }
  find_type_of(kind, type_of(given), name, whole, given.is<Value::Component>() && given.as<Value::Component>().options.empty(), out);
  const Schema* const schema = out.schema != nullptr ? out.schema : out.meant;
  Options own_keys;
  Options plugin_keys;
  if (given.is<Value::Component>())
    for (const Option& option : given.as<Value::Component>().options)
      if (option.name != "type") (find_option(own, option.name) != nullptr ? own_keys : plugin_keys).push_back(option);
  Schema own_schema = own;
  for (OptionSpec& spec : own_schema)
    if (const OptionSpec* declared = schema == nullptr ? nullptr : find_option(*schema, spec.name))
      if (declared->kind == spec.kind) {
        spec = *declared;
        spec.required = false;
      }
  out.own = check(own_keys, own_schema, out.owner);
  if (schema == nullptr) return out;
  Schema rest;
  for (const OptionSpec& spec : *schema)
    if (find_option(own, spec.name) == nullptr) rest.push_back(spec);
  std::vector<std::string> also_known = names_of(own);
  also_known.emplace_back("type");
  out.component.options = check(plugin_keys, rest, out.owner, also_known);
  return out;
}

}  // namespace teranga::recipe
