// SPDX-License-Identifier: Apache-2.0
// What goes to standard error and standard output while a training runs. A terminal that was stopped, a pager that nobody reads or a dead connection takes no more bytes, and a
// write to it waits for ever. After begin_queue(), threads of their own write, and nobody else waits for them. What does not fit into the queue is left out and counted.
// Without begin_queue(), each text is written at once, and its writer waits for it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string_view>

namespace teranga::terminal {

inline constexpr const char* writer_name = "terminal";  // of the threads that write, for the kernel

enum class Stream { error, output };

// From now on to the end of the process. Where the system gives no thread, texts are written at once as before.
void begin_queue() noexcept;

// Any thread. Texts of one stream keep their order.
void write(Stream stream, std::string_view text);
// On standard error, unless earlier text still waits: for what the next drawing replaces.
void draw(std::string_view text);

// Waits until all texts are written, but no longer than this: before the process ends. Without locks and memory, so that handlers of signals may call it.
void settle(std::chrono::milliseconds most) noexcept;

// Lines that were left out, or still wait.
std::size_t lost_lines() noexcept;

}  // namespace teranga::terminal
