// SPDX-License-Identifier: Apache-2.0
// What a rule finds out about a plugin. A rule that reports no error is passed.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <utility>

namespace teranga::conformance {

enum class Severity { error, warning, note };

const char* to_string(Severity severity) noexcept;

struct Finding {
  Severity severity = Severity::error;
  std::string rule;   // "gradient/inputs"
  std::string item;   // "layer acme.swish"; empty: the library
  std::string text;   // what was expected, and what was found
  std::string where;  // call, port, option values, shapes, the element; may be empty
  std::string mend;   // what its author does about it
};

// Where one rule puts what it finds out about one item. Each finding leaves the process at once, so that a crash later on loses none.
class Findings {
 public:
  using Take = std::function<void(const Finding&)>;
  Findings(std::string rule, std::string item, Take take) : rule_(std::move(rule)), item_(std::move(item)), take_(std::move(take)) {}

  void error(std::string text, std::string where = {}, std::string mend = {}) { add(Severity::error, std::move(text), std::move(where), std::move(mend)); }
  void warning(std::string text, std::string where = {}, std::string mend = {}) { add(Severity::warning, std::move(text), std::move(where), std::move(mend)); }
  // Of the same text, the first alone.
  void warning_once(std::string text, std::string where = {}, std::string mend = {}) {
    if (warned_.insert(text).second) warning(std::move(text), std::move(where), std::move(mend));
  }
  void note(std::string text, std::string where = {}, std::string mend = {}) { add(Severity::note, std::move(text), std::move(where), std::move(mend)); }
  // The rule says nothing about this item; why.
  void not_applicable(std::string why) { inapplicable_ = std::move(why); }

  // For rules that stop after the first few of the same.
  int errors() const noexcept { return errors_; }
  const std::string& inapplicable() const noexcept { return inapplicable_; }

 private:
  void add(Severity severity, std::string text, std::string where, std::string mend);

  std::string rule_, item_, inapplicable_;
  Take take_;
  int errors_ = 0;
  std::set<std::string> warned_;
};

}  // namespace teranga::conformance
