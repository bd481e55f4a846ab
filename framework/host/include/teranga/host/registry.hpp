// SPDX-License-Identifier: Apache-2.0
// What plugins there are: every item of every library found, by kind and name. Built-in plugins are found in the plugin folder like anyone's.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/host/library.hpp>

namespace teranga::host {

enum class Kind : std::int32_t { layer = 1, activation = 2, loss = 3, optimizer = 4, metric = 5, schedule = 6, initializer = 7, dataset = 8, observer = 9 };

bool is_kind(std::int32_t number) noexcept;  // false: of a newer border
const char* to_string(Kind kind) noexcept;
Kind kind_of(std::string_view name);  // throws Error(usage) for a word that is none

struct Item {
  Kind kind;
  std::string name;        // qualified: "teranga.dense"
  std::string short_name;  // "dense"
  Schema schema;
  const trg_item* native = nullptr;
  const Library* library = nullptr;
};

// The search path: TERANGA_PLUGIN_PATH (folders, colon-separated), then the folder of the installation (<prefix>/lib/teranga/plugins beside the running program's <prefix>/bin). Throws Error(plugin) for a
// folder that is not absolute.
std::vector<std::string> plugin_folders();
// The libraries in one of them, by name. Throws Error(plugin) where it cannot be read.
std::vector<std::string> plugin_files_in(const std::string& folder);

class Registry {
 public:
  // Opens every library of the search path. Throws Error(plugin) for a library that cannot be opened, and
  // for two libraries that offer one name.
  static Registry standard();

  void add_folder(const std::string& folder);  // what lies there and is no plugin is passed over, with a line in the log
  void add_file(const std::string& path);  // any variant of it that fits the CPU better is opened instead

  // By its qualified name, or by the short one: of Teranga itself, or else of the only vendor that offers it. nullptr where it is unknown or where several other vendors offer the short name.
  const Item* find(Kind kind, std::string_view name) const;
  // Throws Error(usage); the names of a recipe are looked up, and told apart, when it is read.
  const Item& need(Kind kind, std::string_view name) const;
  std::vector<const Item*> items(Kind kind) const;  // by name
  std::vector<const Item*> items() const;           // by kind and name
  const std::deque<Library>& libraries() const noexcept { return libraries_; }
  const std::vector<std::string>& folders() const noexcept { return folders_; }

 private:
  std::deque<Library> libraries_;
  std::map<std::pair<Kind, std::string>, std::unique_ptr<Item>> items_;  // by qualified name
  std::vector<std::string> folders_;
};

}  // namespace teranga::host
