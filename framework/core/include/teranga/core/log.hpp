// SPDX-License-Identifier: Apache-2.0
// The log: one place for what people read. Rank 0 speaks on stderr, warnings and errors come from every rank with its
// number in front, apart from warnings of all; a run adds a file. Results that scripts read (tables, JSON) go to stdout and never through here.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace teranga::log {

enum class Level { debug, info, warning, error };

// `named`: what lines of this rank begin with, where there are several; empty: "rank 3".
void set_rank(int rank, int ranks, const std::string& named = {});
void set_level(Level level);  // on the terminal; the file always has info and above
// Appends, at first what was said so far. Throws Error(failure) if it cannot be opened.
void open_file(const std::string& path);
void close_file();

// Of this process, so far.
std::size_t warnings();

void write(Level level, std::string_view text);
void write_to_file(Level level, std::string_view text);  // not on the terminal
inline void debug(std::string_view text) { write(Level::debug, text); }
inline void info(std::string_view text) { write(Level::info, text); }
inline void warning(std::string_view text) { write(Level::warning, text); }
inline void error(std::string_view text) { write(Level::error, text); }
void warning_of_all(std::string_view text);  // which every rank finds alike, as in the same data: rank 0 says it for all

}  // namespace teranga::log
