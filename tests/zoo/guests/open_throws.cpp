// SPDX-License-Identifier: Apache-2.0
// Its entry throws through C.
#include "right.hpp"

TRG_DECLARE_BORDER();
extern "C" TRG_EXPORT const trg_library* teranga_open_library(const trg_host*) { throw 7; }
