// SPDX-License-Identifier: Apache-2.0
// Its entry gives no table.
#include "right.hpp"

TRG_DECLARE_BORDER();
extern "C" TRG_EXPORT const trg_library* teranga_open_library(const trg_host*) { return nullptr; }
