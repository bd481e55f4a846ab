// SPDX-License-Identifier: Apache-2.0
// What the program prints. Names and cells in it come from files of others, so control characters are shown as "\x1b" and do nothing to the terminal.
#pragma once

#include <cstdio>
#include <utility>

#include <fmt/format.h>

#include <teranga/core/printable.hpp>
#include <teranga/core/terminal.hpp>

namespace teranga::launcher {

template <class... Values>
void print_out(fmt::format_string<Values...> form, Values&&... values) {
  const std::string text = printable(fmt::format(form, std::forward<Values>(values)...));
  std::fwrite(text.data(), 1, text.size(), stdout);
}

template <class... Values>
void print_error(fmt::format_string<Values...> form, Values&&... values) {
  const std::string text = printable(fmt::format(form, std::forward<Values>(values)...));
  terminal::write(terminal::Stream::error, text);
}

}  // namespace teranga::launcher
