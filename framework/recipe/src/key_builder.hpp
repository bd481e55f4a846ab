// SPDX-License-Identifier: Apache-2.0
// Builds one entry of the tables of recipe keys: a name, a kind and a sentence, and a chain of small calls for the rest.
#pragma once

#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

struct Key : OptionSpec {
  Key(const char* key, OptionKind key_kind, const char* text) {
    name = key;
    kind = key_kind;
    doc = text;
  }
  template <class T>
  Key by_default(T value) && {
    if constexpr (std::is_same_v<T, const char*>) {
      default_value.data = std::string(value);
    } else {
      default_value.data = value;
    }
    return std::move(*this);
  }
  // Without a default value; the words say what holds where the key is left out.
  Key without(const char* words = "") && {
    nullable = true;
    otherwise = words;
    return std::move(*this);
  }
  Key at_least(double low) && {
    minimum = low;
    return std::move(*this);
  }
  Key above(double low) && {
    minimum = low;
    minimum_open = true;
    return std::move(*this);
  }
  Key below(double high) && {
    maximum = high;
    maximum_open = true;
    return std::move(*this);
  }
  Key up_to(double high) && {
    maximum = high;
    return std::move(*this);
  }
  Key of(OptionKind item) && {
    item_kind = item;
    scalar_expands = true;
    return std::move(*this);
  }
  Key of_at_least(std::int64_t items) && {
    least_items = items;
    return std::move(*this);
  }
  Key of_components(const char* plugin_kind) && {
    item_kind = OptionKind::component;
    component_kind = plugin_kind;
    scalar_expands = true;
    return std::move(*this);
  }
  Key one_of(std::vector<std::string> words) && {
    choices = std::move(words);
    return std::move(*this);
  }
  // What the reader takes beside a value of that kind, in words.
  Key or_also(const char* words) && {
    alternative = words;
    return std::move(*this);
  }
  // Good values, as TOML.
  Key as_in(std::vector<std::string> values) && {
    examples = std::move(values);
    return std::move(*this);
  }
};

inline Key integer_key(const char* name, const char* doc) { return {name, OptionKind::integer, doc}; }
inline Key real_key(const char* name, const char* doc) { return {name, OptionKind::real, doc}; }
inline Key text_key(const char* name, const char* doc) { return {name, OptionKind::text, doc}; }
inline Key flag_key(const char* name, const char* doc) { return {name, OptionKind::boolean, doc}; }
inline Key list_key(const char* name, const char* doc) { return {name, OptionKind::list, doc}; }
inline Key tables_key(const char* name, const char* doc) { return Key(name, OptionKind::list, doc).of(OptionKind::table); }
inline Key regularizer_key(const char* name, const char* doc) {
  Key key(name, OptionKind::component, doc);
  key.component_kind = "regularizer";
  return key;
}
inline Key table_key(const char* name, const char* doc) { return {name, OptionKind::table, doc}; }

}  // namespace teranga::recipe
