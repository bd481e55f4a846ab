// SPDX-License-Identifier: Apache-2.0
// What "$name" stands for: the variables of a recipe, and in a block its parameters. A text that is "$name" becomes the value itself, of its own type;
// "$name * 4" is computed: one +, -, * or / between names and numbers. "$$name" is the text "$name".
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/recipe/diagnostics.hpp>

namespace teranga::recipe {

// How much blocks and variables may make of a recipe, so that a short text does not fill the memory.
class Allowance {
 public:
  // `own`: values that the recipe itself has.
  Allowance(std::size_t own, Diagnostics& found) : most_values_(own + most_more_values), found_(found) {}

  // Counts a value that is copied; false, and an error once, where it is too much.
  bool take(const Value& value);
  bool is_used_up() const noexcept { return values_ > most_values_ || bytes_ > most_bytes; }
  // The value, every part of it counted.
  Value copy(const Value& value);

  int depth = 0;  // of variables in variables

 private:
  static constexpr std::size_t most_more_values = 300'000, most_bytes = std::size_t{32} << 20;

  std::size_t most_values_;
  Diagnostics& found_;
  std::size_t values_ = 0, bytes_ = 0;
};

class Variables {
 public:
  // `outer` is asked for names that are not defined here; it may be nullptr, and outlives this one.
  Variables(const Variables* outer, Allowance& allowance, Diagnostics& found) : outer_(outer), allowance_(allowance), found_(found) {}

  // A value that may use "$" itself: it is filled in when it is first asked for, as fill() does.
  void define(const std::string& name, const Value& value, const std::shared_ptr<const Detour>& by = nullptr) { known_[name] = {value, by, State::open}; }
  // A value as it is.
  void give(const std::string& name, const Value& value) { known_[name] = {value, nullptr, State::filled}; }

  // The value with every "$" in it filled in. `by`: the use of the block in which it stands, which becomes part of its positions.
  Value fill(const Value& given, const std::shared_ptr<const Detour>& by = nullptr) const;
  Options fill(const Options& given, const std::shared_ptr<const Detour>& by = nullptr) const;

 private:
  enum class State { open, being_filled, filled };
  struct Known {
    Value value;
    std::shared_ptr<const Detour> by;
    State state = State::open;
  };

  Value fill_text(const Value& given) const;
  Value compute(const Value& given, const std::string& left, char sign, const std::string& right) const;
  std::optional<Value> operand(const Value& given, const std::string& text) const;
  // Nothing, and an error at that position, where there is none.
  std::optional<Value> find(const std::string& name, const Position& position) const;
  bool knows(const std::string& name) const { return known_.contains(name) || (outer_ != nullptr && outer_->knows(name)); }
  std::vector<std::string> names() const;

  const Variables* outer_;
  Allowance& allowance_;
  Diagnostics& found_;
  mutable std::map<std::string, Known> known_;
};

// What can stand behind "$": a letter or "_", then letters, digits and "_".
bool is_variable_name(const std::string& name);
inline constexpr const char* what_variable_names_are = "a letter, then letters, digits and \"_\"";

// The text as it is to be written so that reading it gives the text again.
std::string escaped(const std::string& text);

}  // namespace teranga::recipe
