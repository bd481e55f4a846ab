// SPDX-License-Identifier: Apache-2.0
#include "rule_process.hpp"

#include "given_options.hpp"
#include "interposer.hpp"
#include "item_tables.hpp"
#include "result_lines.hpp"
#include "watched_page.hpp"

#include <teranga/conformance/call.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>

#include <new>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

const host::Library& opened(const std::string& path) {
  static const host::Library library = [&] {
    const std::set<std::string> before = loaded_files();
    Call::set_place(path);
    const Call call("open");
    host::Library made = host::open_library(path);
    watch_files_loaded_since(before);
    return made;
  }();
  Call::set_place("");
  return library;
}

// What came out of a call of the plugin is its fault, and anything else is the rule's.
void judge_exception(Findings& findings, const std::string& rule, const std::string& item, int results, const std::string& what) {
  const std::string call = call_that_threw();
  if (call.empty()) return findings.error(fmt::format("the rule could not be tried to its end: {}", what), Call::place());
  write_finding(results, {Severity::error, "calls/exception", item, fmt::format("an exception came out of its call {}: {}", call, what), Call::place(),
                          fmt::format("within {}, catch everything and report it by the error record; found by {}", call, rule)});
}

void run_guarded(const Rule& rule, const Subject& subject, Findings& findings, int results) {
  const std::string item = subject.item_name();
  try {
    rule.run(subject, findings);
  } catch (const std::bad_alloc& failure) {
    if (!memory_was_refused()) judge_exception(findings, rule.name, item, results, failure.what());
  } catch (const std::exception& failure) {
    judge_exception(findings, rule.name, item, results, failure.what());
  } catch (...) {
    judge_exception(findings, rule.name, item, results, "it is no std::exception");
  }
}

}  // namespace

void list_items(const CheckContext& context, int results) try {
  const trg_library& library = *opened(context.path).native;
  if (!library_faults(library).empty()) return write_line(results, {done_line});  // library/tables says why there are none
  std::set<std::string> used;
  for (std::size_t i = 0; i < library.item_count; ++i) {
    const trg_item& item = item_at(library, i);
    const bool sound = item_faults(item).empty();
    write_line(results, {item_line, std::to_string(item.kind), sound ? "sound" : "broken", spoken_item(item), sound ? item.name : ""});
    for (const std::string& value : context.request->values) {
      if (!sound || used.contains(value)) continue;
      try {
        if (given_option(value, item, context.folder)) used.insert(value);
      } catch (const Error& failure) {
        used.insert(value);
        write_line(results, {refused_line, failure.what()});
      }
    }
  }
  for (const std::string& value : used) write_line(results, {used_line, value});
  write_line(results, {done_line});
} catch (const Error& failure) {
  write_finding(results, {Severity::error, "library/open", {}, failure.what(), context.path, failure.hint()});
}

void try_rule(const CheckContext& context, const Rule& rule, std::optional<std::size_t> index, int results) {
  Subject subject;
  subject.path = context.path;
  subject.level = context.request->level;
  subject.allowed_libraries = context.request->allowed_libraries;
  if (rule.scope != Scope::file) subject.library = opened(context.path).native;
  if (index) {
    subject.item = &item_at(*subject.library, *index);
    for (const std::string& value : context.request->values)
      if (auto option = given_option(value, *subject.item, context.folder)) subject.given.push_back(std::move(*option));
  }
  Findings findings(rule.name, subject.item_name(), [results](const Finding& finding) { write_finding(results, finding); });
  run_guarded(rule, subject, findings, results);
  if (!findings.inapplicable().empty()) write_line(results, {not_applicable_line, findings.inapplicable()});
  write_line(results, {done_line});
}

}  // namespace teranga::conformance
