// SPDX-License-Identifier: Apache-2.0
#include "plugin_check_report.hpp"

#include <teranga/core/counted.hpp>
#include <teranga/core/json.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "table.hpp"

namespace teranga::launcher {
namespace {

using namespace conformance;
using Fault = conformance::Finding;

std::string said_item(const std::string& item) { return item.empty() ? "library" : item; }

struct Tally {
  std::string item;
  std::size_t passed = 0, failed = 0, inapplicable = 0;
  std::vector<std::string> rules;  // that failed
};

void add_once(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end()) names.push_back(name);
}

std::vector<Tally> tallies_of(const CheckedLibrary& checked) {
  std::vector<Tally> all;
  for (const RuleResult& result : checked.results) {
    if (all.empty() || all.back().item != result.item) all.push_back({result.item, 0, 0, 0, {}});
    Tally& tally = all.back();
    tally.passed += result.outcome == Outcome::passed;
    tally.failed += result.outcome == Outcome::failed;
    tally.inapplicable += result.outcome == Outcome::not_applicable;
    for (const Fault& finding : result.findings)
      if (finding.severity == Severity::error) add_once(tally.rules, finding.rule);
  }
  for (const CheckedItem& item : checked.items)
    if (!item.sound) all.push_back({item.spoken, 0, 0, 0, {"not tried: its tables are broken"}});
  return all;
}

std::string join(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += text.empty() ? word : fmt::format(", {}", word);
  return text;
}

// The column "failed by" only where something failed.
std::string table_of(const std::vector<Tally>& tallies) {
  const bool fails = std::ranges::any_of(tallies, [](const Tally& tally) { return !tally.rules.empty(); });
  std::vector<std::string> head = {"item", "passed", "failed", "not applicable"};
  if (fails) head.emplace_back("failed by");
  Table table(head);
  for (const Tally& tally : tallies) {
    std::vector<std::string> row = {said_item(tally.item), std::to_string(tally.passed), std::to_string(tally.failed), std::to_string(tally.inapplicable)};
    if (fails) row.push_back(join(tally.rules));
    table.add(std::move(row));
  }
  return table.text();
}

// Why rules are not applicable, each reason once.
std::string inapplicable_of(const CheckedLibrary& checked) {
  struct Reason {
    const RuleResult* first;
    std::size_t items;
  };
  std::vector<Reason> reasons;
  for (const RuleResult& result : checked.results) {
    if (result.outcome != Outcome::not_applicable) continue;
    const auto same = std::ranges::find_if(reasons, [&](const Reason& one) { return one.first->rule == result.rule && one.first->why == result.why; });
    if (same == reasons.end()) reasons.push_back({&result, 1});
    else ++same->items;
  }
  if (reasons.empty()) return {};
  Table table({"not applicable", "of", "because"});
  for (const Reason& one : reasons) table.add({one.first->rule, one.items == 1 ? said_item(one.first->item) : counted(one.items, "item"), one.first->why});
  return "\n" + table.text();
}

// Of many rules that found the same, as a crash in create, one speaks for all; of many places, the first.
struct Told {
  const Fault* finding;
  std::vector<std::string> by;
  std::size_t more_places = 0;  // than the first
};

std::vector<Told> told_of(const CheckedLibrary& checked) {
  std::vector<Told> all;
  for (const RuleResult& result : checked.results)
    for (const Fault& finding : result.findings) {
      const auto same = std::ranges::find_if(all, [&](const Told& one) { return one.finding->rule == finding.rule && one.finding->item == finding.item && one.finding->text == finding.text; });
      if (same == all.end()) {
        all.push_back({&finding, {result.rule}});
        continue;
      }
      add_once(same->by, result.rule);
      same->more_places += same->finding->where != finding.where;
    }
  return all;
}

std::string indented(const std::string& head, const std::string& text) {
  if (text.empty()) return {};
  std::string out = fmt::format("  {:<7}", head);
  for (const char c : text) out += c == '\n' ? std::string("\n         ") : std::string(1, c);
  return out + "\n";
}

std::string paragraph_of(const Told& told) {
  const Fault& finding = *told.finding;
  std::string text = fmt::format("\n{} {}: {}\n", to_string(finding.severity), finding.rule, said_item(finding.item));
  text += indented("what", finding.text) + indented("where", told.more_places > 0 ? fmt::format("{}; and {} more", finding.where, told.more_places) : finding.where) + indented("mend", finding.mend);
  if (told.by.size() > 1 || told.by.front() != finding.rule) text += indented("found", fmt::format("by {}", join(told.by)));
  return text;
}

std::string json_list(const std::vector<std::string>& members) {
  std::string text;
  for (const std::string& member : members) text += text.empty() ? member : fmt::format(",{}", member);
  return fmt::format("[{}]", text);
}

std::string json_of_finding(const Fault& one) {
  return fmt::format("{{\"severity\":{},\"rule\":{},\"item\":{},\"text\":{},\"where\":{},\"mend\":{}}}", json_text(to_string(one.severity)), json_text(one.rule), json_text(one.item), json_text(one.text), json_text(one.where), json_text(one.mend));
}

std::string json_of_result(const RuleResult& one) {
  std::vector<std::string> findings;
  for (const Fault& finding : one.findings) findings.push_back(json_of_finding(finding));
  return fmt::format("{{\"rule\":{},\"item\":{},\"outcome\":{},\"why\":{},\"seconds\":{},\"findings\":{}}}", json_text(one.rule), json_text(one.item), json_text(to_string(one.outcome)), json_text(one.why), json_number(one.seconds), json_list(findings));
}

std::string json_of_library(const CheckedLibrary& one) {
  std::vector<std::string> items, results;
  for (const CheckedItem& item : one.items) items.push_back(fmt::format("{{\"kind\":{},\"name\":{},\"tried\":{}}}", item.kind, json_text(item.name), item.sound));
  for (const RuleResult& result : one.results) results.push_back(json_of_result(result));
  return fmt::format("{{\"path\":{},\"passed\":{},\"opened\":{},\"items\":{},\"results\":{}}}", json_text(one.path), one.passed(), one.opened, json_list(items), json_list(results));
}

}  // namespace

std::string text_of(const CheckedLibrary& checked, bool verbose) {
  std::string text = checked.path + "\n";
  text += table_of(tallies_of(checked));
  if (!verbose) text += inapplicable_of(checked);
  if (verbose) {
    Table rules({"item", "rule", "outcome", "seconds", "about"});
    for (const RuleResult& result : checked.results) rules.add({said_item(result.item), result.rule, to_string(result.outcome), fmt::format("{:.2f}", result.seconds), result.why});
    text += "\n" + rules.text();
  }
  for (const Told& told : told_of(checked))
    if (verbose || told.finding->severity != Severity::note) text += paragraph_of(told);
  return text;
}

std::string summary_of(const std::vector<CheckedLibrary>& checked, const CheckRequest& request) {
  std::size_t items = 0, tried = 0, failed = 0, errors = 0, warnings = 0;
  for (const CheckedLibrary& one : checked) {
    items += one.items.size(), tried += one.results.size(), failed += one.count(Outcome::failed);
    errors += one.count(Severity::error), warnings += one.count(Severity::warning);
  }
  return fmt::format("{}: {}, {}, {} tried, {} failed; {}, {} (level {})\n", failed ? "failed" : "passed", counted(checked.size(), "library", "libraries"), counted(items, "item"), counted(tried, "rule"), failed, counted(errors, "error"),
                     counted(warnings, "warning"), request.level == full ? "full" : "quick");
}

std::string json_of(const std::vector<CheckedLibrary>& checked, const CheckRequest& request) {
  std::vector<std::string> libraries;
  for (const CheckedLibrary& one : checked) libraries.push_back(json_of_library(one));
  return fmt::format("{{\"passed\":{},\"level\":{},\"libraries\":{}}}\n", std::ranges::all_of(checked, &CheckedLibrary::passed), json_text(request.level == full ? "full" : "quick"), json_list(libraries));
}

std::vector<std::pair<std::string, std::string>> rules_of_every_call() {
  return {{"calls/crash", "no call crashes or aborts"},
          {"calls/exit", "no call ends the process"},
          {"calls/exception", "no exception leaves a call, and none ends a thread"},
          {"calls/time", "every call comes back within the limit of time"},
          {"calls/memory", "no call asks for more memory than the limit"},
          {"calls/processes", "no process is left behind"}};
}

}  // namespace teranga::launcher
