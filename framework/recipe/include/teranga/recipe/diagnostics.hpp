// SPDX-License-Identifier: Apache-2.0
// Collects what is wrong with a recipe, so that a user sees all of it in one go: each error with its place, the source
// line, a caret and a hint. Any module that finds a fault at a layer's position adds it here (see Recipe::diagnostics).
#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <teranga/core/error.hpp>
#include <teranga/core/value.hpp>

namespace teranga::recipe {

// Position::file of a value that an override gave: this prefix and the argument, so that the place explains itself.
// Its column counts within the argument, from 1.
inline constexpr const char* override_prefix = "--set ";

class Diagnostics {
 public:
  // `text` is the whole recipe that positions with file == `path` point into; it may be empty (no source lines then).
  Diagnostics(std::string path, std::string text) : path_(std::move(path)), text_(std::move(text)) {}

  // The same message at the same place counts once. A position with line 0 means the recipe as a whole. `hint` is something that can be typed or done; may be empty.
  void add(const Position& position, std::string message, std::string hint = {});

  // All of another collection.
  void add(const Diagnostics& others);

  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }

  // All errors, sorted by position (the file first, then overrides), as they are to be printed; empty when none. The first
  // hundred are shown, the rest counted.
  std::string report() const;

  // Throws Faults whose what() is report().
  void throw_if_any() const;

 private:
  struct Entry {
    Position position;
    std::string message;
    std::string hint;
  };

  std::string source_line(const Position& position) const;
  std::string print(const Entry& entry) const;

  std::string path_;
  std::string text_;
  std::vector<Entry> entries_;
};

// The error of a recipe that is wrong; it can be joined with what others find.
class Faults : public Error {
 public:
  explicit Faults(Diagnostics found) : Error(ExitCode::usage, found.report()), found_(std::move(found)) {}
  const Diagnostics& found() const noexcept { return found_; }

 private:
  Diagnostics found_;
};

}  // namespace teranga::recipe
