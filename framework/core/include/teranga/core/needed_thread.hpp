// SPDX-License-Identifier: Apache-2.0
// A thread without which nothing goes on. What the system says where it gives none ("Resource temporarily unavailable") names neither what is missing nor what it was for.
#pragma once

#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <teranga/core/error.hpp>

namespace teranga {

// `purpose` as in "to read the data". Throws Error(failure).
template <class Body>
std::thread needed_thread(const char* purpose, Body&& body) {
  try {
    return std::thread(std::forward<Body>(body));
  } catch (const std::system_error& error) {
    throw Error(ExitCode::failure, std::string("the system gives no thread ") + purpose + " (" + error.code().message() + "); the limit of processes (ulimit -u), or that of memory (ulimit -v), is too low for one more thread");
  }
}

}  // namespace teranga
