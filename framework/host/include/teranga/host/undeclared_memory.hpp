// SPDX-License-Identifier: Apache-2.0
// What a call is given in place of a tensor that its plan has not declared to read there: memory that nobody can read. Others may have written over the tensor since, so the numbers
// would be wrong without a word.
#pragma once

namespace teranga::host {

void* undeclared_memory() noexcept;  // null where the system gives none
bool is_undeclared(const void* address) noexcept;  // may be called in a signal handler

}  // namespace teranga::host
