// SPDX-License-Identifier: Apache-2.0
// A stack that the handlers of crashes run on: the crash may be that the thread's own stack is full.
#pragma once

namespace teranga {

// For this thread, to its end. Each thread needs its own; further calls do nothing.
void use_alternative_stack() noexcept;

}  // namespace teranga
