// SPDX-License-Identifier: Apache-2.0
#include "windows.hpp"

#include <pthread.h>

#include <cstring>

#include <teranga/parallel/thread_setup.hpp>

namespace teranga::data {

Windows::Windows(const Source& source, const LoaderOptions& options, std::int64_t passes) : source_(source), options_(options), passes_(passes) {
  Blocks blocks = source.blocks(options.part);
  if (!options.shuffle) blocks.window = blocks.rows;
  order_ = BlockOrder({source.count(options.part), blocks.rows, blocks.window, blocks.into});
  const std::vector<Field>& fields = source.fields();
  for (Window& window : windows_)
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const bool wanted = options.wanted.empty() || (i < options.wanted.size() && options.wanted[i]);
      window.fields.push_back(wanted ? Buffer(fields[i].bytes() * static_cast<std::size_t>(order_.most_rows())) : Buffer());
    }
}

void Windows::start(OrderPlace from) {
  stop();
  read_ = used_ = 0;
  stopping_ = false;
  thread_ = std::thread([this, from] { run(from); });
}

void Windows::stop() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Windows::take(OrderPlace from, std::int64_t rows, std::vector<std::int64_t>& samples, std::span<void* const> to) {
  for (std::int64_t done = 0; done < rows;) {
    const std::int64_t position = from.position + done;
    const Window* window = window_at({from.pass, position});
    if (!window) return false;
    const std::int64_t here = std::min(rows - done, window->end - position);
    const std::int64_t* order = window->order.data() + (position - window->begin);
    for (std::int64_t i = 0; i < here; ++i) samples.push_back(window->samples[static_cast<std::size_t>(order[i])]);
    for (std::size_t f = 0; f < to.size(); ++f) {
      if (!to[f]) continue;
      const std::size_t bytes = source_.fields()[f].bytes();
      const auto* base = static_cast<const std::byte*>(window->fields[f].data());
      auto* out = static_cast<std::byte*>(to[f]) + static_cast<std::size_t>(done) * bytes;
      for (std::int64_t i = 0; i < here; ++i, out += bytes) std::memcpy(out, base + static_cast<std::size_t>(order[i]) * bytes, bytes);
    }
    done += here;
  }
  return true;
}

// The window that holds the position, when it is read; those before it are given back.
Windows::Window* Windows::window_at(OrderPlace at) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || read_ > used_; });
    if (stopping_) return nullptr;
    Window& window = windows_[static_cast<std::size_t>(used_) % windows_.size()];
    if (window.failure) std::rethrow_exception(window.failure);
    if (window.pass == at.pass && at.position < window.end) return &window;
    ++used_;
    changed_.notify_all();
  }
}

Windows::Window* Windows::free_window() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stopping_ || read_ - used_ < static_cast<std::int64_t>(windows_.size()); });
  return stopping_ ? nullptr : &windows_[static_cast<std::size_t>(read_) % windows_.size()];
}

void Windows::run(OrderPlace at) noexcept {
  pthread_setname_np(pthread_self(), "teranga-read");
  prepare_this_thread();
  std::int64_t ordered = -1;
  while (Window* window = free_window()) {
    window->failure = nullptr;
    try {
      if (at.position >= source_.count(options_.part)) at = {at.pass + 1, 0};
      if (passes_ > 0 && at.pass >= passes_) return;
      if (ordered != at.pass) order_.assign(options_.seed, ordered = at.pass, options_.shuffle);
      const std::int64_t number = order_.window_of(at.position);
      window->pass = at.pass;
      if (!read(*window, number)) return;
      at.position = window->end;
    } catch (...) {
      window->failure = std::current_exception();
    }
    const bool failed = window->failure != nullptr;
    {
      const std::lock_guard lock(mutex_);
      ++read_;
    }
    changed_.notify_all();
    if (failed) return;
  }
}

bool Windows::read(Window& window, std::int64_t number) {
  window.begin = order_.begin(number);
  window.end = order_.end(number);
  order_.order(number, window.order);
  order_.runs(number, runs_);
  window.samples.clear();
  std::vector<void*> to(window.fields.size());
  for (const BlockOrder::Run& run : runs_) {
    const std::size_t row = window.samples.size();
    for (std::int64_t i = 0; i < run.rows; ++i) window.samples.push_back(run.first + i);
    for (std::size_t f = 0; f < to.size(); ++f)
      to[f] = window.fields[f].size() ? static_cast<std::byte*>(window.fields[f].data()) + row * source_.fields()[f].bytes() : nullptr;
    source_.fill(options_.part, std::span(window.samples).subspan(row), to);
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
  }
  return true;
}

}  // namespace teranga::data
