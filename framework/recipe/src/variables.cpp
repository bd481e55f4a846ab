// SPDX-License-Identifier: Apache-2.0
#include "variables.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "wording.hpp"

namespace teranga::recipe {
namespace {

constexpr int most_variables_deep = 64;

bool begins_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_in_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// How many "$" a text begins with, where a name follows them; else 0.
std::size_t dollars_before_name(std::string_view text) {
  const std::size_t first = text.find_first_not_of('$');
  return first != text.npos && begins_name(text[first]) ? first : 0;
}

// The name behind the "$" at the front.
std::string name_in(std::string_view text) {
  std::size_t end = 1;
  while (end < text.size() && is_in_name(text[end])) ++end;
  return std::string(text.substr(1, end - 1));
}

bool is_operand(std::string_view text) {
  if (text.starts_with('$')) return text.size() > 1 && begins_name(text[1]) && name_in(text).size() + 1 == text.size();
  return number_of(std::string(text)).has_value();
}

struct Formula {
  std::string left, right;
  char sign = 0;
};

// "$a * 4": nothing where the text is none.
std::optional<Formula> formula_in(std::string_view text) {
  const std::size_t end = name_in(text).size() + 1;
  const std::string_view rest = trimmed(text.substr(end));
  if (rest.empty() || std::string_view("+-*/").find(rest[0]) == std::string_view::npos) return std::nullopt;
  const std::string_view right = trimmed(rest.substr(1));
  if (!is_operand(right)) return std::nullopt;
  return Formula{std::string(text.substr(0, end)), std::string(right), rest[0]};
}

std::optional<std::int64_t> whole_result(std::int64_t a, char sign, std::int64_t b) {
  std::int64_t out = 0;
  if (sign == '/') return b == 0 || (b == -1 && a == std::numeric_limits<std::int64_t>::min()) || a % b != 0 ? std::nullopt : std::optional(a / b);
  const bool beyond = sign == '+' ? __builtin_add_overflow(a, b, &out) : sign == '-' ? __builtin_sub_overflow(a, b, &out) : __builtin_mul_overflow(a, b, &out);
  return beyond ? std::nullopt : std::optional(out);
}

double real_result(double a, char sign, double b) {
  switch (sign) {
    case '+': return a + b;
    case '-': return a - b;
    case '*': return a * b;
    default: return a / b;
  }
}

double real_of(const Value& value) { return value.is<double>() ? value.as<double>() : static_cast<double>(value.as<std::int64_t>()); }

// Position and, where the value was filled in, what stood there.
void came_by(Value& value, const std::string& how, const Position& at) {
  const auto step = std::make_shared<const Detour>(Detour{how, at});
  const auto mark = [&](auto&& self, Value& one) -> void {
    one.position.by = step;
    if (auto* list = std::get_if<Value::List>(&one.data))
      for (Value& item : *list) self(self, item);
    if (auto* table = std::get_if<Value::Component>(&one.data))
      for (Option& option : table->options) {
        option.position.by = step;
        self(self, option.value);
      }
  };
  mark(mark, value);
}

}  // namespace

bool is_variable_name(const std::string& name) { return !name.empty() && begins_name(name[0]) && std::all_of(name.begin(), name.end(), is_in_name); }

std::string escaped(const std::string& text) { return dollars_before_name(text) == 0 ? text : "$" + text; }

bool Allowance::take(const Value& value) {
  if (is_used_up()) return false;
  ++values_;
  bytes_ += value.is<std::string>() ? value.as<std::string>().size() : 0;
  if (is_used_up()) found_.add(value.position, fmt::format("blocks and variables make more than {} values, or {} MiB of text, of this recipe", most_more_values, most_bytes >> 20));
  return !is_used_up();
}

Value Allowance::copy(const Value& value) {
  const auto count = [&](auto&& self, const Value& one) -> bool {
    if (!take(one)) return false;
    if (one.is<Value::List>()) return std::ranges::all_of(one.as<Value::List>(), [&](const Value& item) { return self(self, item); });
    if (one.is<Value::Component>()) return std::ranges::all_of(one.as<Value::Component>().options, [&](const Option& option) { return self(self, option.value); });
    return true;
  };
  return count(count, value) ? value : Value{{}, value.position};
}

Options Variables::fill(const Options& given, const std::shared_ptr<const Detour>& by) const {
  Options out;
  for (const Option& option : given) {
    out.push_back({option.name, fill(option.value, by), option.position});
    if (by != nullptr) out.back().position.by = by;
  }
  return out;
}

Value Variables::fill(const Value& given, const std::shared_ptr<const Detour>& by) const {
  if (!allowance_.take(given)) return {{}, given.position};
  Value out{{}, given.position};
  if (by != nullptr) out.position.by = by;
  if (given.is<std::string>()) {
    out.data = given.data;
    return fill_text(out);
  }
  if (given.is<Value::List>()) {
    Value::List list;
    for (const Value& item : given.as<Value::List>()) list.push_back(fill(item, by));
    out.data = std::move(list);
  } else if (given.is<Value::Component>()) {
    const auto& table = given.as<Value::Component>();
    out.data = Value::Component{table.type, fill(table.options, by)};
  } else {
    out.data = given.data;
  }
  return out;
}

Value Variables::fill_text(const Value& given) const {
  const std::string& text = given.as<std::string>();
  const std::size_t dollars = dollars_before_name(text);
  if (dollars == 0) return given;
  if (dollars > 1) return {text.substr(1), given.position};
  const std::string name = name_in(text);
  if (name.size() + 1 < text.size()) {
    if (const auto formula = formula_in(text)) return compute(given, formula->left, formula->sign, formula->right);
    if (!knows(name)) return given;
    found_.add(given.position, fmt::format("{} cannot be computed: expected a variable alone, or one +, -, * or / between two numbers", to_toml(given)), fmt::format("\"${} * 2\"; \"$${}\" for text that begins with \"$\"", name, text.substr(1)));
    return {{}, given.position};
  }
  auto value = find(name, given.position);
  if (!value) return {{}, given.position};
  came_by(*value, fmt::format("as \"${}\"", name), given.position);
  return std::move(*value);
}

std::optional<Value> Variables::operand(const Value& given, const std::string& text) const {
  if (text.starts_with('$')) {
    auto value = find(text.substr(1), given.position);
    if (!value || value->empty() || value->is<std::int64_t>() || value->is<double>()) return value;
    came_by(*value, fmt::format("as \"{}\" in {}", text, to_toml(given)), given.position);
    found_.add(value->position, fmt::format("{} cannot be computed: \"{}\" is {}, no number", to_toml(given), text, found_text(*value)));
    return std::nullopt;
  }
  std::string digits = text.substr(text.starts_with('+') ? 1 : 0);
  std::erase(digits, '_');
  std::int64_t whole = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), whole);
  return fault == std::errc() && end == digits.data() + digits.size() ? Value{whole, given.position} : Value{*number_of(text), given.position};
}

Value Variables::compute(const Value& given, const std::string& left, char sign, const std::string& right) const {
  const auto a = operand(given, left), b = operand(given, right);
  const Value nothing{{}, given.position};
  if (!a || !b || a->empty() || b->empty()) return nothing;
  if (a->is<std::int64_t>() && b->is<std::int64_t>()) {
    const std::int64_t x = a->as<std::int64_t>(), y = b->as<std::int64_t>();
    if (const auto result = whole_result(x, sign, y)) return {*result, given.position};
    const bool remainder = sign == '/' && y != 0;
    found_.add(given.position, fmt::format("{} cannot be computed: {} {} {} is {}", to_toml(given), x, sign, y, remainder ? "no whole number" : y == 0 ? "no number" : "too large"), remainder && !right.starts_with('$') ? fmt::format("\"{} / {}.0\" for a number with a fraction", left, y) : "");
    return nothing;
  }
  const double result = real_result(real_of(*a), sign, real_of(*b));
  if (std::isfinite(result)) return {result, given.position};
  found_.add(given.position, fmt::format("{} cannot be computed: {} {} {} is no number", to_toml(given), to_toml(*a), sign, to_toml(*b)));
  return nothing;
}

std::optional<Value> Variables::find(const std::string& name, const Position& position) const {
  const auto at = known_.find(name);
  // A default that has the name of a variable means that variable.
  if (at != known_.end() && at->second.state == State::being_filled && outer_ != nullptr && outer_->knows(name)) return outer_->find(name, position);
  if (at == known_.end() && outer_ != nullptr && outer_->knows(name)) return outer_->find(name, position);
  if (at == known_.end()) {
    const std::vector<std::string> all = names();
    const auto near = nearest_name(name, all);
    found_.add(position, fmt::format("there is no variable \"{}\"", name),
               near ? fmt::format("did you mean \"${}\"?", *near) : all.empty() ? fmt::format("[variables] with {} = VALUE; \"$${}\" for text that begins with \"$\"", name, name) : fmt::format("there are: {}; \"$${}\" for text that begins with \"$\"", fmt::join(all, ", "), name));
    return std::nullopt;
  }
  Known& known = at->second;
  if (known.state == State::being_filled) {
    found_.add(position, fmt::format("the value of \"{}\" takes itself", name));
    return std::nullopt;
  }
  if (known.state == State::open) {
    if (allowance_.depth >= most_variables_deep) {
      found_.add(position, fmt::format("variables take each other more than {} deep", most_variables_deep));
      return std::nullopt;
    }
    known.state = State::being_filled;
    ++allowance_.depth;
    known.value = fill(known.value, known.by);
    --allowance_.depth;
    known.state = State::filled;
  }
  return allowance_.copy(known.value);
}

std::vector<std::string> Variables::names() const {
  std::vector<std::string> out;
  for (const auto& [name, known] : known_) out.push_back(name);
  if (outer_ == nullptr) return out;
  for (const std::string& name : outer_->names())
    if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  return out;
}

}  // namespace teranga::recipe
