// SPDX-License-Identifier: Apache-2.0
// Elements of a tensor as numbers, whatever their type.
#pragma once

#include <cstdint>

#include <teranga/sdk/c/host.h>

namespace teranga::model {

inline double number_at(const trg_tensor& tensor, std::int64_t i) {
  switch (tensor.type) {
    case TRG_F32: return static_cast<const float*>(tensor.data)[i];
    case TRG_F64: return static_cast<const double*>(tensor.data)[i];
    case TRG_I32: return static_cast<const std::int32_t*>(tensor.data)[i];
    case TRG_I64: return static_cast<double>(static_cast<const std::int64_t*>(tensor.data)[i]);
    default: return static_cast<const std::uint8_t*>(tensor.data)[i];
  }
}

// -1 for what no class and no row of a table can be: NaN, and numbers beyond all.
inline std::int64_t whole(double number) { return number > -1 && number < 0x1p53 ? static_cast<std::int64_t>(number) : -1; }

}  // namespace teranga::model
