// SPDX-License-Identifier: Apache-2.0
// What a run leaves behind: recipe, log, metrics (metrics.jsonl of all events, metrics.csv of epochs, steps.csv of logged steps), facts, the report, checkpoints. Rank 0 alone has one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <teranga/checkpoint/run_lock.hpp>

#include "run/line_file.hpp"
#include "run/metric_table.hpp"

namespace teranga::train {

// Of metrics.csv and steps.csv, behind epoch and step.
struct MetricColumns {
  std::vector<std::string> of_epochs, of_steps;
};

// When a checkpoint of a run was last written; none where there is no checkpoint. A run folder that is no longer there has none.
std::optional<std::filesystem::file_time_type> newest_write_in(const std::string& run);

class RunFolder {
 public:
  // Creates it where it does not exist and takes its lock, unless the lock is given. Throws Error(failure) naming the folder and what refuses.
  explicit RunFolder(const std::string& path, std::unique_ptr<checkpoint::RunLock> lock = {}, const checkpoint::OwnerWait& wait = {});
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  const std::string& path() const noexcept { return path_; }
  std::string checkpoints() const { return path_ + "/checkpoints"; }
  bool still_ours() const;          // and a sign of life; any thread
  void release() const noexcept;    // just before a sudden end of the process; any thread

  // Whether the folder is still where it was. After "moved", path() is where it is now, and files that are open followed. After "removed", nothing of it is left.
  enum class Place { same, moved, removed };
  Place look();
  // A new, empty folder in the place of one that was removed, with the recipe and new metrics files. Throws Error(failure).
  void make_again();

  // A file `resumable` says that the training is not complete and that the same command goes on. It is there from the first checkpoint on, so that it is also there after a sudden end.
  void mark_resumable() const noexcept;
  void mark_ended() const noexcept;

  bool has_checkpoints() const;
  bool owns(const std::string& checkpoint) const;  // whether it lies among this folder's

  // Takes the checkpoints of later steps out of the way, as "<name>.abandoned": a run that goes on from `step` must not be overtaken by the
  // future that it left. How many. Throws Error(failure).
  int set_aside_after(std::int64_t step);

  // Moves the files of a former run into a folder "former-<n>" of this one, and gives its path; "" where there are none. Other files stay. Throws Error(failure).
  std::string set_aside();

  void write(const std::string& name, const std::string& text) const;  // a file of that name
  void write_recipe(const std::string& resolved);
  // Called at the begin and after a return to a checkpoint. Lines of a former run after `step` are cut away: they will come again. A CSV file of other columns is put aside under another name. Lines that a CSV file lacks,
  // because there was no room for them, are taken from metrics.jsonl.
  void open_metrics(const MetricColumns& columns, std::int64_t step);
  bool has_line(const std::string& event, std::int64_t step) const;
  // A line of metrics.jsonl, and of the table of such events. Numbers of no column stand in the JSON line only.
  void line(const std::string& event, std::int64_t step, std::int64_t epoch, const NamedNumbers& numbers);

 private:
  void open_place();
  void open_files(std::int64_t step);
  void restore_tables();

  std::string path_, recipe_;
  MetricColumns columns_;
  mutable std::mutex mutex_;  // the lock
  std::unique_ptr<checkpoint::RunLock> lock_;
  int place_ = -1;  // the folder itself, wherever it is
  MetricTable epochs_, steps_;
  LineFile json_;
};

}  // namespace teranga::train
