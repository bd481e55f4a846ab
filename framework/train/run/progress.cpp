// SPDX-License-Identifier: Apache-2.0
#include "run/progress.hpp"

#include <teranga/comm/launch.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/terminal.hpp>
#include <teranga/service/duration.hpp>

#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

namespace teranga::train {
namespace {

// Under mpirun every stdout claims to be a terminal and no stderr does, so a bar there has to be asked for.
ProgressMode chosen(ProgressMode mode) {
  if (mode != ProgressMode::automatic) return mode;
  return !launched_by_mpi() && isatty(STDERR_FILENO) ? ProgressMode::bar : ProgressMode::plain;
}

// Not of the training, but of the machine that it ran on.
bool is_of_the_machine(std::string_view name) { return name == "seconds" || name == "bytes_read" || name == "samples_per_second" || name.ends_with("_wait"); }

std::string numbers_text(const NamedNumbers& numbers) {
  std::string out;
  for (const auto& [name, value] : numbers) out += is_of_the_machine(name) ? "" : fmt::format("  {} {:.4g}", name, value);
  return out;
}

}  // namespace

Progress::Progress(ProgressMode mode, bool speaks, std::int64_t epochs, std::int64_t steps_per_epoch)
    : mode_(chosen(mode)), speaks_(speaks), epochs_(epochs), steps_per_epoch_(steps_per_epoch) {}

void Progress::begin(std::int64_t steps_before) {
  steps_before_ = steps_before;
  began_ = Clock::now();
}

// How long the run has taken, and how long it will take at the same speed. Evaluations and checkpoints count like steps.
std::string Progress::times(std::int64_t epoch, std::int64_t step_in_epoch) const {
  const std::int64_t all = epochs_ * steps_per_epoch_, done = (epoch - 1) * steps_per_epoch_ + step_in_epoch, now_done = done - steps_before_;
  const double elapsed = std::chrono::duration<double>(Clock::now() - began_).count();
  if (now_done <= 0 || all <= done || elapsed < 1) return {};
  return fmt::format("  {} elapsed, {} left", duration_text(elapsed), duration_text(elapsed / static_cast<double>(now_done) * static_cast<double>(all - done)));
}

bool Progress::due() const {
  if (!speaks_) return false;
  const auto now = Clock::now();
  return now - said_ >= between_lines || (mode_ == ProgressMode::bar && now - drawn_ >= between_bars);
}

void Progress::step(std::int64_t epoch, std::int64_t step_in_epoch, const NamedNumbers& numbers) {
  const auto now = Clock::now();
  if (mode_ == ProgressMode::bar) {
    drawn_ = now;
    constexpr std::int64_t width = 24;
    const std::int64_t filled = width * step_in_epoch / std::max<std::int64_t>(steps_per_epoch_, 1);
    const std::string line = fmt::format("\repoch {}/{} [{}{}] {}/{}{}\033[K", epoch, epochs_, std::string(static_cast<std::size_t>(filled), '='),
                                         std::string(static_cast<std::size_t>(width - filled), ' '), step_in_epoch, steps_per_epoch_, numbers_text(numbers) + times(epoch, step_in_epoch));
    terminal::draw(line);
    bar_drawn_ = true;
  }
  if (now - said_ < between_lines) return;
  said_ = now;
  const std::string text = fmt::format("epoch {}/{} step {}/{}{}", epoch, epochs_, step_in_epoch, steps_per_epoch_, numbers_text(numbers) + times(epoch, step_in_epoch));
  if (mode_ == ProgressMode::plain) log::info(text);
  else log::write_to_file(log::Level::info, text);
}

// A line that people read; the log file has it in every mode.
void Progress::say(const std::string& text) {
  clear_bar();
  if (mode_ == ProgressMode::plain || mode_ == ProgressMode::bar) log::info(text);
  else log::write_to_file(log::Level::info, text);
}

void Progress::clear_bar() {
  if (bar_drawn_) terminal::draw("\r\033[K");
  bar_drawn_ = false;
}

void Progress::epoch(std::int64_t epoch, const NamedNumbers& numbers) {
  said_ = drawn_ = Clock::now();
  if (!speaks_) return;
  if (mode_ == ProgressMode::json) {
    std::string line = fmt::format("{{\"event\":\"epoch\",\"epoch\":{}", epoch);
    for (const auto& [name, value] : numbers) line += fmt::format(",\"{}\":{}", name, number_text(value, true));
    terminal::write(terminal::Stream::output, line + "}\n");
  }
  double seconds = 0, rate = 0, wait = 0;
  for (const auto& [name, value] : numbers) {
    if (name == "seconds") seconds = value;
    if (name == "samples_per_second") rate = value;
    if (name == "data_wait") wait = value;
  }
  // Worth a word only where it costs something.
  const std::string waited = wait >= 0.01 && wait * seconds >= 0.1 ? fmt::format("  ({:.0f} % of it waiting for data)", 100 * wait) : "";
  constexpr double worth_telling = 5;  // seconds of an epoch
  say(fmt::format("epoch {}/{}  {:.{}f} s  {:.0f} samples/s{}{}{}", epoch, epochs_, seconds, seconds < 1 ? 3 : 1, rate, waited, numbers_text(numbers), seconds < worth_telling ? "" : times(epoch, steps_per_epoch_)));
}

void Progress::note(const std::string& text) {
  if (speaks_) say(text);
}

}  // namespace teranga::train
