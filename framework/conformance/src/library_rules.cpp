// SPDX-License-Identifier: Apache-2.0
// Rules of the opened library: its tables, and the names of what it offers.
#include <teranga/conformance/rule.hpp>

#include "item_tables.hpp"
#include "readable_memory.hpp"

#include <teranga/conformance/call.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/utf8.hpp>
#include <teranga/host/elf_note.hpp>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include <fmt/format.h>

namespace teranga::conformance {
namespace {

// Whether symbols/note has said already why nobody opens it.
bool has_good_note(const std::string& path) {
  try {
    const auto note = host::read_border_note(path);
    return note && note->major == TRG_BORDER_MAJOR && note->least_minor <= TRG_BORDER_MINOR;
  } catch (const Error&) {
    return false;
  }
}

void open(const Subject& subject, Findings& findings) {
  if (!has_good_note(subject.path)) return findings.not_applicable("its border note is missing or of another version (symbols/note)");
  try {
    Call::set_place(subject.path);
    const Call call("open");
    static_cast<void>(host::open_library(subject.path));
  } catch (const Error& failure) {
    findings.error(failure.what(), subject.path, failure.hint().empty() ? "ldd -r FILE shows what does not resolve; teranga_open_library returns its table, or null where it cannot work" : failure.hint());
  }
}

void tables(const Subject& subject, Findings& findings) {
  const std::vector<TableFault> faults = library_faults(*subject.library);
  for (const TableFault& fault : faults) findings.error(fault.text, fault.where, fault.mend);
  if (!faults.empty()) return;
  for (std::size_t i = 0; i < subject.library->item_count; ++i) {
    const trg_item& item = item_at(*subject.library, i);
    for (const TableFault& fault : item_faults(item)) findings.error(fault.text, fmt::format("{} (number {}), {}", spoken_item(item), i, fault.where), fault.mend);
  }
}

bool is_word(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; });
}

void names(const Subject& subject, Findings& findings) {
  if (!library_faults(*subject.library).empty()) return findings.not_applicable("its table is broken (library/tables)");
  std::map<std::pair<std::int32_t, std::string>, std::size_t> known;
  for (std::size_t i = 0; i < subject.library->item_count; ++i) {
    const trg_item& item = item_at(*subject.library, i);
    const auto name = readable_text(item.name, 256);
    if (!name) continue;  // library/tables says so
    const std::string where = fmt::format("{} (number {})", spoken_item(item), i);
    std::string repaired = *name;
    if (repair_utf8(repaired) > 0) {
      findings.error(fmt::format("the name \"{}\" is no UTF-8", repaired), where, "letters, digits and \"_\" only");
      continue;
    }
    const std::size_t dot = name->find('.');
    if (dot == std::string::npos) findings.error(fmt::format("the name \"{}\" has no vendor", *name), where, fmt::format("name it \"vendor.{}\", with a word for you or your group", *name));
    else if (!is_word(name->substr(0, dot)) || !is_word(name->substr(dot + 1))) findings.error(fmt::format("the name \"{}\": expected \"vendor.name\", both of letters, digits and \"_\"", *name), where, "give it such a name");
    const auto [place, fresh] = known.emplace(std::pair(item.kind, *name), i);
    if (!fresh) findings.error(fmt::format("the library offers the {} twice", spoken_item(item)), fmt::format("items number {} and {}", place->second, i), "give one of the two another name, or leave it out");
  }
}

void items(const Subject& subject, Findings& findings) {
  if (!library_faults(*subject.library).empty()) return findings.not_applicable("its table is broken (library/tables)");
  if (subject.library->item_count == 0) return findings.error("the library offers no item", "item_count", "name the items in TERANGA_PLUGIN(...)");
  std::set<std::string> vendors;
  for (std::size_t i = 0; i < subject.library->item_count; ++i) {
    const trg_item& item = item_at(*subject.library, i);
    if (!known_kind(item.kind)) findings.error(fmt::format("the kind {} is unknown, so that nobody finds the item; the kinds are 1 to {}", item.kind, static_cast<int>(host::Kind::observer)), fmt::format("{} (number {})", spoken_item(item), i), "one of enum trg_item_kind");
    if (const auto name = readable_text(item.name, 256)) vendors.insert(name->substr(0, name->find('.')));
  }
  if (vendors.size() > 1) findings.warning(fmt::format("the library offers items of {} vendors: {}", vendors.size(), fmt::join(vendors, ", ")), {}, "make a library for each vendor");
  if (vendors.contains("teranga") && !is_of_the_installation(subject.path)) findings.error("the vendor \"teranga\" is that of the built-in plugins", {}, "name a vendor of your own");
}

}  // namespace

std::vector<Rule> library_rules() {
  return {{"library/open", "the library opens with all that it needs, and gives its table", quick, {}, open, Scope::file},
          {"library/tables", "sizes, strides, counts and texts of its tables are sound, and no needed call is missing", quick, {}, tables, Scope::library},
          {"library/names", "items are named vendor.name, and no name is there twice", quick, {}, names, Scope::library},
          {"library/items", "there are items, all of known kinds and of one vendor, which is not \"teranga\"", quick, {}, items, Scope::library}};
}

}  // namespace teranga::conformance
