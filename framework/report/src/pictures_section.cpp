// SPDX-License-Identifier: Apache-2.0
// The sections of a page on what the network makes and what happens in it: sheets by epoch, first layers, attention, and where samples lie.
#include "page_sections.hpp"

#include <teranga/report/chart.hpp>

#include "html.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace teranga::report {
namespace {

std::string when(const RunRecord& run) { return fmt::format("After step {}.", count_words(static_cast<double>(run.pictures->step))); }

constexpr std::size_t frame_bytes = 400;  // of HTML around a picture, at most about so many

std::string picture_html(const SheetFact& sheet) {
  return fmt::format("<img src=\"{}\" style=\"width: {}px\" alt=\"{}\">", escaped(sheet.picture), std::max<std::int64_t>(sheet.width, 16), escaped(sheet.words));
}

std::string figure(const SheetFact& sheet, const std::string& caption) { return fmt::format("<figure>{}<figcaption>{}</figcaption></figure>\n", picture_html(sheet), caption); }

// A box for text that is drawn into a plane.
struct Box {
  double left, top, right, bottom;

  bool meets(const Box& other) const { return left < other.right && other.left < right && top < other.bottom && other.top < bottom; }
};

// Groups beyond the colours have other marks, so that those of one colour can be told apart.
std::string mark(std::size_t group, double x, double y, const std::string& inner) {
  const std::size_t colour = group % palette_size;
  switch (group / palette_size % 3) {
    case 0: return fmt::format("<circle class=\"spot f{}\" cx=\"{:.1f}\" cy=\"{:.1f}\" r=\"3.2\">{}</circle>", colour, x, y, inner);
    case 1: return fmt::format("<path class=\"spot hollow c{}\" d=\"M{:.1f} {:.1f}h6v6h-6z\">{}</path>", colour, x - 3, y - 3, inner);
    default: return fmt::format("<path class=\"spot f{}\" d=\"M{:.1f} {:.1f}l3.8 6.6h-7.6z\">{}</path>", colour, x, y - 4, inner);
  }
}

std::string titled(const std::string& text) { return text.empty() ? std::string() : fmt::format("<title>{}</title>", escaped(text)); }

class Plane {
 public:
  // As high as it has to be.
  explicit Plane(const PlaneFact& fact) : fact_(fact) {
    std::int64_t lowest = plane_side, highest = 0;
    for (const SpotGroup& group : fact.groups)
      for (const Spot& spot : group.spots) lowest = std::min(lowest, spot.y), highest = std::max(highest, spot.y);
    bottom_ = std::min(lowest, highest);
    height_ = 2 * margin + scale * static_cast<double>(std::max<std::int64_t>(highest - bottom_, 0));
  }

  std::string svg() {
    std::string out = fmt::format("<svg class=\"plane\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {1:.1f}\" role=\"img\" aria-label=\"{2}\">\n<rect class=\"frame\" x=\"0.5\" y=\"0.5\" width=\"{3}\" height=\"{4:.1f}\" rx=\"4\"/>\n", side, height_,
                                  escaped(fact_.words), side - 1, height_ - 1);
    for (std::size_t g = 0; g < fact_.groups.size(); ++g)
      for (const Spot& spot : fact_.groups[g].spots) out += mark(g, x(spot), y(spot), titled(spot.label.empty() ? fact_.groups[g].name : spot.label));
    return out + "\n" + labels() + "</svg>\n";
  }

  std::string key() const {
    if (fact_.groups.size() < 2) return "";
    std::string out = "<ul class=\"key\">";
    for (std::size_t g = 0; g < fact_.groups.size(); ++g)
      out += fmt::format("<li><svg class=\"mark\" xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 12 12\" aria-hidden=\"true\">{}</svg>{}</li>", mark(g, 6, 6, ""), escaped(shortened(fact_.groups[g].name, 24)));
    return out + "</ul>\n";
  }

 private:
  static constexpr double side = 460, margin = 18, scale = (side - 2 * margin) / plane_side;

  static double x(const Spot& spot) { return margin + scale * static_cast<double>(spot.x); }
  double y(const Spot& spot) const { return height_ - margin - scale * static_cast<double>(spot.y - bottom_); }

  // Beside their spots; those that would lie on each other or outside are left to the mouse.
  std::string labels() const {
    std::vector<Box> taken;
    std::string out;
    for (const SpotGroup& group : fact_.groups)
      for (const Spot& spot : group.spots) {
        if (spot.label.empty()) continue;
        const double left = x(spot) + 5, width = 7.0 * static_cast<double>(std::min<std::size_t>(spot.label.size(), 24));
        const Box box{left, y(spot) - 8, left + width, y(spot) + 6};
        if (box.right > side - 4 || std::ranges::any_of(taken, [&](const Box& other) { return box.meets(other); })) continue;
        taken.push_back(box);
        out += fmt::format("<text class=\"label\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", left, y(spot) + 4, escaped(spot.label));
      }
    return out;
  }

  const PlaneFact& fact_;
  std::int64_t bottom_ = 0;
  double height_ = 0;
};

// Steps along both sides by name where there is room, else every few of them.
class HeadDrawing {
 public:
  explicit HeadDrawing(const HeadFact& head) : head_(head), cell_(std::clamp(420.0 / static_cast<double>(std::max(head.queries.size(), head.keys.size())), 4.0, 18.0)) {
    for (const std::string& query : head.queries) left_ = std::max(left_, room_of(query));
    for (const std::string& key : head.keys) top_ = std::max(top_, room_of(key));
  }

  std::string svg() const {
    const double width = cell_ * static_cast<double>(head_.keys.size()), height = cell_ * static_cast<double>(head_.queries.size());
    std::string out = fmt::format("<svg class=\"head\" xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\" aria-label=\"{2}\">\n", left_ + width + 4, top_ + height + 4, escaped(head_.words));
    out += fmt::format("<image href=\"{}\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" preserveAspectRatio=\"none\"/>\n", escaped(head_.picture), left_, top_, width, height);
    const std::size_t every = static_cast<std::size_t>(10.5 / cell_) + 1;
    for (std::size_t q = 0; q < head_.queries.size(); q += every)
      out += fmt::format("<text class=\"quiet\" text-anchor=\"end\" x=\"{:.1f}\" y=\"{:.1f}\">{}</text>\n", left_ - 5, top_ + cell_ * (static_cast<double>(q) + 0.5) + 3.5, escaped(shortened(head_.queries[q], longest)));
    for (std::size_t k = 0; k < head_.keys.size(); k += every) {
      const double x = left_ + cell_ * (static_cast<double>(k) + 0.5) + 3.5;
      out += fmt::format("<text class=\"quiet\" x=\"{0:.1f}\" y=\"{1:.1f}\" transform=\"rotate(-90 {0:.1f} {1:.1f})\">{2}</text>\n", x, top_ - 5, escaped(shortened(head_.keys[k], longest)));
    }
    return out + "</svg>\n";
  }

 private:
  static constexpr std::size_t longest = 14;
  static double room_of(const std::string& label) { return 12 + 7.0 * static_cast<double>(std::min(label.size(), longest)); }

  const HeadFact& head_;
  double cell_, left_ = 0, top_ = 0;
};

}  // namespace

std::string made_section(const RunRecord& run, PageRoom& room) {
  if (!run.pictures || run.pictures->made.empty()) return "";
  std::string out = fmt::format("<h2>Pictures that the network made, by epoch</h2>\n<p class=\"note\">{}</p>\n<div class=\"sheets strip\">\n", escaped(run.pictures->made.back().words));
  const std::vector<SheetFact>& sheets = run.pictures->made;
  std::vector<std::string> figures;
  for (auto sheet = sheets.rbegin(); sheet != sheets.rend(); ++sheet)  // the last epochs matter most where there is little room
    if (room.take(sheet->picture.size() + frame_bytes)) figures.push_back(figure(*sheet, fmt::format("epoch {}", sheet->epoch)));
  for (auto one = figures.rbegin(); one != figures.rend(); ++one) out += *one;
  return out + "</div>\n";
}

std::string planes_section(const RunRecord& run, PageRoom& room) {
  if (!run.pictures || run.pictures->planes.empty()) return "";
  const auto of_words = [](const PlaneFact& plane) { return !plane.groups.empty() && !plane.groups[0].spots.empty() && !plane.groups[0].spots[0].label.empty(); };
  const auto words = static_cast<std::size_t>(std::ranges::count_if(run.pictures->planes, of_words));
  std::string out = fmt::format("<h2>{} in two dimensions</h2>\n<p class=\"note\">{}</p>\n<div class=\"charts\">\n", words == 0 ? "Samples" : words == run.pictures->planes.size() ? "Words" : "Samples and words", when(run));
  for (const PlaneFact& fact : run.pictures->planes) {
    Plane plane(fact);
    const std::string drawn = fmt::format("<figure>{}{}<figcaption>{}</figcaption></figure>\n", plane.svg(), plane.key(), escaped(fact.words));
    if (room.take(drawn.size())) out += drawn;
  }
  return out + "</div>\n";
}

std::string layers_section(const RunRecord& run, PageRoom& room) {
  if (!run.pictures || run.pictures->layers.empty()) return "";
  std::string out = fmt::format("<h2>The first layers: filters and feature maps</h2>\n<p class=\"note\">{}</p>\n<div class=\"sheets\">\n", when(run));
  for (const SheetFact& sheet : run.pictures->layers) {
    if (!room.take(sheet.picture.size() + frame_bytes)) continue;
    if (sheet.kind == "sample") out += "</div>\n<div class=\"sheets\">\n";  // its maps stand behind it
    out += figure(sheet, escaped(sheet.words));
  }
  return out + "</div>\n";
}

std::string attention_section(const RunRecord& run, PageRoom& room) {
  if (!run.pictures || run.pictures->heads.empty()) return "";
  std::string out = fmt::format("<h2>Attention</h2>\n<p class=\"note\">{} The weights of one sample. A row belongs to the step of the query, and a column to the step of the key. Black is a weight of 0, and white is the largest weight of the head.</p>\n<div class=\"sheets\">\n", when(run));
  for (const HeadFact& head : run.pictures->heads) {
    const std::string drawn = fmt::format("<figure><div class=\"scroll\">{}</div><figcaption>{}</figcaption></figure>\n", HeadDrawing(head).svg(), escaped(head.words));
    if (room.take(drawn.size())) out += drawn;
  }
  return out + "</div>\n";
}

}  // namespace teranga::report
