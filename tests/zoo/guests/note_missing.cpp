// SPDX-License-Identifier: Apache-2.0
// It has no border note: nothing says for which border it was built.
#include "right.hpp"

extern "C" TRG_EXPORT const trg_library* teranga_open_library(const trg_host* host) {
  return sdk::detail::open_library(host, [] { return std::vector<sdk::Item>{sdk::layer<zoo::Layer>()}; });
}
