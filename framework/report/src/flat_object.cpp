// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/flat_object.hpp>

#include <teranga/core/utf8.hpp>

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <limits>

namespace teranga::report {
namespace {

class FlatReader {
 public:
  explicit FlatReader(std::string_view text) : rest_(text) {}

  std::optional<FlatObject> object() {
    FlatObject out;
    if (!take('{')) return std::nullopt;
    if (take('}')) return at_end() ? std::optional(out) : std::nullopt;
    do {
      std::optional<std::string> name = text();
      if (!name || !take(':')) return std::nullopt;
      std::optional<FlatValue> found = value();
      if (!found) return std::nullopt;
      out.emplace_back(std::move(*name), std::move(*found));
    } while (take(','));
    return take('}') && at_end() ? std::optional(std::move(out)) : std::nullopt;
  }

 private:
  void skip_spaces() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\r')) rest_.remove_prefix(1);
  }

  bool take(char wanted) {
    skip_spaces();
    if (rest_.empty() || rest_[0] != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool take_word(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  bool at_end() {
    skip_spaces();
    return rest_.empty();
  }

  std::optional<FlatValue> value() {
    skip_spaces();
    if (rest_.empty()) return std::nullopt;
    if (rest_[0] == '"') {
      std::optional<std::string> found = text();
      return found ? std::optional<FlatValue>(std::move(*found)) : std::nullopt;
    }
    if (take_word("null")) return std::numeric_limits<double>::quiet_NaN();
    if (take_word("true")) return 1.0;
    if (take_word("false")) return 0.0;
    return number();
  }

  std::optional<FlatValue> number() {
    if (rest_[0] != '-' && (rest_[0] < '0' || rest_[0] > '9')) return std::nullopt;
    double found = 0;
    const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), found);
    if (code == std::errc::invalid_argument) return std::nullopt;
    const std::string_view digits = rest_.substr(0, static_cast<std::size_t>(end - rest_.data()));
    if (code == std::errc::result_out_of_range) found = std::strtod(std::string(digits).c_str(), nullptr);  // an infinity, or 0 for a number that is too small
    rest_.remove_prefix(digits.size());
    return found;
  }

  std::optional<std::string> text() {
    if (!take('"')) return std::nullopt;
    std::string out;
    while (!rest_.empty() && rest_[0] != '"') {
      if (rest_[0] != '\\') {
        out += rest_[0];
        rest_.remove_prefix(1);
      } else if (!escape(out)) {
        return std::nullopt;
      }
    }
    repair_utf8(out);
    return take('"') ? std::optional(std::move(out)) : std::nullopt;
  }

  bool escape(std::string& out) {
    static constexpr std::string_view letters = "\"\\/bfnrt", meant = "\"\\/\b\f\n\r\t";
    if (rest_.size() < 2) return false;
    const char letter = rest_[1];
    rest_.remove_prefix(2);
    if (const auto at = letters.find(letter); at != std::string_view::npos) {
      out += meant[at];
      return true;
    }
    std::uint32_t code = 0;
    if (letter != 'u' || rest_.size() < 4) return false;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + 4, code, 16);
    if (error != std::errc{} || end != rest_.data() + 4) return false;
    rest_.remove_prefix(4);
    if (code >= 0xd800 && code < 0xe000) code = 0xfffd;  // half of a pair: our own files write such letters as they are
    if (code < 0x80) return out += static_cast<char>(code), true;
    if (code >= 0x800) out += static_cast<char>(0xe0 | code >> 12), out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    else out += static_cast<char>(0xc0 | code >> 6);
    return out += static_cast<char>(0x80 | (code & 0x3f)), true;
  }

  std::string_view rest_;
};

const FlatValue* value_in(const FlatObject& object, std::string_view name) {
  for (const auto& [key, value] : object)
    if (key == name) return &value;
  return nullptr;
}

}  // namespace

std::optional<FlatObject> flat_object(std::string_view line) { return FlatReader(line).object(); }

double number_in(const FlatObject& object, std::string_view name, double otherwise) {
  const FlatValue* const value = value_in(object, name);
  return value && std::holds_alternative<double>(*value) ? std::get<double>(*value) : otherwise;
}

std::string text_in(const FlatObject& object, std::string_view name) {
  const FlatValue* const value = value_in(object, name);
  return value && std::holds_alternative<std::string>(*value) ? std::get<std::string>(*value) : std::string();
}

}  // namespace teranga::report
