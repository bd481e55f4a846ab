// SPDX-License-Identifier: Apache-2.0
// Rules of items of every kind: what they say of themselves, and which options they take.
#include <teranga/conformance/rule.hpp>

#include "item_tables.hpp"
#include "trial_instance.hpp"

#include <teranga/core/utf8.hpp>
#include <teranga/host/item_names.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cmath>
#include <set>
#include <string_view>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

void documented_options(const Subject& subject, Findings& findings) {
  for (std::size_t i = 0; i < subject.item->option_count; ++i) {
    const trg_option_spec& spec = spec_at(*subject.item, i);
    if (std::string_view(spec.doc ? spec.doc : "").find_first_not_of(' ') == std::string_view::npos) findings.error("the option has no doc", fmt::format("option {}", spec.name), "one line that says what it does: .says(\"...\")");
  }
}

void documented(const Subject& subject, Findings& findings) {
  const trg_item& item = *subject.item;
  const bool computes = item.kind != TRG_DATASET && item.kind != TRG_OBSERVER;
  struct Fact {
    const char *name, *text, *mend;
    bool needed;
  };
  const Fact facts[] = {{"summary", item.summary, "one line that says what it is for", true},
                        {"version", item.version, "such as \"1.0.0\"; checkpoints record it", true},
                        {"licence", item.licence, "an SPDX name such as \"MIT\"", true},
                        {"formula", item.formula, "what is computed, such as \"y = x * sigmoid(beta * x)\"", computes},
                        {"author", item.author, "a name or an address to turn to", false},
                        {"source", item.source, "the paper or the page that it follows", false}};
  for (const Fact& fact : facts) {
    std::string text = fact.text;
    if (repair_utf8(text) > 0) findings.error(fmt::format("{} is no UTF-8: \"{}\"", fact.name, text), fact.name, "save the source as UTF-8");
    if (text.find('\n') != std::string::npos) findings.error(fmt::format("{} has several lines", fact.name), fact.name, "one line");
    if (std::ranges::all_of(text, [](char c) { return c == ' '; })) {
      if (fact.needed) findings.error(fmt::format("{} is empty", fact.name), fact.name, fact.mend);
      else if (computes || std::string_view(fact.name) == "author") findings.note(fmt::format("{} is empty", fact.name), fact.name, fact.mend);
    }
  }
  documented_options(subject, findings);
}

class SchemaLook {
 public:
  SchemaLook(const Subject& subject, Findings& findings) : item_(*subject.item), findings_(findings) {}

  void run() {
    std::set<std::string> names;
    for (std::size_t i = 0; i < item_.option_count; ++i) {
      const trg_option_spec& spec = spec_at(item_, i);
      where_ = fmt::format("option {}", spec.name);
      look_at_name(spec, names);
      look_at_doc(spec);
      if (spec.kind < TRG_BOOLEAN || spec.kind > TRG_PATH) {
        fault(fmt::format("its kind is {}, which is no enum trg_value_kind", spec.kind), "one of TRG_BOOLEAN to TRG_PATH");
        continue;
      }
      look_at_flags(spec);
      look_at_range(spec);
      look_at_choices(spec);
      look_at_list(spec);
      look_at_default(spec);
    }
  }

 private:
  void fault(std::string text, std::string mend) { findings_.error(std::move(text), where_, std::move(mend)); }
  void doubt(std::string text, std::string mend) { findings_.warning(std::move(text), where_, std::move(mend)); }

  void look_at_name(const trg_option_spec& spec, std::set<std::string>& names) {
    const std::string name = spec.name;
    if (!std::ranges::all_of(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; })) fault(fmt::format("the name \"{}\": expected letters, digits and \"_\"", name), "such a name, so that a recipe and --set can say it");
    const auto reserved = host::reserved_option_names(static_cast<host::Kind>(item_.kind));
    if (std::ranges::find(reserved, name) != reserved.end()) fault(fmt::format("\"{}\" has a meaning of its own in a recipe's table of this kind, so the plugin never gets it", name), "another name");
    if (!names.insert(name).second) fault("there are two options of this name", "leave one of them out");
  }

  void look_at_doc(const trg_option_spec& spec) {
    std::string doc = spec.doc ? spec.doc : "";
    if (doc.find('\n') != std::string::npos) fault("its doc has several lines", "one line");
    if (repair_utf8(doc) > 0) fault("its doc is no UTF-8", "save the source as UTF-8");
  }

  void look_at_flags(const trg_option_spec& spec) {
    constexpr std::int32_t known = TRG_REQUIRED | TRG_NULLABLE | TRG_SCALAR_EXPANDS | TRG_MINIMUM_OPEN | TRG_MAXIMUM_OPEN | TRG_NUMBER_IS_TEXT;
    if (spec.flags & ~known) fault(fmt::format("it has unknown flags: {:#x}", static_cast<unsigned>(spec.flags & ~known)), "bits of enum trg_option_flag only");
    const bool text = spec.kind == TRG_TEXT || (spec.kind == TRG_LIST && spec.item_kind == TRG_TEXT);
    if ((spec.flags & TRG_NUMBER_IS_TEXT) && !text) fault("TRG_NUMBER_IS_TEXT, but it is no text and no list of texts", "leave the flag out");
    if ((spec.flags & TRG_SCALAR_EXPANDS) && spec.kind != TRG_LIST) fault("TRG_SCALAR_EXPANDS, but it is no list", "leave the flag out");
    const bool has_default = spec.default_value.kind != TRG_NONE;
    if (has_default && (spec.flags & TRG_REQUIRED)) fault("it is required and has a default, which so never counts", "leave out one of the two");
    if ((spec.flags & TRG_REQUIRED) && (spec.flags & TRG_NULLABLE)) fault("it is required and may be left out at once", "leave out one of the two");
    if (!has_default && !(spec.flags & (TRG_REQUIRED | TRG_NULLABLE))) fault("it has no default, and is neither required nor may it be left out", "give a default, or set TRG_REQUIRED or TRG_NULLABLE");
  }

  bool is_of_numbers(const trg_option_spec& spec) const {
    const std::int32_t kind = spec.kind == TRG_LIST ? spec.item_kind : spec.kind;
    return kind == TRG_INTEGER || kind == TRG_REAL;
  }

  void look_at_range(const trg_option_spec& spec) {
    if (!is_of_numbers(spec)) return;
    if (std::isnan(spec.minimum) || std::isnan(spec.maximum)) return fault("an end of its range is no number", "-infinity and infinity where there is no bound");
    if (spec.minimum > spec.maximum) return fault(fmt::format("its range is empty: from {} to {}", spec.minimum, spec.maximum), "the smaller bound first");
    const bool open = spec.flags & (TRG_MINIMUM_OPEN | TRG_MAXIMUM_OPEN);
    if (spec.minimum == spec.maximum && open) fault(fmt::format("its range is empty: {} alone, which the flags leave out", spec.minimum), "another bound, or a closed one");
    else if (spec.minimum == 0 && spec.maximum == 0 && !open && spec.size != 0) doubt("its range is 0 alone", "where no range was meant: -infinity and infinity");
  }

  void look_at_choices(const trg_option_spec& spec) {
    if (spec.choice_count == 0) return;
    if (spec.kind != TRG_TEXT) return fault("it has choices, but is no text", "kind TRG_TEXT, or no choices");
    std::set<std::string> known;
    for (std::int32_t i = 0; i < spec.choice_count; ++i) {
      std::string choice = spec.choices[i];
      if (!known.insert(choice).second) fault(fmt::format("the choice \"{}\" is there twice", choice), "leave one of them out");
      if (choice.empty()) doubt("a choice is empty", "a word for it, such as \"none\"");
      if (repair_utf8(choice) > 0) fault(fmt::format("the choice \"{}\" is no UTF-8", choice), "save the source as UTF-8");
    }
  }

  void look_at_list(const trg_option_spec& spec) {
    if (spec.kind == TRG_COMPONENT && spec.component_kind && spec.component_kind[0]) {
      constexpr std::array<std::string_view, 11> kinds = {"layer", "activation", "loss", "optimizer", "metric", "schedule", "initializer", "dataset", "observer", "regularizer", "constraint"};
      if (std::ranges::find(kinds, std::string_view(spec.component_kind)) == kinds.end()) fault(fmt::format("its component_kind \"{}\" is no kind of plugin", spec.component_kind), "\"initializer\", \"activation\", \"regularizer\", \"layer\", ...; \"\" for a plain table");
    }
    if (spec.kind != TRG_LIST) return;
    if (spec.item_kind < TRG_BOOLEAN || spec.item_kind > TRG_PATH) fault(fmt::format("its item_kind is {}", spec.item_kind), "the kind of its items, of enum trg_value_kind");
    if (spec.least_items < 0 || spec.least_items > spec.most_items) fault(fmt::format("its length is from {} to {}", spec.least_items, spec.most_items), "the smaller number first, from 0 on");
  }

  static const char* name_of(std::int32_t kind) {
    constexpr const char* names[] = {"none", "boolean", "integer", "real", "text", "list", "component", "path"};
    return kind >= 0 && kind <= TRG_PATH ? names[kind] : "unknown";
  }

  void look_at_default(const trg_option_spec& spec) {
    const trg_value& value = spec.default_value;
    if (value.kind == TRG_NONE) return;
    const bool fits_kind = value.kind == spec.kind || (spec.kind == TRG_REAL && value.kind == TRG_INTEGER) || (spec.kind == TRG_PATH && value.kind == TRG_TEXT) || (spec.kind == TRG_COMPONENT && value.kind == TRG_TEXT);
    if (!fits_kind) return fault(fmt::format("it is a {}, and its default a {}", name_of(spec.kind), name_of(value.kind)), "a default of its own kind");
    if (spec.kind == TRG_INTEGER || spec.kind == TRG_REAL) look_at_number(spec, value);
    if (spec.kind == TRG_TEXT && spec.choice_count > 0 && std::none_of(spec.choices, spec.choices + spec.choice_count, [&](const char* choice) { return std::string_view(choice) == value.text; }))
      fault(fmt::format("its default \"{}\" is none of its choices", value.text), "one of the choices");
    if (spec.kind != TRG_LIST) return;
    if (value.count < spec.least_items || value.count > spec.most_items) fault(fmt::format("its default has {} items, and its length is from {} to {}", value.count, spec.least_items, spec.most_items), "a default of an allowed length");
    for (std::int32_t i = 0; i < value.count; ++i) {
      const trg_value& one = value.items[i];
      if (one.kind != spec.item_kind && !(spec.item_kind == TRG_REAL && one.kind == TRG_INTEGER) && !(spec.item_kind == TRG_PATH && one.kind == TRG_TEXT)) fault(fmt::format("item {} of its default is a {}, expected a {}", i, name_of(one.kind), name_of(spec.item_kind)), "items of its item_kind");
      else if (spec.item_kind == TRG_INTEGER || spec.item_kind == TRG_REAL) look_at_number(spec, one);
    }
  }

  void look_at_number(const trg_option_spec& spec, const trg_value& value) {
    const double number = value.kind == TRG_INTEGER ? static_cast<double>(value.integer) : value.real;
    if (value.kind == TRG_INTEGER && value.real != number) fault(fmt::format("its default is the integer {}, and the field real of it is {}", value.integer, value.real), "set both, as types.h says");
    if (!std::isfinite(number)) return fault("its default is not finite", "a number within its range");
    const bool below = number < spec.minimum || (number == spec.minimum && (spec.flags & TRG_MINIMUM_OPEN)), above = number > spec.maximum || (number == spec.maximum && (spec.flags & TRG_MAXIMUM_OPEN));
    if (below || above) fault(fmt::format("its default {} is out of its range, {} to {}", number, spec.minimum, spec.maximum), "a default that a recipe could give");
  }

  const trg_item& item_;
  Findings& findings_;
  std::string where_;
};

void schema(const Subject& subject, Findings& findings) {
  if (subject.item->option_count == 0) return findings.not_applicable("it has no options");
  SchemaLook(subject, findings).run();
}

bool may_refuse_with(std::int32_t status, std::int32_t kind) { return status == TRG_BAD_OPTION || status == TRG_BAD_SHAPE || (kind == TRG_DATASET && status == TRG_BAD_DATA); }

void range(const Subject& subject, Findings& findings) {
  if (subject.item->option_count == 0) return findings.not_applicable("it has no options");
  std::string missing;
  const std::optional<OptionTrial> first = default_trial(subject, &missing);
  if (!first) return findings.not_applicable(fmt::format("needs --set {}=...", missing));
  std::vector<OptionTrial> trials = range_trials(subject);
  trials.insert(trials.begin(), *first);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::set<std::string> said;
  for (const OptionTrial& trial : trials) {
    if (findings.errors() > 3 || std::chrono::steady_clock::now() > deadline) return;
    Call::set_place(trial.words.empty() ? "all options by default" : trial.words);
    const TrialInstance made(subject, trial.options);
    const std::string where = fmt::format("create, {}", Call::place());
    if (made.status() == TRG_OK && !made.self()) findings.error("create returned TRG_OK and gave no instance", where, "set *instance, or return another status");
    if (made.status() == TRG_OK || made.record().native()->code != made.status()) continue;  // of the record, life/errors speaks
    if (!may_refuse_with(made.status(), subject.item->kind) && !said.insert(made.record().words()).second) continue;
    if (!may_refuse_with(made.status(), subject.item->kind))
      findings.error(fmt::format("create ended with {}", made.record().words()), where, "options within their ranges work, or are refused as TRG_BAD_OPTION with a text that says why (exit code 2)");
    else if (&trial == &trials.front() && trial.words.empty() && subject.item->kind != TRG_DATASET)
      findings.error(fmt::format("create refused its own defaults with {}", made.record().words()), where, "defaults that go together, or make the option required");
  }
}

}  // namespace

std::vector<Rule> schema_rules() {
  return {{"facts/documented", "summary, version, licence and formula are there, each in one line, and each option has a doc", quick, {}, documented},
          {"options/schema", "each option has a name, a kind, a range and a default that go together", quick, {}, schema},
          {"options/range", "create takes both ends of each range and each choice, or says why not", quick, {}, range}};
}

}  // namespace teranga::conformance
