// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/page.hpp>

#include <teranga/report/curves.hpp>

#include "html.hpp"
#include "page_sections.hpp"
#include "page_style.hpp"

#include <fmt/format.h>

namespace teranga::report {
namespace {

std::string framed(const std::string& title, const std::string& body) {
  return fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
                     title, page_style(), body);
}

std::string details_of(const RunRecord& run, const Verdict& verdict) {
  return review_section(run) + epochs_section(run, verdict) + time_section(run) + net_section(run) + machine_section(run) + recipe_section(run) + notes_section(run);
}

std::string page_of_one(const RunRecord& run) {
  const Verdict verdict = verdict_of(run);
  return framed(escaped(run.name), fmt::format("<h1>{}</h1>\n<p class=\"quiet\">{}</p>\n", escaped(run.name), escaped(run.folder)) + verdict_section(run, verdict) + charts_section({run}) + details_of(run, verdict));
}

}  // namespace

std::string page(const std::vector<RunRecord>& runs) {
  if (runs.size() == 1) return page_of_one(runs.front());
  std::string body = fmt::format("<h1>{} runs</h1>\n", runs.size());
  body += runs_section(runs) + differences_section(runs) + charts_section(runs);
  const std::vector<std::string> labels = labels_of(runs);
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Verdict verdict = verdict_of(runs[i]);
    body += fmt::format("<h2>{}</h2>\n{}<details><summary>Epochs, network, machine and recipe of this run</summary>\n{}</details>\n", escaped(labels[i]), verdict_section(runs[i], verdict), details_of(runs[i], verdict));
  }
  return framed(fmt::format("{} runs", runs.size()), body);
}

}  // namespace teranga::report
