// SPDX-License-Identifier: Apache-2.0
// Declaring options and reading them. A declaration such as `real("rate", 0.5).in(0, 1).says("...")` drives the recipe check, the help and
// the documentation; what arrives at a constructor is already complete, typed and within its range.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/sdk/c/types.h>
#include <teranga/sdk/error.hpp>

namespace teranga::sdk {

// One option of a plugin. Keeps its texts and hands them out in the border's form.
class OptionSpec {
 public:
  OptionSpec(std::string name, std::int32_t kind) : name_(std::move(name)), kind_(kind) {}

  OptionSpec& says(std::string doc) { return doc_ = std::move(doc), *this; }
  OptionSpec& in(double least, double most) { return least_ = least, most_ = most, *this; }
  OptionSpec& at_least(double least) { return least_ = least, *this; }
  OptionSpec& above(double bound) { return least_ = bound, flags_ |= TRG_MINIMUM_OPEN, *this; }
  OptionSpec& below(double bound) { return most_ = bound, flags_ |= TRG_MAXIMUM_OPEN, *this; }
  OptionSpec& choices(std::vector<std::string> texts) { return choices_ = std::move(texts), *this; }
  OptionSpec& optional() { return flags_ = (flags_ | TRG_NULLABLE) & ~TRG_REQUIRED, *this; }
  OptionSpec& required() { return flags_ |= TRG_REQUIRED, *this; }
  // Of a list: exactly n items, and a lone value stands for all of them.
  OptionSpec& expands_to(std::int64_t n) { return least_items_ = most_items_ = n, flags_ |= TRG_SCALAR_EXPANDS, *this; }
  // Of a list: a lone value is a list of one.
  OptionSpec& or_one() { return flags_ |= TRG_SCALAR_EXPANDS, *this; }
  // Of a text, or of a list of texts: a whole number without quotes is meant as its text.
  OptionSpec& or_number() { return flags_ |= TRG_NUMBER_IS_TEXT, *this; }
  OptionSpec& items(std::int64_t least, std::int64_t most) { return least_items_ = least, most_items_ = most, *this; }
  OptionSpec& of(std::int32_t item_kind) { return item_kind_ = item_kind, *this; }
  OptionSpec& made_by(std::string component_kind) { return component_kind_ = std::move(component_kind), *this; }
  OptionSpec& with_default(bool value) { return default_.kind = TRG_BOOLEAN, default_.integer = value, *this; }
  OptionSpec& with_default(std::int64_t value) {
    return default_.kind = TRG_INTEGER, default_.integer = value, default_.real = static_cast<double>(value), *this;
  }
  OptionSpec& with_default(const char* value) { return with_default(std::string_view(value)); }  // else a text would be a bool
  OptionSpec& with_default(double value) { return default_.kind = TRG_REAL, default_.real = value, *this; }
  OptionSpec& with_default(std::string_view value) { return default_.kind = kind_ == TRG_PATH ? TRG_TEXT : kind_, default_text_ = value, *this; }
  OptionSpec& with_default(std::vector<std::int64_t> values) { return default_.kind = TRG_LIST, default_items_ = std::move(values), *this; }

  // The border's form; pointers stay valid as long as this object stays where it is.
  trg_option_spec native() {
    choice_pointers_.clear();
    for (const std::string& choice : choices_) choice_pointers_.push_back(choice.c_str());
    values_.assign(default_items_.size(), trg_value{});
    for (std::size_t i = 0; i < values_.size(); ++i) {
      values_[i].kind = TRG_INTEGER;
      values_[i].integer = default_items_[i];
      values_[i].real = static_cast<double>(default_items_[i]);
    }
    default_.text = default_text_.c_str();
    if (default_.kind == TRG_LIST) {
      default_.items = values_.data();
      default_.count = static_cast<std::int32_t>(values_.size());
    }
    trg_option_spec spec{};
    spec.size = sizeof(spec);
    spec.name = name_.c_str();
    spec.doc = doc_.c_str();
    spec.kind = kind_;
    spec.item_kind = item_kind_;
    spec.flags = flags_;
    spec.choices = choice_pointers_.data();
    spec.choice_count = static_cast<std::int32_t>(choice_pointers_.size());
    spec.component_kind = component_kind_.c_str();
    spec.default_value = default_;
    spec.minimum = least_;
    spec.maximum = most_;
    spec.least_items = least_items_;
    spec.most_items = most_items_;
    return spec;
  }

 private:
  std::string name_, doc_, component_kind_, default_text_;
  std::int32_t kind_ = TRG_NONE, item_kind_ = TRG_INTEGER, flags_ = 0;
  std::vector<std::string> choices_;
  std::vector<const char*> choice_pointers_;
  std::vector<std::int64_t> default_items_;
  std::vector<trg_value> values_;
  trg_value default_{};
  double least_ = -std::numeric_limits<double>::infinity(), most_ = std::numeric_limits<double>::infinity();
  std::int64_t least_items_ = 0, most_items_ = std::numeric_limits<std::int64_t>::max();
};

// Without a default an option is required.
inline OptionSpec real(std::string name) { return OptionSpec(std::move(name), TRG_REAL).required(); }
inline OptionSpec real(std::string name, double value) { return OptionSpec(std::move(name), TRG_REAL).with_default(value); }
inline OptionSpec integer(std::string name) { return OptionSpec(std::move(name), TRG_INTEGER).required(); }
inline OptionSpec integer(std::string name, std::int64_t value) { return OptionSpec(std::move(name), TRG_INTEGER).with_default(value); }
inline OptionSpec boolean(std::string name, bool value) { return OptionSpec(std::move(name), TRG_BOOLEAN).with_default(value); }
inline OptionSpec text(std::string name) { return OptionSpec(std::move(name), TRG_TEXT).required(); }
inline OptionSpec text(std::string name, std::string_view value) { return OptionSpec(std::move(name), TRG_TEXT).with_default(value); }
inline OptionSpec path(std::string name) { return OptionSpec(std::move(name), TRG_PATH).required(); }
inline OptionSpec integers(std::string name) { return OptionSpec(std::move(name), TRG_LIST).required(); }
inline OptionSpec integers(std::string name, std::vector<std::int64_t> value) { return OptionSpec(std::move(name), TRG_LIST).with_default(std::move(value)); }
inline OptionSpec paths(std::string name) { return OptionSpec(std::move(name), TRG_LIST).of(TRG_PATH).required(); }
inline OptionSpec texts(std::string name) { return OptionSpec(std::move(name), TRG_LIST).of(TRG_TEXT).required(); }
inline OptionSpec reals(std::string name) { return OptionSpec(std::move(name), TRG_LIST).of(TRG_REAL).required(); }
// A part made by another plugin: component("kernel_initializer", "initializer", "glorot_uniform").
inline OptionSpec component(std::string name, std::string kind, std::string_view value) {
  return OptionSpec(std::move(name), TRG_COMPONENT).made_by(std::move(kind)).with_default(value);
}
inline OptionSpec component(std::string name, std::string kind) {
  return OptionSpec(std::move(name), TRG_COMPONENT).made_by(std::move(kind)).optional();
}

class Options;

// A part that an option names: an initializer, an activation, a regularizer, a layer. Empty where a nullable option was left out. It lives as long as the instance whose option it is.
class Component {
 public:
  Component() = default;
  explicit Component(const trg_value* native) : native_(native) {}
  explicit operator bool() const { return native_ != nullptr; }
  std::string_view type() const { return native_ && native_->text ? native_->text : ""; }  // qualified: "teranga.tanh"
  Options options() const;
  const trg_value* native() const { return native_; }

 private:
  const trg_value* native_ = nullptr;
};

// The options of one instance. They live as long as the instance does.
class Options {
 public:
  explicit Options(const trg_options* native) : first_(native->items), count_(native->count) {}

  bool has(std::string_view name) const { return find(name) != nullptr; }
  double real(std::string_view name) const { return need(name, "real", {TRG_REAL, TRG_INTEGER}).real; }
  std::int64_t integer(std::string_view name) const { return need(name, "integer", {TRG_INTEGER}).integer; }
  bool boolean(std::string_view name) const { return need(name, "boolean", {TRG_BOOLEAN}).integer != 0; }
  std::string text(std::string_view name) const { return need(name, "text", {TRG_TEXT, TRG_PATH}).text; }
  Component component(std::string_view name) const { return Component(find(name)); }
  std::vector<std::int64_t> integers(std::string_view name) const {
    std::vector<std::int64_t> out;
    for (const trg_value& item : list(name)) out.push_back(item.integer);
    return out;
  }
  std::vector<double> reals(std::string_view name) const {
    std::vector<double> out;
    for (const trg_value& item : list(name)) out.push_back(item.real);
    return out;
  }
  std::vector<std::string> texts(std::string_view name) const {
    std::vector<std::string> out;
    for (const trg_value& item : list(name)) out.emplace_back(item.text);
    return out;
  }
  const trg_option* begin() const { return first_; }
  const trg_option* end() const { return first_ + count_; }

 private:
  friend class Component;
  Options(const trg_option* first, std::size_t count) : first_(first), count_(count) {}
  struct Items {
    const trg_value* first;
    std::int32_t count;
    const trg_value* begin() const { return first; }
    const trg_value* end() const { return first + count; }
  };
  const trg_value* find(std::string_view name) const {
    for (const trg_option& option : *this)
      if (option.name == name) return option.value.kind == TRG_NONE ? nullptr : &option.value;
    return nullptr;
  }
  const trg_value& need(std::string_view name, const char* call, std::initializer_list<std::int32_t> kinds) const {
    const trg_value* value = find(name);
    if (!value) throw Error(TRG_FAILED, "the option \"" + std::string(name) + "\" was asked for but is not declared or has no value");
    for (const std::int32_t kind : kinds)
      if (value->kind == kind) return *value;
    throw Error(TRG_FAILED, "the option \"" + std::string(name) + "\" was asked for as " + call + ", but is declared as another kind");
  }
  Items list(std::string_view name) const {
    const trg_value* value = find(name);
    return value ? Items{value->items, value->count} : Items{nullptr, 0};
  }

  const trg_option* first_;
  std::size_t count_;
};

inline Options Component::options() const { return native_ ? Options(native_->options, static_cast<std::size_t>(native_->count)) : Options(nullptr, 0); }

}  // namespace teranga::sdk
