// SPDX-License-Identifier: Apache-2.0
// Its entry ends the process, as if all were well.
#include "right.hpp"

TRG_DECLARE_BORDER();
extern "C" TRG_EXPORT const trg_library* teranga_open_library(const trg_host*) { std::exit(0); }
