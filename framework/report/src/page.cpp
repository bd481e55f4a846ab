// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/page.hpp>

#include <teranga/report/curves.hpp>

#include "html.hpp"
#include "page_sections.hpp"
#include "page_room.hpp"
#include "page_style.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace teranga::report {
namespace {

constexpr std::size_t largest_page = 3 << 20, of_frame = 32 << 10;  // bytes; of_frame: of the style sheet and what is around the sections

std::size_t room_beside(std::size_t bytes) { return largest_page - of_frame - std::min(largest_page - of_frame, bytes); }

std::string framed(const std::string& title, const std::string& body) {
  return fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n<title>{}</title>\n<style>\n{}</style>\n</head>\n<body>\n{}</body>\n</html>\n",
                     title, page_style(), body);
}

// All of a run that has no pictures.
std::string plain_sections(const RunRecord& run, const Verdict& verdict) { return epochs_section(run, verdict) + time_section(run) + net_section(run) + machine_section(run) + recipe_section(run); }

std::string sections_with_pictures(const RunRecord& run, PageRoom& room) {
  std::string out = made_section(run, room);
  out += review_section(run, room);
  out += planes_section(run, room);
  out += layers_section(run, room);
  return out + attention_section(run, room);
}

std::size_t bytes_of_notes(const RunRecord& run) { return notes_section(run, PageRoom(0)).size() + 1000; }

std::string page_of_one(const RunRecord& run) {
  const Verdict verdict = verdict_of(run);
  const std::string head = fmt::format("<h1>{}</h1>\n<p class=\"quiet\">{}</p>\n", escaped(run.name), escaped(run.folder)) + verdict_section(run, verdict) + charts_section({run}), plain = plain_sections(run, verdict);
  PageRoom room(room_beside(head.size() + plain.size() + bytes_of_notes(run)));
  const std::string pictures = sections_with_pictures(run, room);
  return framed(escaped(run.name), head + pictures + plain + notes_section(run, room));
}

// Numbers go before pictures, and the runs that are named first before others.
std::string page_of_several(const std::vector<RunRecord>& runs) {
  const std::vector<std::string> labels = labels_of(runs);
  const std::string head = fmt::format("<h1>{} runs</h1>\n", runs.size()) + runs_section(runs) + differences_section(runs) + charts_section(runs);
  std::vector<std::string> verdicts, plain;
  std::size_t known = head.size();
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Verdict verdict = verdict_of(runs[i]);
    verdicts.push_back(fmt::format("<h2>{}</h2>\n{}", escaped(labels[i]), verdict_section(runs[i], verdict)));
    plain.push_back(plain_sections(runs[i], verdict));
    known += verdicts.back().size() + bytes_of_notes(runs[i]);
  }
  PageRoom room(room_beside(known));
  for (std::string& sections : plain)
    if (!room.take(sections.size())) sections = "<p class=\"note\">There is no room for the epochs, the network and the recipe of this run: teranga report makes a page of it alone.</p>\n";
  std::string body = head;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    PageRoom share(room.left() / (runs.size() - i));
    const std::size_t before = share.left();
    const std::string pictures = sections_with_pictures(runs[i], share);
    room.take(before - share.left());
    body += fmt::format("{}<details><summary>Epochs, network, machine and recipe of this run</summary>\n{}{}{}</details>\n", verdicts[i], pictures, plain[i], notes_section(runs[i], share));
  }
  return framed(fmt::format("{} runs", runs.size()), body);
}

}  // namespace

std::string page(const std::vector<RunRecord>& runs) { return runs.size() == 1 ? page_of_one(runs.front()) : page_of_several(runs); }

}  // namespace teranga::report
