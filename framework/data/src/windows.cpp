// SPDX-License-Identifier: Apache-2.0
#include "windows.hpp"

#include <pthread.h>

#include <chrono>
#include <cstring>

#include <teranga/core/error.hpp>
#include <teranga/core/needed_thread.hpp>
#include <teranga/parallel/thread_setup.hpp>

namespace teranga::data {

namespace {

constexpr auto look_again = std::chrono::microseconds(500);  // at what other ranks have done

}  // namespace

Windows::Windows(const Source& source, const LoaderOptions& options, std::int64_t passes) : source_(source), options_(options), passes_(passes) {
  const std::shared_ptr<NodeMemory> node = options.who.ranks > 1 ? source.node() : nullptr;
  Blocks blocks = source.blocks(options.part);
  // In file order one block is enough, and one for each rank keeps all of them busy.
  if (!options.shuffle) blocks.window = std::min(std::max(blocks.window, blocks.rows), blocks.rows * (node ? node->processes() : 1));
  order_ = BlockOrder({source.count(options.part), blocks.rows, blocks.window, blocks.into});
  for (Window& window : windows_) window.fields.resize(source.fields().size());
  std::size_t bytes = 0;
  for (const std::size_t field : field_bytes()) bytes += in_whole_lines(field);
  if (node) {
    node_.emplace(node, bytes);
    return;
  }
  for (std::size_t half = 0; half < 2; ++half) place(half, static_cast<std::byte*>(own_.emplace_back(bytes).data()));
}

std::vector<std::size_t> Windows::field_bytes() const {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < source_.fields().size(); ++i) {
    const bool wanted = options_.wanted.empty() || (i < options_.wanted.size() && options_.wanted[i]);
    out.push_back(wanted ? source_.fields()[i].bytes() * static_cast<std::size_t>(order_.most_rows()) : 0);
  }
  return out;
}

void Windows::place(std::size_t half, std::byte* memory) {
  const std::vector<std::size_t> bytes = field_bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    windows_[half].fields[i] = bytes[i] ? memory : nullptr;
    memory += in_whole_lines(bytes[i]);
  }
}

void Windows::start(OrderPlace from) {
  stop();
  if (node_) {
    node_->begin();
    for (std::size_t half = 0; half < 2; ++half) place(half, node_->memory(static_cast<std::int64_t>(half)));
  }
  read_ = used_ = bytes_read_ = 0;
  needed_ = from;
  ordered_ = -1;
  stopping_ = false;
  thread_ = needed_thread("to read the data", [this, from] { run(from); });
}

void Windows::interrupt() noexcept {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

void Windows::stop() noexcept {
  interrupt();
  if (!thread_.joinable()) return;
  thread_.join();
  if (node_) node_->end();
}

bool Windows::stops() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

bool Windows::take(OrderPlace from, std::int64_t rows, std::vector<std::int64_t>& samples, std::span<void* const> to) {
  if (rows == 0 && node_) release(from);
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
      const std::byte* base = window->fields[f];
      auto* out = static_cast<std::byte*>(to[f]) + static_cast<std::size_t>(done) * bytes;
      for (std::int64_t i = 0; i < here; ++i, out += bytes) std::memcpy(out, base + static_cast<std::size_t>(order[i]) * bytes, bytes);
    }
    done += here;
  }
  return true;
}

// The window that holds the position, when it is read; those before it are given back.
Windows::Window* Windows::window_at(OrderPlace at) {
  Window* window = nullptr;
  {
    std::unique_lock lock(mutex_);
    needed_ = at;
    changed_.wait(lock, [&] {
      give_back();
      return stopping_ || read_ > used_;
    });
    if (stopping_) return nullptr;
    window = &windows_[static_cast<std::size_t>(used_) % windows_.size()];
    if (window->failure) std::rethrow_exception(window->failure);
    bytes_read_ += std::exchange(window->bytes_read, 0);
  }
  return node_ && !await_others(*window) ? nullptr : window;
}

// A rank without rows keeps nobody waiting for the windows that it does not read.
void Windows::release(OrderPlace before) {
  const std::lock_guard lock(mutex_);
  needed_ = before;
  give_back();
}

// With the mutex held: the windows that were read and end before what is needed.
void Windows::give_back() {
  const std::int64_t before = used_;
  for (; read_ > used_; ++used_) {
    Window& window = windows_[static_cast<std::size_t>(used_) % windows_.size()];
    if (window.failure || window.pass > needed_.pass || (window.pass == needed_.pass && window.end > needed_.position)) break;
    bytes_read_ += std::exchange(window.bytes_read, 0);
  }
  if (used_ == before) return;
  if (node_) node_->used_before(used_);
  changed_.notify_all();
}

std::int64_t Windows::take_bytes_read() noexcept {
  const std::lock_guard lock(mutex_);
  return std::exchange(bytes_read_, 0);
}

// Until the parts of all ranks are there; that of a rank which has ended its run is read here. False: it was stopped.
bool Windows::await_others(Window& window) {
  for (int rank = 0; rank < node_->ranks(); ++rank)
    while (!node_->is_there(used_, rank)) {
      if (stops()) return false;
      node_->check(used_);
      if (!node_->has_left(rank)) {
        std::this_thread::sleep_for(look_again);
      } else if (!node_->is_there(used_, rank)) {
        if (!read(window, rank)) return false;
        node_->wrote(used_, rank);
      }
    }
  return true;
}

Windows::Window* Windows::free_window() {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || read_ - used_ < static_cast<std::int64_t>(windows_.size()); });
  }
  while (node_ && !stops() && !node_->is_free(read_)) std::this_thread::sleep_for(look_again);
  return stops() ? nullptr : &windows_[static_cast<std::size_t>(read_) % windows_.size()];
}

// Which window comes there, and which samples lie in it. False: there are no more.
bool Windows::prepare(Window& window, OrderPlace& at) {
  if (at.position >= source_.count(options_.part)) at = {at.pass + 1, 0};
  if (passes_ > 0 && at.pass >= passes_) return false;
  if (ordered_ != at.pass) order_.assign(options_.seed, ordered_ = at.pass, options_.shuffle);
  window.number = order_.window_of(at.position);
  window.pass = at.pass;
  window.begin = order_.begin(window.number);
  window.end = order_.end(window.number);
  window.bytes_read = 0;
  order_.order(window.number, window.order);
  order_.runs(window.number, window.runs);
  window.samples.clear();
  for (const BlockOrder::Run& run : window.runs)
    for (std::int64_t i = 0; i < run.rows; ++i) window.samples.push_back(run.first + i);
  at.position = window.end;
  return true;
}

void Windows::run(OrderPlace at) noexcept {
  pthread_setname_np(pthread_self(), "teranga-read");
  prepare_this_thread();
  while (Window* window = free_window()) {
    window->failure = nullptr;
    try {
      if (!prepare(*window, at) || !read(*window, node_ ? node_->rank() : 0)) return;
      if (node_) node_->wrote(read_, node_->rank());
    } catch (const Error& error) {
      if (node_) node_->failed(read_, error);
      window->failure = std::current_exception();
    } catch (...) {
      window->failure = std::current_exception();
    }
    const bool failed = window->failure != nullptr;
    {
      const std::lock_guard lock(mutex_);
      ++read_;
      give_back();
    }
    changed_.notify_all();
    if (failed) return;
  }
}

// The blocks of that rank's part: ranks take turns, by the place of a block in the order of the pass. False: it was stopped.
bool Windows::read(Window& window, int rank) {
  std::vector<void*> to(window.fields.size());
  const std::int64_t first = window.number * order_.blocks_of_window(), ranks = node_ ? node_->ranks() : 1;
  const Draws draws = options_.random ? source_.draws_of(options_.seed, window.pass) : Draws();
  std::size_t row = 0;
  for (std::size_t block = 0; block < window.runs.size(); row += static_cast<std::size_t>(window.runs[block++].rows)) {
    if ((first + static_cast<std::int64_t>(block)) % ranks != rank) continue;
    for (std::size_t f = 0; f < to.size(); ++f) to[f] = window.fields[f] ? window.fields[f] + row * source_.fields()[f].bytes() : nullptr;
    window.bytes_read += source_.fill(options_.part, std::span(window.samples).subspan(row, static_cast<std::size_t>(window.runs[block].rows)), to, draws);
    if (stops()) return false;
  }
  return true;
}

}  // namespace teranga::data
