// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/prometheus_text.hpp>

#include <algorithm>
#include <cmath>
#include <utility>

#include <teranga/core/utf8.hpp>

#include <fmt/format.h>

namespace teranga::report {
namespace {

bool begins_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

std::string name_of(std::string_view given) {
  std::string out;
  for (const char c : given) out += begins_name(c) || (c >= '0' && c <= '9' && !out.empty()) ? c : '_';
  return out;
}

std::string escaped_label(std::string text, bool quotes) {
  repair_utf8(text);
  std::string out;
  for (const char c : text) {
    if (c == '\\' || (quotes && c == '"')) out += '\\';
    if (c == '\n') out += "\\n";
    else out += c;
  }
  return out;
}

std::string number_of(double value) { return std::isnan(value) ? "NaN" : std::isinf(value) ? (value > 0 ? "+Inf" : "-Inf") : fmt::format("{}", value); }

}  // namespace

void PrometheusText::set(std::string_view name, const std::string& help, double value, const PrometheusLabels& labels) {
  std::string written;
  for (const PrometheusLabels* const all : {&std::as_const(common_), &labels})
    for (const auto& [label, text] : *all) written += fmt::format("{}{}=\"{}\"", written.empty() ? "" : ",", label, escaped_label(text, true));
  const std::string wanted = name_of(name);
  auto family = std::ranges::find(families_, wanted, &Family::name);
  if (family == families_.end()) family = families_.insert(family, {wanted, std::string(name), help, {}});
  if (family->given != name) return;
  const auto sample = std::ranges::find(family->samples, written, &Sample::labels);
  if (sample == family->samples.end()) family->samples.push_back({std::move(written), value});
  else sample->value = value;
}

std::string PrometheusText::text() const {
  std::string out;
  for (const Family& family : families_) {
    out += fmt::format("# HELP {0} {1}\n# TYPE {0} gauge\n", family.name, escaped_label(family.help, false));
    for (const Sample& sample : family.samples) out += fmt::format("{}{}{}{} {}\n", family.name, sample.labels.empty() ? "" : "{", sample.labels, sample.labels.empty() ? "" : "}", number_of(sample.value));
  }
  return out;
}

}  // namespace teranga::report
