// SPDX-License-Identifier: Apache-2.0
// Runs a rule of the checker on an item that the test itself holds: written by the C++ layer, no library around it.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <string>
#include <vector>

#include <teranga/conformance/rule.hpp>
#include <teranga/host/host_table.hpp>
#include <teranga/sdk/plugin.hpp>

namespace teranga::tests {

using conformance::Finding;
using conformance::Severity;

struct Checked {
  std::vector<Finding> findings;
  std::string inapplicable;

  std::string words() const {
    std::string out = inapplicable;
    for (const Finding& finding : findings) out += "\n" + finding.text + " (" + finding.where + ")";
    return out;
  }
  // Whether an error says so.
  bool names(const std::string& part) const {
    return std::ranges::any_of(findings, [&](const Finding& f) { return f.severity == Severity::error && f.text.find(part) != std::string::npos && !f.mend.empty() && !f.where.empty(); });
  }
  bool warns(const std::string& part) const {
    return std::ranges::any_of(findings, [&](const Finding& f) { return f.severity == Severity::warning && f.text.find(part) != std::string::npos && !f.mend.empty() && !f.where.empty(); });
  }
  bool passed() const { return findings.empty() && inapplicable.empty(); }
};

inline Checked check(const std::string& rule, const trg_item& item, int level = conformance::full, const Options& given = {}) {
  Checked out;
  conformance::Subject subject;
  subject.item = &item, subject.level = level, subject.given = given;
  conformance::Findings findings(rule, "", [&](const Finding& finding) { out.findings.push_back(finding); });
  conformance::find_rule(rule)->run(subject, findings);
  out.inapplicable = findings.inapplicable();
  return out;
}

// The item is kept for good, as that of a library.
inline const trg_item& kept(const sdk::Item& item) {
  sdk::host_table = &host::host_table();
  return *(new sdk::detail::Library({item}))->native()->items;
}

inline Checked check(const std::string& rule, const sdk::Item& item, int level = conformance::full, const Options& given = {}) { return check(rule, kept(item), level, given); }

// Whether the rule's process dies of touching forbidden memory; the checker names the call then.
inline bool touches_forbidden_memory(const std::string& rule, const sdk::Item& item) {
  const trg_item& held = kept(item);
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGSEGV, SIG_DFL);
    static_cast<void>(check(rule, held, conformance::quick));
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) && (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS);
}

inline sdk::Info info_of(const std::string& name) { return {.name = "tests." + name, .summary = "of a test"}; }

}  // namespace teranga::tests
