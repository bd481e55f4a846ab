// SPDX-License-Identifier: Apache-2.0
// The samples that a prediction is made for: prepared by the data set of the recipe as those of the training were, or arrays that already are what the
// network takes.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <teranga/core/spoken_name.hpp>
#include <teranga/data/source.hpp>
#include <teranga/model/field.hpp>
#include <teranga/train/predict.hpp>
#include <teranga/train/restored.hpp>

#include "infer/prediction_file.hpp"

namespace teranga::train {

// Throws Error(data) where one of the paths of --input leads nowhere.
void require_inputs(const std::string& command, const std::vector<std::string>& paths);

// What a command is given that reads new samples.
struct InputAsked {
  std::string command, checkpoint;
  std::string path;  // for messages
};
// Throws Error(usage): the file's name is of a kind that the recipe's data set does not read. `arrays`: the command reads these as well.
[[noreturn]] void refuse_input(const Restored& restored, const InputAsked& asked, const std::string& arrays);
// Throws so for evaluate, where another data set reads files of such a name.
void require_own_files(const Restored& restored, const std::string& checkpoint, const std::vector<std::string>& paths);

// A file that goes with this object.
class TemporaryFile {
 public:
  TemporaryFile() = default;
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  bool exists() const noexcept { return !path_.empty(); }
  const std::string& path() const noexcept { return path_; }
  bool make(const std::string& folder);  // an empty one; whether it could

 private:
  std::string path_;
};

class PredictionInput {
 public:
  // `of_calls`: the network takes what another network gives, which no data set prepares. Throws Error(usage, data).
  PredictionInput(const Restored& restored, const PredictOptions& options, bool of_calls);
  PredictionInput(const PredictionInput&) = delete;
  PredictionInput& operator=(const PredictionInput&) = delete;

  // Whether the samples have all fields of the training, in their order; else one feature alone, the first field of the source.
  bool prepared() const noexcept { return prepared_; }
  const data::Source& source() const noexcept { return *source_; }
  data::Part part() const noexcept { return prepared_ ? data::Part::test : data::Part::training; }
  const std::string& name() const noexcept { return name_; }  // for messages
  // Writes samples of the part that fields() of the source tell. Throws Error(data).
  void fill(std::span<const std::int64_t> samples, std::span<void* const> fields) const;
  struct Column {
    std::string name;                // as the input calls it, or as it was asked for
    std::vector<std::string> cells;  // one a sample
  };
  // By its name or number. Throws Error(usage, data).
  Column column(const std::string& name) const;

 private:
  void take_standard_input();
  void prepare(const Restored& restored, const host::Item& item);
  void read_arrays(const Restored& restored, FileFormat format);
  std::string spoken_hint(const std::string& hint) const;
  template <class F>
  void with_typed_hints(F&& body) const;

  std::vector<std::string> paths_, texts_;
  std::string name_;
  TemporaryFile temporary_;  // what standard input gave
  std::optional<SpokenName> spoken_;
  bool prepared_ = false;
  const host::Item* item_ = nullptr;  // of the data set that prepares
  std::unique_ptr<data::Source> source_;
};

}  // namespace teranga::train
