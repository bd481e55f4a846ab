// SPDX-License-Identifier: Apache-2.0
// What each thread of this process is in: its calls, from the innermost one on. A signal asks each thread for them; a thread that the kernel does not let go gives no answer.
#pragma once

#include <string>

namespace teranga {

// Prepares the signal; once a process, before any stack is asked for.
void prepare_stacks() noexcept;

// One thread at a time may ask. Takes at most two seconds.
std::string stacks_of_all_threads();

}  // namespace teranga
