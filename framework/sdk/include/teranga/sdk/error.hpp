// SPDX-License-Identifier: Apache-2.0
// Errors inside a plugin: throw one of these (or any std::exception) anywhere; the C++ layer turns it into the border's error record, so
// that nothing but a status code crosses.
#pragma once

#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <teranga/sdk/c/types.h>

namespace teranga::sdk {

class Error : public std::runtime_error {
 public:
  Error(std::int32_t status, const std::string& text, std::string where_ = {}, std::string hint_ = {}, std::int64_t sample_ = -1)
      : std::runtime_error(text), code(status), where(std::move(where_)), hint(std::move(hint_)), sample(sample_) {}

  std::int32_t code;  // enum trg_status
  std::string where;  // option, port or file
  std::string hint;   // something that can be typed
  std::int64_t sample;
};

struct OptionError : Error {
  OptionError(std::string option, const std::string& text, std::string hint_ = {}) : Error(TRG_BAD_OPTION, text, std::move(option), std::move(hint_)) {}
};
struct ShapeError : Error {
  explicit ShapeError(const std::string& text, std::string port = {}, std::string hint_ = {}) : Error(TRG_BAD_SHAPE, text, std::move(port), std::move(hint_)) {}
};
inline ShapeError too_few_inputs(std::int32_t expected, std::int32_t found) {
  return ShapeError("expected at least " + std::to_string(expected) + (expected == 1 ? " input" : " inputs") + ", found " + std::to_string(found), "input");
}
struct DataError : Error {
  DataError(std::string file, const std::string& text, std::int64_t record = -1, std::string hint_ = {})
      : Error(TRG_BAD_DATA, text, std::move(file), std::move(hint_), record) {}
};

namespace detail {

template <std::size_t N>
void copy_text(char (&to)[N], std::string_view from) noexcept {
  const std::size_t n = from.size() < N - 1 ? from.size() : N - 1;
  if (n > 0) std::memcpy(to, from.data(), n);  // the data of an empty view may be null
  to[n] = 0;
}

inline std::int32_t report(trg_error* error, std::int32_t code, std::string_view text, std::string_view where = {}, std::string_view hint = {},
                           std::int64_t sample = -1) noexcept {
  if (code <= TRG_OK || code > TRG_DIVERGED) code = TRG_FAILED;  // an error is no success
  if (error) {
    error->code = code;
    error->sample = sample;
    copy_text(error->where, where);
    copy_text(error->text, text);
    copy_text(error->hint, hint);
  }
  return code;
}

// Runs a body of the C++ layer behind the border: no exception leaves.
template <class F>
std::int32_t guarded(trg_error* error, F&& body) noexcept {
  try {
    body();
    return TRG_OK;
  } catch (const Error& e) {
    return report(error, e.code, e.what(), e.where, e.hint, e.sample);
  } catch (const std::bad_alloc&) {
    return report(error, TRG_FAILED, "asked for more memory than there is");
  } catch (const std::exception& e) {
    return report(error, TRG_FAILED, e.what());
  } catch (...) {
    return report(error, TRG_FAILED, "an exception of unknown type");
  }
}

}  // namespace detail
}  // namespace teranga::sdk
