// SPDX-License-Identifier: Apache-2.0
// The error of a process that needs more memory than it can have, for callers that treat it in their own way.
#pragma once

#include <teranga/core/error.hpp>

namespace teranga {

class NoMemory : public Error {
 public:
  using Error::Error;
};

}  // namespace teranga
