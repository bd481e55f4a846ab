// SPDX-License-Identifier: Apache-2.0
// Whole numbers that name rows of a table, of any element type: a token, a category, a pixel. Floating-point ones must be whole.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <type_traits>

#include <teranga/sdk/error.hpp>
#include <teranga/sdk/slice.hpp>

namespace teranga::layers {

namespace sdk = teranga::sdk;

// body(first id of the call), a pointer to the element type of the port.
template <class F>
void with_ids(const trg_tensor& ids, F body) {
  switch (ids.type) {
    case TRG_U8: return body(static_cast<const std::uint8_t*>(ids.data));
    case TRG_I32: return body(static_cast<const std::int32_t*>(ids.data));
    case TRG_I64: return body(static_cast<const std::int64_t*>(ids.data));
    case TRG_F32: return body(static_cast<const float*>(ids.data));
    default: return body(static_cast<const double*>(ids.data));
  }
}

struct Vocabulary {
  std::int64_t size;

  template <class I>
  bool has(I id) const {
    if constexpr (std::is_floating_point_v<I>) return id >= 0 && id < static_cast<I>(size) && id == std::trunc(id);
    else return static_cast<std::int64_t>(id) >= 0 && static_cast<std::int64_t>(id) < size;
  }

  // The text names the sample: the record does not say it again. `option` says how large the vocabulary is.
  template <class I>
  [[noreturn]] void refuse(I id, std::int64_t sample, const std::string& port, const std::string& option = "input_dim") const {
    const std::string range = " the vocabulary of " + std::to_string(size) + " (0 to " + std::to_string(size - 1) + ")", of = " of sample " + std::to_string(sample);
    if constexpr (std::is_floating_point_v<I>) {
      if (!(std::fabs(id) < I(1e15)) || id != std::trunc(id))
        throw sdk::Error(TRG_BAD_DATA, "id " + std::to_string(id) + of + " is not a whole number and so names no row of" + range, port);
    }
    const auto whole = static_cast<std::int64_t>(id);
    throw sdk::Error(TRG_BAD_DATA, "id " + std::to_string(whole) + of + " is outside of" + range, port,
                     whole < 0 ? "" : "train with " + option + " = " + std::to_string(whole + 1));
  }
};

}  // namespace teranga::layers
