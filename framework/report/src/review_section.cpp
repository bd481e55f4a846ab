// SPDX-License-Identifier: Apache-2.0
// The section of a page on what the network is wrong about.
#include "page_sections.hpp"

#include "html.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace teranga::report {
namespace {

constexpr std::size_t longest_class = 24, longest_row = 60;  // a longer row does not fit beside others

std::string short_html(const std::string& name) { return escaped(shortened(name, longest_class)); }

std::string share_words(double share) { return std::isfinite(share) ? share >= 0.1 ? fmt::format("{:.0f}&nbsp;%", 100 * share) : fmt::format("{:.2g}&nbsp;%", 100 * share) : "?"; }

// Rows are true classes. Right predictions are shaded in one colour and wrong ones in another, each by its share of the row.
std::string matrix(const ReviewFact& review) {
  const std::size_t size = review.classes.size();
  std::string out = "<div class=\"scroll\"><table class=\"matrix\"><thead><tr><th scope=\"col\">true \\ predicted</th>";
  for (const std::string& name : review.classes) out += fmt::format("<th scope=\"col\">{}</th>", short_html(name));
  out += "<th scope=\"col\">recall</th></tr></thead><tbody>\n";
  for (std::size_t truth = 0; truth < size; ++truth) {
    double all = 0;
    for (std::size_t guess = 0; guess < size; ++guess) all += static_cast<double>(review.counts[truth * size + guess]);
    out += fmt::format("<tr><th scope=\"row\">{}</th>", short_html(review.classes[truth]));
    for (std::size_t guess = 0; guess < size; ++guess) {
      const auto count = static_cast<double>(review.counts[truth * size + guess]);
      const double shade = all > 0 ? std::min(60.0, 60 * std::sqrt(count / all)) : 0;
      out += count > 0 ? fmt::format("<td style=\"background: color-mix(in srgb, var(--c{}) {:.0f}%, transparent)\">{}</td>", truth == guess ? 0 : 1, shade, count_words(count)) : "<td></td>";
    }
    out += fmt::format("<td>{}</td></tr>\n", all > 0 ? fmt::format("{:.1f} %", 100 * static_cast<double>(review.counts[truth * size + truth]) / all) : "");
  }
  return out + "</tbody></table></div>\n<p class=\"note\">Each row is a true class, and each column is a predicted class. The last column is the share of the samples of the class that were predicted correctly (recall).</p>\n";
}

std::string pairs(const ReviewFact& review) {
  std::string out = "<p>The classes that are confused most often:</p>\n<div class=\"scroll tall\"><table><thead><tr><th scope=\"col\">true</th><th scope=\"col\">predicted</th><th scope=\"col\">samples</th></tr></thead><tbody>\n";
  for (const MixedUp& pair : review.mixed_up) out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", short_html(pair.truth), short_html(pair.guess), count_words(static_cast<double>(pair.count)));
  return out + "</tbody></table></div>\n";
}

std::string worst(const ReviewFact& review, PageRoom& room) {
  const bool in_words = std::ranges::any_of(review.worst, [](const WrongSample& sample) { return sample.row.size() > longest_row; });
  std::string out = fmt::format("<h3>Largest errors</h3>\n<ul class=\"samples{}\">\n", in_words ? " wide" : "");
  for (const WrongSample& sample : review.worst) {
    out += "<li>";
    if (!sample.picture.empty() && room.take(sample.picture.size())) out += fmt::format("<img src=\"{}\" alt=\"the sample\">", escaped(sample.picture));
    if (!sample.row.empty()) out += fmt::format("<span class=\"quiet\">{}</span><br>", escaped(sample.row));
    out += fmt::format("class {} ({})<br>predicted <strong>{}</strong> ({})</li>\n", short_html(sample.truth), share_words(sample.truth_share), short_html(sample.guess), share_words(sample.guess_share));
  }
  return out + "</ul>\n<p class=\"note\">The numbers in brackets are the probabilities that the network gave to the two classes.</p>\n";
}

}  // namespace

std::string review_section(const RunRecord& run, PageRoom& room) {
  if (!run.review) return "";
  const ReviewFact& review = *run.review;
  std::string out = fmt::format("<h2>Wrong predictions</h2>\n<p>For the {} samples of the {} part, after step {}.</p>\n", count_words(static_cast<double>(review.samples)), escaped(review.part), review.step);
  if (!review.classes.empty()) out += matrix(review);
  if (!review.mixed_up.empty()) out += pairs(review);
  if (!room.take(out.size())) return "";
  if (!review.worst.empty()) out += worst(review, room);
  return out;
}

}  // namespace teranga::report
