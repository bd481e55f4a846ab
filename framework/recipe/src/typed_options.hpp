// SPDX-License-Identifier: Apache-2.0
// Takes checked options by name and C++ type; an absent one, or one whose fault is already reported, leaves the
// destination as it is.
#pragma once

#include <optional>
#include <string_view>

#include <teranga/core/value.hpp>

namespace teranga::recipe {

template <class T>
void take(const Options& options, std::string_view name, T& into) {
  const Value* value = find_option(options, name);
  if (value != nullptr && value->is<T>()) into = value->as<T>();
}

template <class T>
void take(const Options& options, std::string_view name, std::optional<T>& into) {
  const Value* value = find_option(options, name);
  if (value != nullptr && value->is<T>()) into = value->as<T>();
}

inline std::vector<std::string> take_texts(const Options& options, std::string_view name) {
  std::vector<std::string> out;
  const Value* value = find_option(options, name);
  if (value == nullptr || !value->is<Value::List>()) return out;
  for (const Value& item : value->as<Value::List>())
    if (item.is<std::string>()) out.push_back(item.as<std::string>());
  return out;
}

}  // namespace teranga::recipe
