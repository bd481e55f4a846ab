// SPDX-License-Identifier: Apache-2.0
#include "picture_lines.hpp"

#include "html.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string_view>

namespace teranga::report {
namespace {

constexpr std::size_t most_sheets = 64, most_heads = 64, most_planes = 8, most_groups = 64, most_spots = 4000, most_labels = 512, most_notes = 50;
constexpr std::size_t most_address = 100000;  // bytes
constexpr std::size_t longest_words = 400, longest_label = 24;

std::string words_in(const FlatObject& object) { return shortened(text_in(object, "words"), longest_words); }

std::int64_t whole_in(const FlatObject& object, std::string_view name, double most) {
  const double number = number_in(object, name, 0);
  return number >= 0 && number <= most ? static_cast<std::int64_t>(number) : 0;
}

std::vector<std::string> labels_in(const std::string& list) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < list.size() && out.size() < most_labels;) {
    const std::size_t end = std::min(list.find(between_labels, at), list.size());
    out.push_back(shortened(list.substr(at, end - at), longest_label));
    at = end + 1;
  }
  return out;
}

std::vector<std::int64_t> numbers_in(const std::string& text) {
  std::vector<std::int64_t> out;
  for (const char *at = text.data(), *const end = at + text.size(); at < end;) {
    std::int64_t number = 0;
    const auto [next, code] = std::from_chars(at, end, number);
    if (code != std::errc{}) break;
    out.push_back(std::clamp<std::int64_t>(number, 0, plane_side));
    at = next < end && *next == ' ' ? next + 1 : end;
  }
  return out;
}

void take_group(const FlatObject& object, PlaneFact& plane) {
  std::size_t spots = 0;
  for (const SpotGroup& group : plane.groups) spots += group.spots.size();
  if (plane.groups.size() >= most_groups || spots >= most_spots) return;
  SpotGroup group{text_in(object, "name"), {}};
  const std::vector<std::int64_t> numbers = numbers_in(text_in(object, "spots"));
  const std::vector<std::string> labels = labels_in(text_in(object, "labels"));
  for (std::size_t i = 0; 2 * i + 1 < numbers.size() && spots + i < most_spots; ++i) group.spots.push_back({numbers[2 * i], numbers[2 * i + 1], i < labels.size() ? labels[i] : std::string()});
  plane.groups.push_back(std::move(group));
}

}  // namespace

// A picture is nothing but the letters of base64.
std::string address_in(const std::string& text) {
  static constexpr std::string_view start = "data:image/png;base64,";
  const auto is_letter = [](unsigned char c) { return std::isalnum(c) || c == '+' || c == '/' || c == '='; };
  return text.starts_with(start) && text.size() < most_address && std::all_of(text.begin() + start.size(), text.end(), is_letter) ? text : std::string();
}

void take_picture(const FlatObject& object, PicturesFact& pictures, std::vector<std::string>& notes) {
  const std::string kind = text_in(object, "event");
  if (kind == "made" || kind == "filters" || kind == "sample" || kind == "maps") {
    std::vector<SheetFact>& sheets = kind == "made" ? pictures.made : pictures.layers;
    SheetFact sheet{kind, whole_in(object, "epoch", 1e15), words_in(object), whole_in(object, "width", 2000), address_in(text_in(object, "picture"))};
    if (sheets.size() < most_sheets && !sheet.picture.empty()) sheets.push_back(std::move(sheet));
  } else if (kind == "network") {
    pictures.step = whole_in(object, "step", 1e15);
  } else if (kind == "head" && pictures.heads.size() < most_heads) {
    HeadFact head{words_in(object), labels_in(text_in(object, "queries")), labels_in(text_in(object, "keys")), address_in(text_in(object, "picture"))};
    if (!head.picture.empty() && !head.queries.empty() && !head.keys.empty()) pictures.heads.push_back(std::move(head));
  } else if (kind == "plane" && pictures.planes.size() < most_planes) {
    pictures.planes.push_back({words_in(object), {}});
  } else if (kind == "group" && !pictures.planes.empty()) {
    take_group(object, pictures.planes.back());
  } else if (kind == "left_out" && notes.size() < most_notes) {
    notes.push_back(words_in(object));
  }
}

}  // namespace teranga::report
