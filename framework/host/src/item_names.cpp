// SPDX-License-Identifier: Apache-2.0
#include <teranga/host/item_names.hpp>

#include <teranga/core/printable.hpp>
#include <teranga/sdk/c/types.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

namespace teranga::host {
namespace {

constexpr std::size_t most_letters = TRG_MOST_NAME;

constexpr std::array<std::string_view, 8> of_layers = {"type", "name", "input", "network", "trainable", "activity_regularizer", "weights_of", "repeat"};
constexpr std::array<std::string_view, 4> of_losses = {"type", "output", "target", "weight"};
constexpr std::array<std::string_view, 2> of_metrics = {"type", "output"};
constexpr std::array<std::string_view, 4> of_datasets = {"type", "validation_split", "fold", "limit"};
constexpr std::array<std::string_view, 1> of_others = {"type"};

}  // namespace

std::string fault_of_part_name(const char* name) {
  const std::string_view text(name, ::strnlen(name, most_letters + 1));
  if (text.empty()) return "expected a name that is not empty";
  if (text.size() > most_letters) return fmt::format("expected a name of at most {} bytes", most_letters);
  if (text == "." || text == ".." || text.find('/') != std::string_view::npos) return "expected a name that can be a part of a path: without \"/\", and neither \".\" nor \"..\"";
  if (printable_line(text) != text) return "expected a name in UTF-8 without control characters";
  return {};
}

std::string fault_of_path_name(const char* name) {
  const std::string_view text(name, ::strnlen(name, most_letters + 1));
  if (text.size() > most_letters) return fault_of_part_name(name);
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find('/', begin), text.size());
    std::string fault = fault_of_part_name(std::string(text.substr(begin, end - begin)).c_str());
    if (!fault.empty()) return fault;
    begin = end + 1;
  }
  return {};
}

std::span<const std::string_view> reserved_option_names(Kind kind) noexcept {
  switch (kind) {
    case Kind::layer:
    case Kind::activation: return of_layers;  // an activation may stand as a layer
    case Kind::loss: return of_losses;
    case Kind::metric: return of_metrics;
    case Kind::dataset: return of_datasets;
    default: return of_others;
  }
}

std::string shown_name(const char* name) {
  constexpr std::size_t most_shown = 80;
  const std::string_view text(name, ::strnlen(name, most_shown + 1));
  return printable_line(text.substr(0, most_shown)) + (text.size() > most_shown ? "..." : "");
}

}  // namespace teranga::host
