// SPDX-License-Identifier: Apache-2.0
// The host's side of one opened data set: its parts and fields, what it learnt, and its samples by number. Where the recipe asks for it,
// the last samples of the training part become the validation part, or one of the folds that they are divided into. Batches, order and threads are the loader's business.
//
// Samples may be of several lengths: then there are buckets, each a length that the samples of a batch are padded to, numbered from the shortest.
// Where nothing is said of them, all are of the longest; a data set whose samples have one shape has one bucket.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <teranga/host/instance.hpp>
#include <teranga/sdk/c/dataset.h>
#include <teranga/tensor/node_memory.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::data {

enum class Part : std::int32_t { training = TRG_TRAIN, validation = TRG_VALIDATION, test = TRG_TEST };
enum class Role : std::int32_t { feature = TRG_FEATURE, target = TRG_TARGET, sample_weight = TRG_SAMPLE_WEIGHT };

inline constexpr std::array<Part, 3> all_parts = {Part::training, Part::validation, Part::test};

const char* to_string(Part part) noexcept;

// A column of the samples.
struct Field {
  std::string name;
  Role role = Role::feature;
  ElementType type = ElementType::f32;
  Shape shape;               // of one sample; empty: a scalar
  std::int64_t classes = 0;  // of a target that is a class number, how many there are; of a feature of ids, ids are below it; 0: neither, or not known
  std::vector<std::string> class_names;  // of ids, what they stand for
  bool absent = false;       // new samples come without it, and it cannot be filled
  std::vector<std::string> columns = {};  // what the data call the elements of the last axis; one: all of the field; empty: it is not told
  // A number n stands for offset + scale * n of the data: one for each element of the last axis, of a scalar one; empty: numbers are those of the data.
  std::vector<double> offsets = {}, scales = {};

  std::int64_t elements() const { return element_count(shape); }
  std::size_t bytes() const { return static_cast<std::size_t>(elements()) * size_of(type); }
};

// How a part that is too large to be held is read: whole blocks, as many as make a window, which samples are shuffled among.
struct Blocks {
  std::int64_t rows = 0;    // of a block; 0: the data set holds the part, and gives its samples in any order
  std::int64_t window = 0;  // samples
  std::int64_t into = 0;    // samples of the first block that are not of this part: it is shorter by so many

  explicit operator bool() const noexcept { return rows > 0; }
};

// What the recipe asks for beyond the data set itself.
struct Split {
  double validation_split = 0.0;  // [0, 1): the last samples of the training part, before shuffling, as Keras does
  std::int64_t fold = 0, folds = 0;  // of cross-validation: the validation part is the fold-th of so many folds of the training samples, from 1; 0: none
  std::int64_t limit = 0;         // at most so many training samples, the first ones, before the split; 0: all. Other parts stay whole
};

// What a data set that changes samples at random (augmentation) draws by.
struct Draws {
  std::uint64_t key = 0;   // of seed, pass and data set; 0: samples come as they are
  std::int64_t pass = 0;   // over all samples, 0-based
};

class Source {
 public:
  // `dataset` is what `calls.create` gave, with whatever keeps it and its library alive; `name` is for messages ("idx"). Throws Error:
  // data where the data set refuses, usage where the split cannot be made, plugin where the description makes no sense.
  Source(std::string name, const trg_dataset_calls& calls, std::shared_ptr<void> dataset, Split split = {});
  explicit Source(host::Dataset dataset, Split split = {});

  const std::string& name() const noexcept { return name_; }
  const std::vector<Field>& fields() const noexcept { return fields_.back(); }
  const std::vector<Field>& fields(std::size_t bucket) const { return fields_[bucket]; }
  std::size_t bucket_count() const noexcept { return fields_.size(); }
  const std::vector<std::int64_t>& buckets() const noexcept { return buckets_; }  // their lengths; empty: samples have no own length
  // Index of the only field of that role, if there is one; throws Error(usage) where there are several.
  std::optional<std::size_t> only_field(Role role) const;
  const Field& field(std::string_view name) const;  // throws Error(usage) naming the ones there are
  bool has(Part part) const noexcept { return counts_[static_cast<std::size_t>(part)] > 0; }
  std::int64_t count(Part part) const noexcept { return counts_[static_cast<std::size_t>(part)]; }  // samples; 0: no such part

  // Learns from the training samples that are left after the split; every rank does it alike. The bytes belong in the checkpoint. Fields
  // may change (number of classes, width), so call it, or restore, before anything reads them.
  std::string fit();
  void restore(std::string_view bytes);

  Blocks blocks(Part part) const noexcept;

  // Of each sample of the part, the smallest bucket that holds it, or the longest; empty where there is one bucket. Depends on what was learnt.
  std::vector<std::size_t> buckets_of(Part part) const;

  // Random streams are keyed by it: stays the same whatever the split's part is called.
  std::uint64_t sample_id(Part part, std::int64_t sample) const noexcept;

  // Of a pass of a training. A sample's draws are those of (key, number of the sample), so they are the same on any rank, whenever it is read.
  Draws draws_of(std::uint64_t seed, std::int64_t pass) const noexcept;

  // Writes rows of those samples (numbers within the part); one pointer a field to [samples.size(), ...] of that bucket, null: not wanted. Any
  // thread may call it: the data set itself is asked by one at a time. Gives the bytes of files that were read for it, as far as the data set tells. Throws Error
  // with file and record.
  std::int64_t fill(Part part, std::span<const std::int64_t> samples, std::span<void* const> fields, std::size_t bucket, Draws draws = {}) const;
  std::int64_t fill(Part part, std::span<const std::int64_t> samples, std::span<void* const> of_longest, Draws draws = {}) const { return fill(part, samples, of_longest, bucket_count() - 1, draws); }
  bool tells_bytes_read() const;

  // Ranks on one node that share memory read blocks together: loaders of several ranks take it from here. All ranks on the node make such loaders, in the same order.
  void share(std::shared_ptr<NodeMemory> node) noexcept { node_ = std::move(node); }
  const std::shared_ptr<NodeMemory>& node() const noexcept { return node_; }

  // An optional ability of the data set by id and revision, or null; what it offers is called through call(), which throws what is reported.
  const void* extension(const char* id) const;
  void call(const char* name, const std::function<std::int32_t(void* dataset, trg_error* error)>& body) const;

 private:
  // Where the samples of a part are in those of the data set: one behind the other from `first` on, or as `picked` says.
  struct Where {
    std::int32_t part;
    std::int64_t first;
    const std::vector<std::int64_t>* picked = nullptr;

    std::int64_t operator()(std::int64_t sample) const { return picked ? (*picked)[static_cast<std::size_t>(sample)] : first + sample; }
  };
  Where where(Part part) const noexcept;
  std::vector<std::int64_t> numbers_of(Part part) const;
  void divide_into_folds();
  std::vector<std::int64_t> class_of_each(std::size_t field) const;
  void describe();
  void divide();
  void check_field(const Field& field) const;
  void check_buckets(const std::vector<Field>& fields, const std::vector<std::int64_t>& buckets) const;
  void check(std::int32_t status, const trg_error& error) const;

  std::string name_;
  const trg_dataset_calls* calls_;
  std::shared_ptr<void> dataset_;
  std::shared_ptr<std::mutex> filling_ = std::make_shared<std::mutex>();  // the border promises one fill at a time
  std::shared_ptr<NodeMemory> node_;
  Split split_;
  std::vector<std::vector<Field>> fields_;  // by bucket
  std::vector<std::int64_t> buckets_;
  std::array<std::int64_t, 3> counts_{};
  std::array<Blocks, 3> told_blocks_{};  // of the data set's own parts
  bool split_off_ = false;  // the validation part is the end of the training part
  std::array<std::vector<std::int64_t>, 2> picked_;  // of folds: the training and the validation samples
};

}  // namespace teranga::data
