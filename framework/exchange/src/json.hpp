// SPDX-License-Identifier: Apache-2.0
// JSON of files that others wrote: bounded in bytes, in depth and in the number of its values.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace teranga::exchange {

using Json = nlohmann::json;

// Throws Error(data) with `who` before the message.
Json parse_json(std::string_view text, const std::string& who);

// The value of that key, or null where `from` is no object or has no such key.
const Json& at(const Json& from, std::string_view key);
// The text of that key, or an empty one.
std::string text_at(const Json& from, std::string_view key);
bool flag_at(const Json& from, std::string_view key, bool otherwise);

// As a person would write it on one line, at most about 80 characters of it.
std::string shown(const Json& value);

}  // namespace teranga::exchange
