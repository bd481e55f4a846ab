// SPDX-License-Identifier: Apache-2.0
// Collects what is wrong with a recipe, so that a user sees all of it in one go: each error with its place, the source
// line, a caret and a hint. Any module that finds a fault at a layer's position adds it here (see Recipe::diagnostics).
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <teranga/core/error.hpp>
#include <teranga/core/value.hpp>

namespace teranga::recipe {

// Position::file of a value that an override gave: this prefix and the argument, so that the place explains itself.
// Its column counts within the argument, from 1.
inline constexpr const char* override_prefix = "--set ";

// A text that positions with file == `path` point into; it may be empty (no source lines then).
struct SourceText {
  std::string path;
  std::string text;
};
// The recipe, then the files that it includes.
using Sources = std::vector<SourceText>;

class Diagnostics {
 public:
  Diagnostics(std::string path, std::string text) : Diagnostics(std::make_shared<const Sources>(Sources{{std::move(path), std::move(text)}})) {}
  // At least one; more may be added as long as others hold them.
  explicit Diagnostics(std::shared_ptr<const Sources> sources) : sources_(std::move(sources)) {}

  // The same message at the same place counts once; so does one that differs in the name of the layer alone, where a line counts for several layers. A position with line 0 means the recipe as a whole. `hint` is something that can be typed or done; may be empty.
  void add(const Position& position, std::string message, std::string hint = {});

  // All of another collection.
  void add(const Diagnostics& others);

  bool empty() const noexcept { return entries_.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }

  // All errors, sorted by position (the files in their order, then overrides), as they are to be printed; empty when none. The first
  // hundred are shown, the rest counted.
  std::string report() const;

  // Throws Faults whose what() is report().
  void throw_if_any() const;

 private:
  struct Entry {
    Position position;
    std::string message;
    std::string hint;
    std::size_t alike = 0;  // of other uses of the same line
  };

  const std::string& path() const { return sources_->front().path; }
  std::size_t number_of(const Position& position) const;
  std::string source_line(const Position& position) const;
  std::string print(const Entry& entry) const;
  std::string where(const std::vector<Entry>& entries) const;

  std::shared_ptr<const Sources> sources_;
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
