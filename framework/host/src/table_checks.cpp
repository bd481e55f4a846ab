// SPDX-License-Identifier: Apache-2.0
#include "table_checks.hpp"

#include "call_tables.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/core/utf8.hpp>
#include <teranga/host/item_names.hpp>
#include <teranga/host/registry.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <set>
#include <string_view>

#include <fmt/format.h>

namespace teranga::host {
namespace {

constexpr std::size_t most_items = TRG_MOST_ITEMS, most_name = TRG_MOST_NAME, most_text = 1 << 16;
constexpr int deepest_value = 16;
// Of revision 1: what every library has at least.
constexpr std::size_t least_library = offsetof(trg_library, item_stride) + sizeof(std::size_t);
constexpr std::size_t least_item = offsetof(trg_item, calls) + sizeof(void*);
constexpr std::size_t least_option = offsetof(trg_option_spec, most_items) + sizeof(std::int64_t);

bool is_utf8(std::string_view text) {
  if (std::ranges::all_of(text, [](char c) { return static_cast<signed char>(c) >= 0x20; })) return true;  // nearly all are
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t bytes = whole_code_point(text, at);
    if (bytes == 0) return false;
    at += bytes;
  }
  return true;
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-'; });
}

// "vendor.name", perhaps with more parts.
bool is_qualified(std::string_view name) {
  std::size_t parts = 0;
  for (std::size_t begin = 0; begin <= name.size(); ++parts) {
    const std::size_t dot = std::min(name.find('.', begin), name.size());
    if (!is_word(name.substr(begin, dot - begin))) return false;
    begin = dot + 1;
  }
  return parts >= 2;
}

class TableCheck {
 public:
  explicit TableCheck(const std::string& path) : path_(path) {}

  void library(const trg_library& library) {
    require(library.size >= least_library, "its library table says that it is {} bytes long; expected at least {}", library.size, least_library);
    require(library.item_count <= most_items, "says that it has {} items; expected at most {}", library.item_count, most_items);
    if (library.item_count == 0) return;
    require(library.items != nullptr, "says that it has {} items, and gives none", library.item_count);
    require(library.item_stride >= least_item && library.item_stride % alignof(trg_item) == 0, "its items lie {} bytes apart; expected a multiple of {}, and at least {}", library.item_stride,
            alignof(trg_item), least_item);
    const char* at = reinterpret_cast<const char*>(library.items);
    for (std::size_t i = 0; i < library.item_count; ++i, at += library.item_stride) item(*reinterpret_cast<const trg_item*>(at), i, library.item_stride);
  }

 private:
  template <class... T>
  void require(bool holds, fmt::format_string<T...> expected, T&&... values) const {
    if (!holds) throw Error(ExitCode::plugin, fmt::format("plugin {}: {}{}", path_, item_, fmt::format(expected, std::forward<T>(values)...)));
  }

  // The text, or "" where there is none.
  std::string_view text(const char* given, std::string_view what) const {
    if (!given) return {};
    const std::size_t length = ::strnlen(given, most_text + 1);
    require(length <= most_text, "{} is longer than {} bytes, or has no end", what, most_text);
    const std::string_view text(given, length);
    if (!is_utf8(text)) require(false, "{} is not UTF-8: \"{}\"", what, printable_line(text.substr(0, most_name)));
    return text;
  }

  void item(const trg_item& item, std::size_t index, std::size_t stride) {
    item_ = fmt::format("item {}: ", index + 1);
    require(item.size >= least_item, "its table says that it is {} bytes long; expected at least {}", item.size, least_item);
    require(item.size <= stride, "its table says that it is {} bytes long, and the next one begins after {}", item.size, stride);
    if (!is_kind(item.kind)) return;  // of a newer border
    const auto kind = static_cast<Kind>(item.kind);
    require(item.name != nullptr, "a {} without a name", to_string(kind));
    const std::string_view name = text(item.name, "its name");
    if (name.size() > most_name || !is_qualified(name))
      require(false, "the {} is called \"{}\"; expected \"vendor.name\" of letters, digits, _ and -, of at most {} bytes", to_string(kind), printable_line(name.substr(0, most_name)), most_name);
    item_ = fmt::format("the {} \"{}\": ", to_string(kind), name);
    for (const auto& [given, what] : {std::pair(item.version, "its version"), {item.licence, "its licence"}, {item.author, "its author"}, {item.summary, "its summary"}, {item.formula, "its formula"}, {item.source, "its source"}})
      text(given, what);
    options(item, kind);
    require(item.calls != nullptr, "has no table of calls");
    if (const std::string fault = fault_of_calls(kind, item.calls); !fault.empty()) require(false, "{}", fault);
  }

  void options(const trg_item& item, Kind kind) {
    require(item.option_count <= most_items, "says that it has {} options; expected at most {}", item.option_count, most_items);
    if (item.option_count == 0) return;
    require(item.options != nullptr, "says that it has {} options, and gives none", item.option_count);
    require(item.option_stride >= least_option && item.option_stride % alignof(trg_option_spec) == 0, "its options lie {} bytes apart; expected a multiple of {}, and at least {}", item.option_stride,
            alignof(trg_option_spec), least_option);
    const std::string of_item = item_;
    std::set<std::string_view> seen;
    const char* at = reinterpret_cast<const char*>(item.options);
    for (std::size_t i = 0; i < item.option_count; ++i, at += item.option_stride) {
      const trg_option_spec& spec = *reinterpret_cast<const trg_option_spec*>(at);
      item_ = of_item + fmt::format("option {}: ", i + 1);
      require(spec.size >= least_option && spec.size <= item.option_stride, "its table says that it is {} bytes long; expected {} to {}", spec.size, least_option, item.option_stride);
      require(spec.name != nullptr, "has no name");
      const std::string_view name = text(spec.name, "its name");
      if (name.size() > most_name || !is_word(name)) require(false, "is called \"{}\"; expected letters, digits, _ and -, at most {}", printable_line(name.substr(0, most_name)), most_name);
      item_ = of_item + fmt::format("option \"{}\": ", name);
      require(seen.insert(name).second, "is there twice");
      const auto reserved = reserved_option_names(kind);
      require(std::ranges::find(reserved, name) == reserved.end(), "has a name that a recipe gives a meaning of its own; choose another one");
      option(spec);
    }
    item_ = of_item;
  }

  void option(const trg_option_spec& spec) const {
    text(spec.doc, "its text");
    text(spec.component_kind, "its kind of component");
    require(spec.kind > TRG_NONE && spec.kind <= TRG_PATH, "has the kind {}; expected one of trg_value_kind", spec.kind);
    require(spec.kind != TRG_LIST || (spec.item_kind > TRG_NONE && spec.item_kind <= TRG_PATH), "is a list of items of kind {}; expected one of trg_value_kind", spec.item_kind);
    require(spec.choice_count >= 0 && static_cast<std::size_t>(spec.choice_count) <= most_items, "says that it has {} choices; expected 0 to {}", spec.choice_count, most_items);
    require(spec.choice_count == 0 || spec.choices != nullptr, "says that it has {} choices, and gives none", spec.choice_count);
    for (std::int32_t i = 0; i < spec.choice_count; ++i) {
      require(spec.choices[i] != nullptr, "its choice {} is null", i + 1);
      text(spec.choices[i], "a choice");
    }
    require(spec.minimum <= spec.maximum, "takes numbers from {} to {}, which is an empty range", spec.minimum, spec.maximum);
    require(spec.least_items >= 0 && (spec.most_items <= 0 || spec.most_items >= spec.least_items), "takes {} to {} items, which is an empty range", spec.least_items, spec.most_items);
    value(spec.default_value, 0);
  }

  void value(const trg_value& value, int depth) const {
    require(depth <= deepest_value, "its default value is deeper than {} levels", deepest_value);
    require(value.kind >= TRG_NONE && value.kind <= TRG_PATH, "its default value has the kind {}; expected one of trg_value_kind", value.kind);
    text(value.text, "its default value");
    if (value.kind != TRG_LIST && value.kind != TRG_COMPONENT) return;
    require(value.count >= 0 && static_cast<std::size_t>(value.count) <= most_items, "its default value has {} items; expected 0 to {}", value.count, most_items);
    if (value.count == 0) return;
    require(value.kind == TRG_LIST ? value.items != nullptr : value.options != nullptr, "its default value has {} items, and gives none", value.count);
    for (std::int32_t i = 0; i < value.count; ++i) {
      if (value.kind == TRG_LIST) {
        this->value(value.items[i], depth + 1);
        continue;
      }
      require(value.options[i].name != nullptr, "an option of its default value has no name");
      text(value.options[i].name, "an option of its default value");
      this->value(value.options[i].value, depth + 1);
    }
  }

  const std::string& path_;
  std::string item_;  // "the layer "acme.swish": option "beta": "
};

}  // namespace

void check_tables(const std::string& path, const trg_library& library) { TableCheck(path).library(library); }

}  // namespace teranga::host
