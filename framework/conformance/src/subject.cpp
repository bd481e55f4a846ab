// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/rule.hpp>

#include <teranga/core/error.hpp>

#include <fmt/format.h>

namespace teranga::conformance {

std::string Subject::item_name() const {
  if (!item) return {};
  const bool known = item->kind >= 1 && item->kind <= static_cast<std::int32_t>(host::Kind::observer);
  return fmt::format("{} {}", known ? host::to_string(static_cast<host::Kind>(item->kind)) : "item", item->name ? item->name : "(without a name)");
}

const host::Registry& Subject::registry() const {
  static const host::Registry* const opened = [this] {
    auto* const all = new host::Registry;  // never destroyed: layers hold on to what it lends
    const auto add = [&](const std::string& file) {
      try {
        all->add_file(file);
      } catch (const Error&) {  // of the search path: no business of this plugin
      }
    };
    add(path);
    for (const std::string& folder : host::plugin_folders())
      for (const std::string& file : host::plugin_files_in(folder)) add(file);
    return all;
  }();
  return *opened;
}

}  // namespace teranga::conformance
