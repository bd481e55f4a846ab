// SPDX-License-Identifier: Apache-2.0
// A ring of batches between the thread that fills and the thread that trains. The consumer holds one slot, `ahead` more are being filled
// or wait; nothing is allocated after the first order of samples.
#include <teranga/data/loader.hpp>

#include <pthread.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include <teranga/core/error.hpp>
#include <teranga/core/needed_thread.hpp>
#include <teranga/parallel/thread_setup.hpp>
#include <teranga/tensor/buffer.hpp>

#include "windows.hpp"

namespace teranga::data {

namespace {

std::size_t slot_bytes(const Field& field, std::int64_t rows) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(field.bytes(), static_cast<std::size_t>(std::max<std::int64_t>(rows, 1)), &bytes))
    throw Error(ExitCode::usage, fmt::format("batch_size: a batch of {} rows of the field \"{}\" is beyond all memory", rows, field.name));
  return std::max<std::size_t>(bytes, 1);
}

LoaderOptions checked(LoaderOptions options) {
  if (options.batch_size < 1) throw Error(ExitCode::usage, fmt::format("batch_size: expected at least 1, found {}", options.batch_size));
  return options;
}

}  // namespace

class Loader::Ring {
  // Memory of one batch.
  struct Slot {
    Batch batch;
    std::vector<Buffer> buffers;           // one a field; empty: not wanted
    std::vector<void*> pointers;
    std::vector<trg_tensor> tensors;
    std::vector<std::vector<std::int64_t>> shapes;
    std::vector<std::int64_t> samples;
    std::vector<std::uint64_t> ids;
    bool end = false;                      // instead of a batch
    std::exception_ptr failure;            // instead of a batch
  };

 public:
  Ring(const Source& source, LoaderOptions options)
      : source_(source),
        options_(checked(std::move(options))),
        count_(source.count(options_.part)),
        order_(options_.batch_size, count_, options_.buckets ? source.buckets_of(options_.part) : std::vector<std::size_t>()) {
    if (count_ == 0)
      throw Error(ExitCode::usage, fmt::format("data set \"{}\": expected a {} part, found none", source.name(), to_string(options_.part)));
    steps_ = options_.steps_per_epoch > 0 ? std::min(order_.batches(), options_.steps_per_epoch) : order_.batches();
    epochs_of_pass_ = (order_.batches() + steps_ - 1) / steps_;
    const std::int64_t unit = options_.who.unit;  // of a shorter batch another rank may have the last one, which is not whole
    most_rows_ = share_of((std::min(options_.batch_size, count_) + unit - 1) / unit * unit, options_.who).rows;
    slots_.resize(static_cast<std::size_t>(std::max(options_.ahead, 1)) + 1);
    for (Slot& slot : slots_) prepare(slot);
    if (source.blocks(options_.part)) windows_.emplace(source, options_, (options_.epochs + epochs_of_pass_ - 1) / epochs_of_pass_);
  }
  ~Ring() { stop(); }

  std::int64_t steps() const noexcept { return steps_; }
  std::int64_t steps_of_pass() const noexcept { return order_.batches(); }

  Cursor start(Cursor from) {
    stop();
    if (from.epoch < 0 || from.sample < 0 || from.sample > count_)
      throw Error(ExitCode::usage, fmt::format("cannot go on at epoch {}, sample {}: the {} part has {} samples", from.epoch, from.sample, to_string(options_.part), count_));
    made_ = taken_ = 0;
    holding_ = finished_ = stopping_ = false;
    const Cursor at = whole(from);
    if (windows_) windows_->start(place_of(at));
    thread_ = needed_thread("to read the data", [this, at] { run(at); });
    return at;
  }

  const Batch* next() {
    if (!thread_.joinable() && !finished_) start({});
    std::unique_lock lock(mutex_);
    if (finished_) return nullptr;
    if (holding_) {
      holding_ = false;
      ++taken_;
      changed_.notify_all();
    }
    changed_.wait(lock, [&] { return made_ > taken_; });
    Slot& slot = slots_[static_cast<std::size_t>(taken_) % slots_.size()];
    if (slot.failure || slot.end) {
      finished_ = true;
      if (slot.failure) std::rethrow_exception(slot.failure);
      return nullptr;
    }
    holding_ = true;
    return &slot.batch;
  }

  void stop() noexcept {
    finished_ = true;
    if (!thread_.joinable()) return;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    if (windows_) windows_->interrupt();
    thread_.join();
    if (windows_) windows_->stop();
  }

 private:
  // Where an epoch begins in the order of its pass, and how many samples it has.
  std::int64_t begin_of(std::int64_t epoch) const noexcept { return order_.rows_of_first(epoch % epochs_of_pass_ * steps_); }
  std::int64_t rows_of(std::int64_t epoch) const noexcept { return order_.rows_of_first((epoch % epochs_of_pass_ + 1) * steps_) - begin_of(epoch); }
  OrderPlace place_of(Cursor at) const noexcept { return {at.epoch / epochs_of_pass_, begin_of(at.epoch) + at.sample}; }
  // An epoch that is used up is the begin of the next one.
  Cursor whole(Cursor at) const noexcept { return at.sample >= rows_of(at.epoch) ? Cursor{at.epoch + 1, 0} : at; }

  void prepare(Slot& slot) {
    const std::vector<Field>& fields = source_.fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const bool wanted = options_.wanted.empty() || (i < options_.wanted.size() && options_.wanted[i]);
      slot.buffers.push_back(wanted ? Buffer(slot_bytes(fields[i], most_rows_)) : Buffer());
      slot.pointers.push_back(wanted ? slot.buffers.back().data() : nullptr);
      slot.shapes.push_back(fields[i].shape);
      slot.shapes.back().insert(slot.shapes.back().begin(), 0);
    }
    for (std::size_t i = 0; i < fields.size(); ++i)
      slot.tensors.push_back({slot.pointers[i], slot.shapes[i].data(), static_cast<std::int32_t>(slot.shapes[i].size()), static_cast<std::int32_t>(fields[i].type)});
    slot.samples.reserve(static_cast<std::size_t>(most_rows_));
    slot.ids.reserve(static_cast<std::size_t>(most_rows_));
  }

  void run(Cursor at) noexcept {
    pthread_setname_np(pthread_self(), "teranga-data");
    std::exception_ptr failure;
    try {
      prepare_this_thread();
      std::int64_t ordered = -1;
      while (Slot* slot = free_slot()) {
        at = whole(at);
        const bool end = options_.epochs > 0 && at.epoch >= options_.epochs;
        slot->end = end;
        slot->failure = nullptr;
        if (!end) {
          if (const std::int64_t pass = place_of(at).pass; ordered != pass) {
            order_.assign(options_.seed, pass, options_.shuffle && !windows_);
            ordered = pass;
          }
          if (!fill(*slot, at)) return;
          at = slot->batch.end;
        }
        // Other ranks may still read for their last batches, while this one waits for them with what it has.
        if (end && windows_) windows_->stop();
        hand_over();
        if (end) return;
      }
      return;
    } catch (...) {
      failure = std::current_exception();
    }
    if (Slot* slot = free_slot()) {
      slot->failure = failure;
      hand_over();
    }
  }

  // False: it was stopped.
  bool fill(Slot& slot, Cursor at) {
    Batch& batch = slot.batch;
    batch.filled_from = ticks_now();
    const OrderPlace place = place_of(at);
    const Cut cut = order_.cut(place.position);
    const std::int64_t global = std::min(cut.rows, rows_of(at.epoch) - at.sample);
    const Share share = share_of(global, options_.who);
    batch.begin = at;
    batch.end = {at.epoch, at.sample + global};
    batch.step = cut.batch - at.epoch % epochs_of_pass_ * steps_;
    batch.last_of_epoch = batch.end.sample >= rows_of(at.epoch);
    batch.global_rows = global;
    batch.first_row = share.first_row;
    batch.rows = share.rows;
    batch.bucket = options_.buckets ? cut.bucket : source_.bucket_count() - 1;
    slot.samples.clear(), slot.ids.clear();
    if (windows_) {
      if (!windows_->take({place.pass, place.position + share.first_row}, share.rows, slot.samples, slot.pointers)) return false;
    } else {
      for (std::int64_t row = 0; row < share.rows; ++row) slot.samples.push_back(order_[place.position + share.first_row + row]);
    }
    for (const std::int64_t sample : slot.samples) slot.ids.push_back(source_.sample_id(options_.part, sample));
    for (std::size_t i = 0; i < slot.shapes.size(); ++i) {
      slot.shapes[i][0] = share.rows;
      std::ranges::copy(source_.fields(batch.bucket)[i].shape, slot.shapes[i].begin() + 1);
    }
    const Draws draws = options_.random ? source_.draws_of(options_.seed, place.pass) : Draws();
    batch.bytes_read = windows_ ? windows_->take_bytes_read() : source_.fill(options_.part, slot.samples, slot.pointers, batch.bucket, draws);
    batch.sample_ids = slot.ids;
    batch.fields = slot.tensors;
    batch.filled_to = ticks_now();
    return true;
  }

  // Waits for a slot that neither waits nor is held; nullptr: stop.
  Slot* free_slot() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return stopping_ || made_ - taken_ < static_cast<std::int64_t>(slots_.size()); });
    return stopping_ ? nullptr : &slots_[static_cast<std::size_t>(made_) % slots_.size()];
  }

  void hand_over() {
    {
      const std::lock_guard lock(mutex_);
      ++made_;
    }
    changed_.notify_all();
  }

  const Source& source_;
  const LoaderOptions options_;
  const std::int64_t count_;
  std::int64_t steps_ = 0, epochs_of_pass_ = 1, most_rows_ = 0;
  std::vector<Slot> slots_;
  BatchOrder order_;  // of the filling thread; of what is read by windows, the cuts alone
  std::optional<Windows> windows_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t made_ = 0, taken_ = 0;  // batches; the one that the consumer holds is not taken yet
  bool holding_ = false, finished_ = false, stopping_ = false;
  std::thread thread_;
};

Loader::Loader(const Source& source, LoaderOptions options) : ring_(std::make_unique<Ring>(source, std::move(options))) {}
Loader::~Loader() = default;

std::int64_t Loader::steps_per_epoch() const noexcept { return ring_->steps(); }
std::int64_t Loader::steps_per_pass() const noexcept { return ring_->steps_of_pass(); }
Cursor Loader::start(Cursor from) { return ring_->start(from); }
const Batch* Loader::next() { return ring_->next(); }
void Loader::stop() noexcept { ring_->stop(); }

}  // namespace teranga::data
