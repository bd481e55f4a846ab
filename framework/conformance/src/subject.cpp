// SPDX-License-Identifier: Apache-2.0
#include <teranga/conformance/rule.hpp>

#include "item_tables.hpp"

#include <teranga/core/error.hpp>

namespace teranga::conformance {

std::string Subject::item_name() const { return item ? spoken_item(*item) : std::string(); }

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
