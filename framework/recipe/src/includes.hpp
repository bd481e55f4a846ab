// SPDX-License-Identifier: Apache-2.0
// A recipe's text with the files that it includes, as one set of tables.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/recipe/diagnostics.hpp>

namespace teranga::recipe {

// The folder of each included file, as seen from the recipe's folder, by the file of its positions. Those beside the recipe are left out.
using Folders = std::map<std::string, std::string, std::less<>>;

// A path that was written at that position, as it is written in the recipe itself.
std::string seen_from_recipe(const std::string& path, const Position& position, const Folders& folders);

enum class Including { allowed, refused };  // refused in the recipe of a checkpoint, which is whole and may come from others

class IncludeReader {
 public:
  // Texts are added to `sources` as they are read; `found` shows lines of them.
  IncludeReader(Sources& sources, Folders& folders, Diagnostics& found) : sources_(sources), folders_(folders), found_(found) {}

  // The tables of the first source, with what it and overrides of "include" name; nothing where that is no TOML. What a file defines itself counts
  // more than what it includes, and a later included file more than an earlier one. Tables are joined key by key, unless their types differ; lists are not joined.
  std::optional<Value::Component> read(const std::vector<std::string>& overrides, Including including);

 private:
  struct Place {
    std::string path;    // of the file
    std::string folder;  // of the file, seen from the recipe's
    std::string whole;   // the path in full, by which a file is known
  };

  void include_all(Value::Component& root, const Place& from);
  void include(Value::Component& root, const Value& name, const Place& from);
  std::optional<Value::Component> read_file(const std::string& path, const Value& name);

  Sources& sources_;
  Folders& folders_;
  Diagnostics& found_;
  std::vector<Place> open_;  // from the recipe to the file being read
  int files_ = 0;
};

}  // namespace teranga::recipe
