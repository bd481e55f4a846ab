// SPDX-License-Identifier: Apache-2.0
// Batches of one part, made ahead on a thread of its own: a ring of buffers that is allocated once, epoch after epoch without a pause
// between them, from any cursor. All samples of a batch are of one bucket of the source. A data set that fails is heard of where its batch would have
// come.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include <teranga/data/order.hpp>
#include <teranga/data/source.hpp>
#include <teranga/parallel/profile.hpp>

namespace teranga::data {

// How far the data are used up: `sample` samples of `epoch` (0-based) have been seen by all ranks together.
struct Cursor {
  std::int64_t epoch = 0;
  std::int64_t sample = 0;
};

struct LoaderOptions {
  Part part = Part::training;
  std::int64_t batch_size = 32;      // global: over all ranks
  bool shuffle = true;               // evaluation: false, which is file order
  std::uint64_t seed = 0;
  bool random = false;               // data sets may change samples at random, in every pass otherwise: of a training
  // An epoch ends after so many batches; 0: when every sample was seen. Epochs go on through the data: the next one begins behind the last batch of the one
  // before. A pass, with a new order of samples, begins when every sample was seen, and with it an epoch: so the last epoch of a pass may be shorter.
  std::int64_t steps_per_epoch = 0;
  std::int64_t epochs = 0;           // the number of the epoch before which it ends; 0: never
  RankOf who = {};
  int ahead = 2;                     // batches made ahead
  std::vector<bool> wanted = {};     // by field; empty: all
  bool buckets = true;               // false: all samples are padded to the longest one, and come in the order of the epoch alone
};

// This rank's rows of one global batch.
struct Batch {
  Cursor begin;                 // before it
  Cursor end;                   // after it: what a checkpoint stores
  std::int64_t step = 0;        // within the epoch, 0-based
  bool last_of_epoch = false;
  std::int64_t global_rows = 0;
  std::int64_t first_row = 0;   // of the global batch
  std::int64_t rows = 0;        // of this rank, may be 0
  std::size_t bucket = 0;       // of the source
  std::int64_t bytes_read = 0;  // of files, by this rank: what was read ahead counts in the first batch that needs it
  Ticks filled_from = 0, filled_to = 0;  // when it was made
  std::span<const std::uint64_t> sample_ids;  // one a row
  std::span<const trg_tensor> fields;         // one a field of the source, of that bucket: [rows, ...], 64-byte aligned; null data: not wanted
};

class Loader {
 public:
  // The source must outlive it. Several loaders of one source take turns at filling. Throws Error(usage) where the part has no samples.
  Loader(const Source& source, LoaderOptions options);
  ~Loader();
  Loader(const Loader&) = delete;
  Loader& operator=(const Loader&) = delete;

  std::int64_t steps_per_epoch() const noexcept;  // of the longest epochs
  std::int64_t steps_per_pass() const noexcept;   // until every sample was seen

  // Begins there (again), and gives the place of the first batch: of an epoch that is used up, the begin of the next one. Without it, next() begins at the front.
  Cursor start(Cursor from);
  // The next batch, valid until the next call; nullptr after the last one of `epochs`. Throws what the data set threw.
  const Batch* next();
  void stop() noexcept;  // next() then gives nullptr until start()

 private:
  class Ring;
  std::unique_ptr<Ring> ring_;
};

}  // namespace teranga::data
