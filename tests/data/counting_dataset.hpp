// SPDX-License-Identifier: Apache-2.0
// A data set written against the sdk that hands out sample numbers, so that tests see which sample came where; it fails where it is told to.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/sdk/dataset.hpp>

namespace teranga::test {

struct Counting {
  std::int64_t training = 10, validation = 0, test = 0;
  std::int64_t fails_at = -1;  // this sample cannot be read
  std::int64_t naps = 0;       // microseconds a batch
  std::vector<sdk::Field> fields = {{.name = "x", .shape = {2, 3}}, {.name = "y", .role = TRG_TARGET, .type = TRG_I32, .classes = 4}};
  std::vector<std::int64_t> buckets = {};  // fields of shape -1 are as long as these; a sample needs length_of() of it
  std::int64_t block = 0, window = 0;            // of the training part, where it is not held
  bool draws = false;                            // x is a number of the sample's stream, and of the epoch
  mutable std::atomic<std::int64_t> fills = 0;
  std::vector<std::int64_t> learnt_from = {};
  std::string restored = {};
  mutable std::atomic<int> filling = 0, most_filling = 0;  // threads in fill, now and at most

  struct Filling {
    const Counting& counting;
    explicit Filling(const Counting& of) : counting(of) {
      if (const int now = ++counting.filling; now > counting.most_filling) counting.most_filling = now;
    }
    ~Filling() { --counting.filling; }
  };

  explicit Counting(std::int64_t samples) : training(samples) {}
  explicit Counting(const sdk::Options&) {}
  static sdk::Info info() { return {.name = "test.counting"}; }
  static std::int64_t length_of(std::int64_t sample) { return sample * 5 % 13; }

  void describe(sdk::Description& description) const {
    if (training) description.count(TRG_TRAIN, training);
    if (validation) description.count(TRG_VALIDATION, validation);
    if (test) description.count(TRG_TEST, test);
    for (const sdk::Field& field : fields) description.field(field);
    for (const std::int64_t length : buckets) description.bucket(length);
    if (block) description.blocks(TRG_TRAIN, block, window);
  }
  std::string fit(std::span<const std::int64_t> samples) {
    learnt_from.assign(samples.begin(), samples.end());
    fields[1].classes = 7;
    return {"learnt\0bytes", 12};
  }
  void restore(std::string_view bytes) { restored = bytes; }
  void measure(std::int32_t, std::span<const std::int64_t> samples, std::int64_t* lengths) const {
    const Filling here(*this);
    std::transform(samples.begin(), samples.end(), lengths, length_of);
  }
  void fill(const sdk::Batch& batch) const {
    const Filling here(*this);
    ++fills;
    if (naps) std::this_thread::sleep_for(std::chrono::microseconds(naps));
    for (std::int64_t row = 0; row < batch.rows(); ++row) {
      const std::int64_t sample = batch.sample(row);
      if (sample == fails_at) throw sdk::DataError("samples.bin", "expected 6 numbers, found 5", sample, "fetch the file again");
      const std::int64_t values = batch.extent(0, 1) * batch.extent(0, 2);
      const std::uint64_t drawn = (batch.stream(row).key ^ batch.stream(row).row * 0x9E3779B97F4A7C15u) * 0xBF58476D1CE4E5B9u >> 44;
      if (batch.wanted(0) && draws) std::fill_n(batch.field<float>(0) + row * values, values, static_cast<float>(batch.augments() ? drawn : 0) + 0.125F * static_cast<float>(batch.epoch()));
      else if (batch.wanted(0)) std::fill_n(batch.field<float>(0) + row * values, values, static_cast<float>(sample + 1000 * batch.part()));
      if (batch.wanted(1)) batch.field<std::int32_t>(1)[row] = static_cast<std::int32_t>(sample);
    }
  }
};

inline data::Source source_of(const std::shared_ptr<Counting>& dataset, data::Split split = {}) {
  return data::Source("counting", sdk::detail::DatasetAdapter<Counting>::calls, dataset, split);
}

}  // namespace teranga::test
